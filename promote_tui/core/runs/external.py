"""Updates of a stack that no run made: found in the stack's own events, recorded as runs of the kind `foreign`."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from promote_tui.core.durations import utc_minute
from promote_tui.core.model.cells import StackState
from promote_tui.core.model.halfway import changed_resources, find_stuck_operation, has_begun
from promote_tui.core.model.stack_status import FIRST_ATTEMPT_FAILED, StackEvent, root_cause, status
from promote_tui.core.runs.events import Failed, RolledBack, Verified
from promote_tui.core.runs.run import Outcome
from promote_tui.core.stacks.cells import running_commit, valid_sha
from promote_tui.core.text import list_first
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.runs.run import Run

_LISTED = 5
_SKEW = timedelta(minutes=1)
"""How far this machine's clock may be off, where a run did not note the stack's own time."""


class Update(Value):
    """One update of a stack, from its first event to its last; `before` is the event that the stack stood at then."""

    first: StackEvent
    last: StackEvent
    before: str | None

    @property
    def run(self) -> str:
        """The id under which it is recorded: always the same for the same update."""
        return "f" + hashlib.sha256(self.first.id.encode()).hexdigest()[:7]

    @property
    def succeeded(self) -> bool:
        """Whether it ended as it was meant to."""
        return self.last.status.endswith("_COMPLETE") and "ROLLBACK" not in self.last.status

    def events_of_update(self, events: Sequence[StackEvent]) -> Sequence[StackEvent]:
        """Return the stack's events that belong to this update."""
        return events[events.index(self.first) : events.index(self.last) + 1]


class Actor(Value):
    """Who began an update, as CloudTrail has it; `problem` is why that is not known."""

    who: str = "somebody"
    arn: str = ""
    how: str = ""
    problem: str = ""


class ExternalUpdate(Value):
    """An update that somebody else made, with its events; `ran` is what the stack ran before, as far as known.

    Only of the `last` one is it known which commit it brought: that is what the stack names now.
    """

    stack: StackState
    update: Update
    events: tuple[StackEvent, ...]
    ran: str
    last: bool

    @property
    def commit(self) -> str | None:
        """The commit that the stack has run since."""
        return running_commit(self.stack) if self.last else None


def judge_external(seen: ExternalUpdate) -> Verified | Failed | RolledBack:
    """Return how somebody else's update ended, with the commit that it brought where that is known."""
    at, ended = seen.update.last.at, seen.update.last.status
    if seen.update.succeeded:
        unnamed = "; the stack names no commit since" if seen.last and seen.commit is None else ""
        return Verified(at, f"by somebody else{_brought(seen.events)}{unnamed}")
    cause = str(root_cause(seen.events) or seen.update.last.reason or ended)
    if ended.endswith("_FAILED"):
        stands = None if ended in FIRST_ATTEMPT_FAILED else find_stuck_operation(ended, seen.ran, "", seen.events)
        return Failed(at, cause, None, status(ended).remedy, halfway=stands)
    return RolledBack(at, cause, seen.commit)


def _brought(events: Sequence[StackEvent]) -> str:
    changed, _ = changed_resources(events)
    return f"; updated: {list_first(changed, _LISTED)}" if changed else ""


def commit_left(runs: Sequence[Run], stack: StackState) -> str:
    """Return the commit that the newest run left in a stack; empty where that is unknown."""
    seen = runs[0].observed
    return (valid_sha(seen.commit) or "") if seen is not None and seen.stack_id == stack.id else ""


def nearest_actor(found: Sequence[tuple[datetime, Actor]], at: datetime) -> Actor:
    """Return the actor of the CloudTrail call that is nearest to a moment."""
    nearest = min(found, key=lambda each: abs(each[0] - at), default=None)
    return nearest[1] if nearest else Actor(problem="unknown who did it: CloudTrail has no record (any more)")


def find_updates(events: Sequence[StackEvent], before: str | None) -> tuple[Update, ...]:
    """Return the updates of the stack itself that have ended in these events, oldest first."""
    found: list[Update] = []
    first: StackEvent | None = None
    for event in events:
        if not event.of_stack:
            continue
        if first is None and _begins(event.status):
            first = event
        elif first is not None and _ends(event.status):
            found.append(Update(first, event, found[-1].last.id if found else before))
            first = None
    return tuple(found)


def _begins(status: str) -> bool:
    """Tell whether a status begins something; a rollback that follows no update was asked for by itself."""
    return status.endswith("_IN_PROGRESS") and "CLEANUP" not in status and status != "REVIEW_IN_PROGRESS"


def _ends(status: str) -> bool:
    return status.endswith(("_COMPLETE", "_FAILED")) and status != "REVIEW_IN_PROGRESS"


def high_water_mark(runs: Sequence[Run]) -> tuple[str | None, str | None] | None:
    """Return (stack id, event id) up to which the record of a stack goes, by its runs, newest first.

    None where nothing was ever recorded, or the newest run has no verdict yet: then nothing is an external update.
    """
    newest = runs[0] if runs else None
    if newest is None or not newest.has_verdict:
        return None
    if newest.observed is not None:
        return newest.observed.stack_id, newest.observed.last_event_id
    return newest.planned.stack_id, newest.planned.last_event_id


def find_stuck_run(stack: StackState, runs: Sequence[Run], events: Sequence[StackEvent] | None) -> Run | None:
    """Return the run that was bringing a stack to its commit when the stack got stuck; None where that is not known.

    `runs` are the stack's, newest first, `events` its events, oldest first (None: not read): what others began since
    is not the run's.
    """
    run = next((each for each in runs if each.submitted or each.is_external_update), None)
    if run is None or run.is_external_update or run.outcome is Outcome.VERIFIED or _stack_of(run) != stack.id:
        return None
    if run.observed is None:
        return run
    names = [event.id for event in events or ()]
    if run.observed.last_event_id not in names:
        return None if external_update_time(stack, runs) else run
    return None if has_begun((events or ())[names.index(run.observed.last_event_id) + 1 :]) else run


def find_adoption(stack: StackState, runs: Sequence[Run]) -> Run | None:
    """Return the adoption that says which commit a stack without a commit's name runs; None after a later deploy.

    A run of ours that CloudFormation has rolled back changes nothing. `runs` are the stack's, newest first.
    """
    told = [run for run in runs if run.submitted or run.has_no_deploy]
    newest = told[0] if told else None
    if newest is None or not _as_left(stack, newest):
        return None
    if newest.outcome is not Outcome.ROLLED_BACK:
        return newest if newest.kind == "adopted" else None
    return next((run for run in told[1:2] if run.kind == "adopted" and run.to_commit == newest.from_commit), None)


def _as_left(stack: StackState, run: Run) -> bool:
    seen = run.observed
    return seen is not None and (seen.stack_id, seen.updated_at) == (stack.id, stack.updated_at)


def _stack_of(run: Run) -> str | None:
    return run.observed.stack_id if run.observed else run.planned.stack_id


def describe_external_update(stack: StackState | None, runs: Sequence[Run]) -> str:
    """Return in words that a stack was updated by somebody else since our last run; empty where it was not."""
    newest = runs[0] if runs else None
    if newest is not None and newest.is_external_update:
        return f"updated by {newest.planned.who} on {utc_minute(newest.started_at)}, outside of promote-tui"
    at = external_update_time(stack, runs)
    return f"updated on {utc_minute(at)}, outside of promote-tui" if at else ""


def external_update_time(stack: StackState | None, runs: Sequence[Run]) -> datetime | None:
    """Return when a stack was updated after its newest run, as far as its own time tells; None where it was not.

    It needs no further call, so that it can be asked of every cell.
    """
    newest = next((run for run in runs if run.observed is not None), None)
    if stack is None or stack.updated_at is None or newest is None or newest.observed is None:
        return None
    if not runs[0].has_verdict:
        return None
    known = newest.observed.updated_at
    if known is not None:
        return stack.updated_at if stack.updated_at > known else None
    return stack.updated_at if stack.updated_at > newest.observed.at + _SKEW else None
