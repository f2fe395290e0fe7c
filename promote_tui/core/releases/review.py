"""What the plan of a release's member said, as much of it as the release has to remember."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.changes.model import ChangeAction, Replacement
from promote_tui.core.gates.model import Opener
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable


class ReviewedChange(Value):
    """A resource that a member would change."""

    logical_id: str
    resource_type: str
    action: ChangeAction
    replacement: Replacement = "false"
    holds_data: bool = False

    @property
    def loses_data(self) -> bool:
        """Whether what it holds may be gone afterwards."""
        return self.holds_data and (self.action == "remove" or self.replacement != "false")


class BlockedGate(Value):
    """A gate that was blocked when the member was planned; `opened_by` is what unblocks it."""

    name: str
    reason: str
    remedy: str = ""
    opened_by: Opener = "person"
    overridable: bool = False


class MemberReview(Value):
    """What a member would do to its stage.

    - `commits` counts those that it brings, `authors` wrote them, `removes` counts those that the stage would lose.
    - `code` names the functions with other code.
    - `unknown` says why the changes are not known, `problem` why there is no plan.
    - `one_way` says why the stage could not go back safely; empty where it could.
    - `typical_seconds` is how long such a run usually takes; None where none is on record.
    - `stack_event` is the last event that the stack had then; empty where that is not known.
    """

    commits: int = 0
    authors: tuple[str, ...] = ()
    changes: tuple[ReviewedChange, ...] = ()
    code: str = ""
    blocked: tuple[BlockedGate, ...] = ()
    unknown: str = ""
    problem: str = ""
    one_way: str = ""
    typical_seconds: float | None = None
    removes: int = 0
    stack_event: str = ""


def changed_resources(then: MemberReview, now: MemberReview) -> tuple[str, ...]:
    """Return in words which resources change otherwise than they were reviewed; empty where none does.

    Only code that differs is no such change: it is the same commit.
    """
    before, after = _by_id(then.changes), _by_id(now.changes)
    lost = [f"{name} no longer changes" for name in before if name not in after]
    new = [f"{name} would be {_words(each)}" for name, each in after.items() if each != before.get(name)]
    said = [f"what it changes is unknown now: {now.unknown}"] if now.unknown and not then.unknown else []
    return (*said, *new, *lost)


def _by_id(changes: Iterable[ReviewedChange]) -> dict[str, ReviewedChange]:
    return {each.logical_id: each for each in changes}


def _words(change: ReviewedChange) -> str:
    words = {"add": "added", "modify": "modified", "remove": "removed"}.get(change.action, str(change.action))
    return {"true": "replaced", "conditional": "replaced under conditions"}.get(change.replacement, words)
