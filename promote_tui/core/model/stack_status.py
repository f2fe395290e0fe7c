"""CloudFormation stacks: what each status means, and why an update failed."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from promote_tui.core.value import Moment, Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Phase(Enum):
    """What a stack is doing."""

    STABLE = "stable"
    MOVING = "moving"
    STUCK = "stuck"
    GONE = "gone"
    UNKNOWN = "unknown"


class StackStatus(Value):
    """One row of the table: may it be deployed to, how did the last attempt end, what is next.

    `deployable` is whether an update may start from here; `succeeded` is how the last attempt
    ended (None while it moves or where there was none); `remedy` is the one valid next step.
    """

    name: str
    phase: Phase
    deployable: bool
    succeeded: bool | None
    remedy: str = ""


_WAIT = "wait until CloudFormation has finished, then refresh"
_DELETE = "delete the stack (it never worked), then promote again"
_CONTINUE = "continue its rollback (ContinueUpdateRollback), then promote again"


def _row(name: str, phase: Phase, *, ok: bool, succeeded: bool | None, remedy: str = "") -> StackStatus:
    return StackStatus(name, phase, ok, succeeded, remedy)


_S, _M, _X, _G = Phase.STABLE, Phase.MOVING, Phase.STUCK, Phase.GONE

# Every stack status of the CloudFormation API reference (data type Stack, field StackStatus).
STATUSES: Mapping[str, StackStatus] = {
    row.name: row
    for row in (
        _row("CREATE_COMPLETE", _S, ok=True, succeeded=True),
        _row("UPDATE_COMPLETE", _S, ok=True, succeeded=True),
        _row("IMPORT_COMPLETE", _S, ok=True, succeeded=True),
        _row("UPDATE_ROLLBACK_COMPLETE", _S, ok=True, succeeded=False),
        _row("IMPORT_ROLLBACK_COMPLETE", _S, ok=True, succeeded=False),
        _row("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", _M, ok=False, succeeded=True, remedy=_WAIT),
        _row("CREATE_IN_PROGRESS", _M, ok=False, succeeded=None, remedy=_WAIT),
        _row("UPDATE_IN_PROGRESS", _M, ok=False, succeeded=None, remedy=_WAIT),
        _row("DELETE_IN_PROGRESS", _M, ok=False, succeeded=None, remedy=_WAIT),
        _row("IMPORT_IN_PROGRESS", _M, ok=False, succeeded=None, remedy=_WAIT),
        _row("ROLLBACK_IN_PROGRESS", _M, ok=False, succeeded=False, remedy=_WAIT),
        _row("UPDATE_ROLLBACK_IN_PROGRESS", _M, ok=False, succeeded=False, remedy=_WAIT),
        _row("IMPORT_ROLLBACK_IN_PROGRESS", _M, ok=False, succeeded=False, remedy=_WAIT),
        _row("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", _M, ok=False, succeeded=False, remedy=_WAIT),
        _row(
            "REVIEW_IN_PROGRESS",
            _X,
            ok=False,
            succeeded=None,
            remedy="execute or delete its change set, or delete the stack, then promote again",
        ),
        _row("CREATE_FAILED", _X, ok=False, succeeded=False, remedy=_DELETE),
        _row("ROLLBACK_COMPLETE", _X, ok=False, succeeded=False, remedy=_DELETE),
        _row("ROLLBACK_FAILED", _X, ok=False, succeeded=False, remedy=_DELETE),
        _row(
            "UPDATE_FAILED",
            _X,
            ok=False,
            succeeded=False,
            remedy="roll the stack back (RollbackStack), then promote again",
        ),
        _row("UPDATE_ROLLBACK_FAILED", _X, ok=False, succeeded=False, remedy=_CONTINUE),
        _row(
            "IMPORT_ROLLBACK_FAILED",
            _X,
            ok=False,
            succeeded=False,
            remedy="fix the import by hand in the CloudFormation console",
        ),
        _row(
            "DELETE_FAILED",
            _X,
            ok=False,
            succeeded=False,
            remedy="finish deleting the stack in the CloudFormation console",
        ),
        _row("DELETE_COMPLETE", _G, ok=True, succeeded=None),
    )
}


FIRST_ATTEMPT_FAILED = frozenset({"CREATE_FAILED", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"})
"""Statuses that only a stack has which was never created: whatever it says, nothing works there."""


def ran_before(commit: str | None, stack_id: str | None, status_name: str | None) -> str | None:
    """Return what a stack ran: a commit, None for nothing, an empty text where it was there and named none."""
    if commit is not None or stack_id is None or status_name in FIRST_ATTEMPT_FAILED:
        return commit
    return ""


def status(name: str) -> StackStatus:
    """Return the table's row; a status that AWS may add later blocks until somebody has looked."""
    return STATUSES.get(name) or StackStatus(
        name,
        Phase.UNKNOWN,
        deployable=False,
        succeeded=None,
        remedy="see the stack in the CloudFormation console; promote-tui does not know this status",
    )


class StackEvent(Value):
    """One line of a stack's history, as DescribeStackEvents gives it."""

    id: str
    at: Moment
    stack_id: str
    logical_id: str
    physical_id: str
    resource_type: str
    status: str
    reason: str = ""

    @property
    def of_stack(self) -> bool:
        """Whether it tells of the stack itself and not of a resource in it."""
        return self.physical_id == self.stack_id


class RootCause(Value):
    """The resource that failed first, and what AWS said."""

    logical_id: str
    resource_type: str
    status: str
    reason: str

    def __str__(self) -> str:
        """Return `OrdersTable (AWS::DynamoDB::Table) UPDATE_FAILED: reason`."""
        reason = self.reason or "AWS gave no reason"
        return f"{self.logical_id} ({self.resource_type}) {self.status}: {reason}"


NESTED_STACK = "AWS::CloudFormation::Stack"
_CANCELLED = ("resource creation cancelled", "resource update cancelled", "resource deletion cancelled", "cancelled")


def first_failure(events: Sequence[StackEvent]) -> StackEvent | None:
    """Return the first *_FAILED event that is not the echo of another one, else None; oldest first.

    The events of resources go before those of the stack itself: the stack only sums them up.
    """
    failed = [event for event in events if event.status.endswith("_FAILED") and not is_cancellation(event)]
    resources = [event for event in failed if not event.of_stack]
    return next(iter(resources or failed), None)


def is_cancellation(event: StackEvent) -> bool:
    """Tell whether a failed event only says that it was cancelled because another one failed."""
    return event.reason.strip().rstrip(".").lower() in _CANCELLED


def root_cause(
    events: Sequence[StackEvent], nested: Mapping[str, Sequence[StackEvent]] | None = None
) -> RootCause | None:
    """Return why an update failed, followed into nested stacks.

    `events` are those after the run's start, oldest first; `nested` maps the id of a nested stack
    to its events. None where nothing failed.
    """
    failure = first_failure(events)
    if failure is None:
        return None
    inner = (nested or {}).get(failure.physical_id)
    if failure.resource_type == NESTED_STACK and not failure.of_stack and inner:
        deeper = root_cause(inner, {key: value for key, value in (nested or {}).items() if key != failure.physical_id})
        if deeper:
            return deeper
    return RootCause(failure.logical_id, failure.resource_type, failure.status, failure.reason)


def has_rolled_back(events: Sequence[StackEvent]) -> bool:
    """Tell whether the stack itself began to roll back in these events."""
    return any(event.of_stack and "ROLLBACK" in event.status for event in events)


def has_completed(events: Sequence[StackEvent]) -> bool:
    """Tell whether the last update in these events was completed and not rolled back."""
    done = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    ends = [event.status for event in events if event.of_stack and event.status.endswith("_COMPLETE")]
    return bool(ends) and ends[-1] in done


def is_in_progress(events: Sequence[StackEvent]) -> bool:
    """Tell whether the stack's newest event says that it is at work; a change set under review is not."""
    own = [event.status for event in events if event.of_stack]
    return bool(own) and own[-1].endswith("_IN_PROGRESS") and own[-1] != "REVIEW_IN_PROGRESS"


def has_started(events: Sequence[StackEvent]) -> bool:
    """Tell whether CloudFormation began anything on the stack in these events."""
    return any(event.of_stack for event in events)
