"""What became of a service of a preview, when it was deployed or removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

OutcomeName: TypeAlias = Literal["deployed", "current", "removed", "skipped", "refused", "failed"]
"""`current`: it ran the commit already; `skipped`: what it depends on, or what depends on it, stood in the way."""
_DONE = frozenset({"deployed", "current", "removed"})


class PreviewOutcome(Value):
    """What became of one service; `run` is the run on record, empty where none began."""

    service: str
    stage: str
    outcome: OutcomeName
    commit: str = ""
    run: str = ""
    reason: str = ""
    remedy: str = ""
    urls: tuple[tuple[str, str], ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether it is as it was asked for."""
        return self.outcome in _DONE


def exit_code(outcomes: Iterable[PreviewOutcome]) -> int:
    """Return 0 where everything is as it was asked for, 3 where something was refused and nothing failed, else 1."""
    names = {each.outcome for each in outcomes}
    if "failed" in names:
        return 1
    return 3 if names & {"refused", "skipped"} else 0
