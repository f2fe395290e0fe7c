"""The way back from a promotion: whether what runs now could be deployed again afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.durations import duration, span
from promote_tui.core.model.cells import Deployed, Never
from promote_tui.core.runs.verification import NotVerified
from promote_tui.core.text import list_first, plural, short
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from promote_tui.core.changes.model import ChangeReview
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.runs.verification import Verification

WayBackKind: TypeAlias = Literal["redeploy", "first", "one-way", "unknown"]
"""first: nothing runs there yet, so there is nothing to go back to."""
_NAMED = 3
_MINUTE = 60


class WayBack(Value):
    """How a stage would get back from a promotion to what it runs now.

    `reason` is why not, or why that is unknown; `seconds` is what a deploy there usually takes (None: unknown).
    """

    kind: WayBackKind
    commit: str = ""
    reason: str = ""
    seconds: float | None = None

    @property
    def words(self) -> str:
        """What a review says of it: `safe by redeploy of a81be07, in about 2m`."""
        match self.kind:
            case "redeploy":
                took = f", in about {_roughly(self.seconds)}" if self.seconds else ""
                return f"safe by redeploy of {short(self.commit)}{took}"
            case "first":
                return "none: nothing runs there yet"
            case "one-way":
                return f"one-way: {self.reason}"
            case "unknown":
                return f"unknown: {self.reason}"


def _roughly(seconds: float) -> str:
    """Return a length of time to a minute, and one of less than that to a second."""
    return duration(max(1, seconds)) if seconds < _MINUTE else span(timedelta(minutes=round(seconds / _MINUTE)))


def find_way_back(
    cell: Cell,
    verification: Verification | None,
    review: ChangeReview,
    migrated: tuple[str, ...] | None,
    seconds: float | None,
) -> WayBack:
    """Return the way back from a promotion onto what a stage runs now.

    `verification` says how that counts there, `migrated` are the migrations that the promotion brings or takes (None:
    the files in between are not known).
    """
    if isinstance(cell, Never):
        return WayBack("first")
    if not isinstance(cell, Deployed):
        return WayBack("unknown", reason="the deployed commit is unknown")
    lost = _lost(review, migrated)
    if lost:
        return WayBack("one-way", cell.commit, "; ".join(lost))
    if isinstance(verification, NotVerified):
        return WayBack("one-way", cell.commit, f"what runs there now is not verified: {verification.reason}")
    unknown = review.unknown or ("" if migrated is not None else "the files in between are unknown")
    if unknown:
        return WayBack("unknown", cell.commit, unknown)
    return WayBack("redeploy", cell.commit, seconds=seconds)


def _lost(review: ChangeReview, migrated: tuple[str, ...] | None) -> list[str]:
    """Return what a deploy of the older code does not bring back."""
    found = [f"the data of {each} is replaced" for each in review.replaced_data]
    found += [f"the data of {each} is removed" for each in review.removed_data]
    if migrated:
        told = f"{plural(len(migrated), 'migration')} that older code does not undo: {list_first(migrated, _NAMED)}"
        found.append(told)
    return found
