"""What CloudFormation is doing to a stack's resources, folded from the stack's events."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.model.stack_status import StackEvent, first_failure, is_cancellation
from promote_tui.core.value import Moment, Value, replace

if TYPE_CHECKING:
    from collections.abc import Sequence

ResourceState: TypeAlias = Literal["running", "done", "failed", "cancelled", "rolled back"]
_REPLACES = "creation of a new physical resource"
"""What AWS says of an update that makes the resource anew."""


class StackPhase(Enum):
    """How far the stack is."""

    WAITING = "waiting"
    UPDATING = "updating"
    CLEANING = "cleaning up"
    ROLLING_BACK = "rolling back"
    DONE = "done"
    ROLLED_BACK = "rolled back"
    FAILED = "failed"


class ResourceRow(Value):
    """What is done to one resource, and since when; `seconds` is None while that goes on.

    `undoing` says that it is brought back to its former state, `wrong` how it failed before that.
    """

    logical_id: str
    resource_type: str
    state: ResourceState
    status: str
    since: Moment
    seconds: float | None = None
    reason: str = ""
    replaced: bool = False
    undoing: bool = False
    physical_id: str = ""
    wrong: ResourceState | None = None


class StackProgress(Value):
    """The resources that were touched, what matters first; `rollback` is when going back began and ended."""

    rows: tuple[ResourceRow, ...] = ()
    phase: StackPhase = StackPhase.WAITING
    status: str = ""
    failure: StackEvent | None = None
    rollback: tuple[Moment, Moment | None] | None = None

    @property
    def finished(self) -> int:
        """How many resources are done with."""
        return sum(row.state != "running" for row in self.rows)

    @property
    def total(self) -> int | None:
        """How many resources there will be; only the way back is known beforehand: all that were touched."""
        return None if self.phase in {StackPhase.WAITING, StackPhase.UPDATING} else len(self.rows)


def fold_progress(events: Sequence[StackEvent]) -> StackProgress:
    """Return what these events (oldest first, of one run) come to."""
    found = StackProgress()
    rows: dict[str, ResourceRow] = {}
    for event in events:
        if event.of_stack:
            found = _of_stack(found, event)
        else:
            rows[event.logical_id] = _row(rows.get(event.logical_id), event, found.phase)
    settled = found.phase in {StackPhase.DONE, StackPhase.ROLLED_BACK, StackPhase.FAILED}
    every = [_at_rest(row, found.phase) if settled else row for row in rows.values()]
    return replace(found, rows=tuple(sorted(every, key=_order)), failure=first_failure(events))


def _of_stack(found: StackProgress, event: StackEvent) -> StackProgress:
    phase = _phase(event.status)
    rollback = found.rollback
    if phase is StackPhase.ROLLING_BACK and rollback is None:
        rollback = event.at, None
    if phase is StackPhase.UPDATING:
        rollback = None
    if phase in {StackPhase.ROLLED_BACK, StackPhase.FAILED} and rollback is not None:
        rollback = rollback[0], event.at
    return replace(found, phase=phase, status=event.status, rollback=rollback)


def _phase(status: str) -> StackPhase:
    if status == "REVIEW_IN_PROGRESS":
        return StackPhase.WAITING
    if status.endswith("_FAILED"):
        return StackPhase.FAILED
    if "ROLLBACK" in status:
        return StackPhase.ROLLED_BACK if status.endswith("ROLLBACK_COMPLETE") else StackPhase.ROLLING_BACK
    if status.endswith("CLEANUP_IN_PROGRESS"):
        return StackPhase.CLEANING
    return StackPhase.DONE if status.endswith("_COMPLETE") else StackPhase.UPDATING


def _row(before: ResourceRow | None, event: StackEvent, phase: StackPhase) -> ResourceRow:
    if phase is StackPhase.CLEANING and before is not None:
        return before  # what is removed now is what it was replaced by
    going_back = phase is StackPhase.ROLLING_BACK
    going_on = before is not None and before.state == "running" and before.undoing == going_back
    since = before.since if before is not None and going_on else event.at
    state = _state(event, going_back=going_back)
    wrong = before.wrong if before is not None else None
    if state in {"failed", "cancelled"}:
        wrong = wrong or state
    elif state == "rolled back" and wrong is not None:
        state = wrong  # why it went wrong is what people look for, not that it was undone
    return ResourceRow(
        event.logical_id,
        event.resource_type,
        state,
        event.status,
        since,
        None if state == "running" else (event.at - since).total_seconds(),
        event.reason or (before.reason if before is not None and wrong else ""),
        replaced=_replaced(before, event, going_back=going_back),
        undoing=going_back,
        physical_id=event.physical_id or (before.physical_id if before else ""),
        wrong=wrong,
    )


def _state(event: StackEvent, *, going_back: bool) -> ResourceState:
    if event.status.endswith("_FAILED"):
        return "cancelled" if is_cancellation(event) else "failed"
    if event.status.endswith("_IN_PROGRESS"):
        return "running"
    return "rolled back" if going_back else "done"


def _replaced(before: ResourceRow | None, event: StackEvent, *, going_back: bool) -> bool:
    if _REPLACES in event.reason or (before is not None and before.replaced):
        return True
    known = before.physical_id if before is not None and not going_back else ""
    return bool(known and event.physical_id) and event.physical_id != known and event.status.startswith("UPDATE_")


def _at_rest(row: ResourceRow, phase: StackPhase) -> ResourceRow:
    """Return a row that no event ended as the stack's end says it must have ended."""
    if row.state != "running":
        return row
    if row.wrong is not None:
        return replace(row, state=row.wrong)
    ended: ResourceState = "done" if phase is StackPhase.DONE else "rolled back"
    return replace(row, state="cancelled" if phase is StackPhase.FAILED else ended)


_RANK: dict[ResourceState, int] = {"failed": 0, "cancelled": 1, "running": 2, "done": 3, "rolled back": 3}


def _order(row: ResourceRow) -> tuple[int, float]:
    """What failed, what is being done the longest, then what was finished last."""
    ended = row.since.timestamp() + (row.seconds or 0)
    return _RANK[row.state], -ended if _RANK[row.state] == _RANK["done"] else row.since.timestamp()
