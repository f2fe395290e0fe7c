"""A stack that is stuck between two commits: which ones, and which resources were changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.model.stack_status import is_cancellation
from promote_tui.core.text import list_first, short
from promote_tui.core.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.model.stack_status import StackEvent

_UNKNOWN = "an unknown commit"
_AT_REST = frozenset(
    {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
    }
)
_BEGINS = frozenset({"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "IMPORT_IN_PROGRESS", "DELETE_IN_PROGRESS"})


class StuckOperation(Value, tag="Between"):
    """What a stack stands between: it ran `was` (None: nothing, empty: not known), and was on its way to `to`.

    `status` is the stack's. `updated` are the logical ids of the resources that are changed now, `failed` those that
    could not be; both None where the stack's events were not read. In a DELETE_FAILED stack `updated` were deleted.
    """

    status: str
    was: str | None
    to: str = ""
    updated: tuple[str, ...] | None = None
    failed: tuple[str, ...] | None = None

    @property
    def deleting(self) -> bool:
        """Whether it is the stack's deletion that got stuck."""
        return self.status == "DELETE_FAILED"

    def __str__(self) -> str:
        """Return `half-way between 2c7e914 and 8d20b6e (UPDATE_FAILED); updated: Worker; failed: Broken`."""
        return f"{self.place} ({self.status}); {self.resources}"

    @property
    def place(self) -> str:
        """The two commits in words."""
        if self.deleting:
            return f"half deleted, ran {_ran(self.was)}"
        return f"half-way between {_ran(self.was)} and {short(self.to) if self.to else _UNKNOWN}"

    @property
    def resources(self) -> str:
        """The resources in words."""
        done = "deleted" if self.deleting else "updated"
        if self.updated is None:
            return f"unknown which resources were {done}"
        parts = [f"{done}: {list_first(self.updated)}" if self.updated else f"no resource was {done}"]
        return "; ".join([*parts, *([f"failed: {list_first(self.failed)}"] if self.failed else [])])


def _ran(commit: str | None) -> str:
    return "nothing" if commit is None else short(commit) or _UNKNOWN


def last_move(events: Sequence[StackEvent]) -> Sequence[StackEvent]:
    """Return the events since the stack was last at rest, oldest first: those of the move that got stuck."""
    ends = [at for at, event in enumerate(events) if event.of_stack and event.status in _AT_REST]
    return events[ends[-1] + 1 :] if ends else events


def has_begun(events: Sequence[StackEvent]) -> bool:
    """Tell whether another move of the stack began in these events; a rollback goes on with the one before."""
    return any(event.of_stack and event.status in _BEGINS for event in events)


def changed_resources(events: Sequence[StackEvent]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the logical ids of the resources that are changed now, and of those that could not be.

    `events` are those of the move that got stuck, oldest first. What a rollback has set back is not changed.
    """
    changed: dict[str, None] = {}
    failed: dict[str, None] = {}
    back = False
    for event in events:
        if event.of_stack:
            back = _goes_back(event.status, back=back)
        elif event.status.endswith("_COMPLETE"):
            failed.pop(event.logical_id, None)
            changed.pop(event.logical_id, None) if back else changed.setdefault(event.logical_id)
        elif event.status.endswith("_FAILED") and not is_cancellation(event):
            failed.setdefault(event.logical_id)
    return tuple(changed), tuple(failed)


def _goes_back(status: str, *, back: bool) -> bool:
    return True if "ROLLBACK" in status else False if status in _BEGINS else back


def find_stuck_operation(status: str, was: str | None, to: str, events: Sequence[StackEvent] | None) -> StuckOperation:
    """Return what a stuck stack stands between; `events` are the stack's, oldest first (None: not read)."""
    found = StuckOperation(status, was, "" if status == "DELETE_FAILED" else to)
    if events is None:
        return found
    updated, failed = changed_resources(last_move(events))
    return replace(found, updated=updated, failed=failed)
