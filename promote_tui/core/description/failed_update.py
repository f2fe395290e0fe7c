"""The last attempt to change a stack, where it failed: by whom, why, and the events that tell of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.model.stack_status import RootCause, StackEvent, is_cancellation
from promote_tui.core.runs.external import Actor
from promote_tui.core.runs.run import Outcome
from promote_tui.core.text import mask
from promote_tui.core.value import Moment, Value, replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.model.cells import StackState
    from promote_tui.core.runs.run import Run

_BEGINNINGS = frozenset({"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "IMPORT_IN_PROGRESS", "DELETE_IN_PROGRESS"})
"""What a stack's own event says when somebody begins to change it; a rollback is part of what it follows."""
_CLOCKS = timedelta(minutes=5)
"""How far the clocks of AWS and of the machine that started a run may differ."""


class FailedUpdate(Value):
    """An attempt that failed; `run` is the one on record, empty where there is none.

    `events` are those that failed, oldest first, without those that were cancelled because another one failed.
    """

    status: str
    began_at: Moment
    ended_at: Moment
    actor: Actor
    run: str
    is_external: bool
    cause: RootCause | None
    events: tuple[StackEvent, ...]
    remedy: str = ""


def last_attempt(events: Sequence[StackEvent]) -> tuple[StackEvent, ...]:
    """Return the events since somebody last began to change the stack; all of them where none tells of that."""
    begun = [number for number, event in enumerate(events) if event.of_stack and event.status in _BEGINNINGS]
    return tuple(events[begun[-1] if begun else 0 :])


def failed_events(events: Sequence[StackEvent], secrets: tuple[str, ...] = ()) -> tuple[StackEvent, ...]:
    """Return the events that failed by themselves, what they say masked: AWS may quote the value that it refuses."""
    failed = (event for event in events if event.status.endswith("_FAILED") and not is_cancellation(event))
    return tuple(replace(event, reason=mask(event.reason, secrets)) for event in failed)


def run_of_attempt(runs: Sequence[Run], attempt: Sequence[StackEvent]) -> Run | None:
    """Return the run on record (newest first) that made an attempt, by the stack's event that it ended with.

    One that has not been seen to end made it where it was handed over before the attempt began.
    """
    ids = {event.id for event in attempt}
    before = (run for run in runs if run.planned.last_event_id not in ids)
    newest = next((run for run in before if run.submitted or run.is_external_update), None)
    if newest is None:
        return None
    if newest.observed is not None:
        return newest if newest.observed.last_event_id in ids else None
    return newest if newest.submitting_at and newest.submitting_at - _CLOCKS <= attempt[0].at else None


def newest_verified_event(runs: Sequence[Run], stack: StackState) -> str | None:
    """Return the event that the stack stood at after the newest run that ended well there; None where none is known.

    An attempt that has failed since came after it.
    """
    seen = (run.observed for run in runs if run.outcome is Outcome.VERIFIED and run.observed is not None)
    return next((each.last_event_id for each in seen if each.stack_id == stack.id and each.last_event_id), None)


def actor_of(run: Run) -> Actor:
    """Return who is on record for a run: for an update from outside with the call that they made."""
    how = run.planned.reason
    if not run.is_external_update:
        return Actor(run.promoter_words, run.planned.arn, how)
    is_known = bool(run.planned.arn)
    return Actor(run.planned.who, run.planned.arn, how if is_known else "", "" if is_known else how)


def mask_cause(cause: RootCause | None, secrets: tuple[str, ...] = ()) -> RootCause | None:
    """Return a root cause with what AWS said of it masked."""
    return replace(cause, reason=mask(cause.reason, secrets)) if cause is not None else None
