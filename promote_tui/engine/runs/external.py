"""Writes down what others did to a stack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError, LockHeld
from promote_tui.core.model.halfway import between, changed_resources
from promote_tui.core.model.pipeline import StackState
from promote_tui.core.model.stack_status import FIRST_ATTEMPT_FAILED, Phase, StackEvent, root_cause, status
from promote_tui.core.runs.events import Failed, Observed, Planned, Released, RolledBack, Verified
from promote_tui.core.runs.external import Actor, Update, high_water_mark, updates
from promote_tui.core.stacks.cells import running_commit, valid_sha
from promote_tui.engine.verification import runs_of

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.runs.events import Event
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.context import Context

_LISTED = 5
_AROUND = timedelta(minutes=2)
"""How far CloudTrail's time of a call may be from the stack's own first event."""


def record_external_updates(context: Context, target: Target) -> tuple[str, ...]:
    """Write down the updates of a stack that came after its newest run; return the ids of those that are new.

    A stack without any run on record has no foreign updates. Raises LockHeld while a run is at work there,
    AwsError, LedgerError.
    """
    runs = runs_of(context.ledger, target)
    known = high_water_mark(runs)
    if known is None:
        return ()
    stack = context.stacks.stack(target)
    if stack is None or stack.status.phase in {Phase.MOVING, Phase.UNKNOWN}:
        return ()
    after = known[1] if known[0] == stack.id else None
    events = context.stacks.events(target, stack.id, after=after)
    found = updates(events, after)
    new = [update for update in found if not context.ledger.events(update.run)]
    for update in new:
        ran = _left(runs, stack) if update is found[0] else ""
        seen = _Seen(stack, update, update.within(events), ran, last=update is found[-1])
        _write(context, target, seen)
    return tuple(update.run for update in new)


def _left(runs: Sequence[Run], stack: StackState) -> str:
    """Return the commit that the newest run has left in a stack, before others came; empty where it is not known."""
    seen = runs[0].observed
    return (valid_sha(seen.commit) or "") if seen is not None and seen.stack_id == stack.id else ""


@dataclass(frozen=True, slots=True)
class _Seen:
    """An update that somebody else made, with its events; `ran` is what the stack ran before, as far as known.

    Only of the `last` one is it known which commit it brought: that is what the stack names now.
    """

    stack: StackState
    update: Update
    events: Sequence[StackEvent]
    ran: str
    last: bool

    @property
    def commit(self) -> str | None:
        """The commit that the stack runs since."""
        return running_commit(self.stack) if self.last else None


def _write(context: Context, target: Target, seen: _Seen) -> None:
    update, stack = seen.update, seen.stack
    actor = _actor(context, target, update)
    planned = Planned(
        at=update.first.at,
        run=update.run,
        kind="foreign",
        service=target.service,
        stage=target.stage,
        key=target.key,
        from_commit=seen.ran,
        to_commit=seen.commit or "",
        subject="",
        stack_id=stack.id,
        stack_status=None,
        last_event_id=update.before,
        fingerprint="",
        config_digest=context.pipeline.digest,
        who=actor.who,
        arn=actor.arn,
        reason=actor.how or actor.problem,
    )
    updated = stack.updated_at if seen.last else None
    observed = Observed(update.last.at, stack.id, update.last.status, seen.commit, update.last.id, updated)
    record_finished_run(context, target, update.run, (planned, observed, _verdict(seen)))


def _verdict(seen: _Seen) -> Event:
    """Return how an update that somebody else made has ended: what it brought is told as far as it is known."""
    at, ended = seen.update.last.at, seen.update.last.status
    cause = str(root_cause(seen.events) or seen.update.last.reason or ended)
    if seen.update.well:
        unnamed = "; the stack names no commit since" if seen.last and seen.commit is None else ""
        return Verified(at, f"by somebody else{_brought(seen.events)}{unnamed}")
    if ended.endswith("_FAILED"):
        stands = None if ended in FIRST_ATTEMPT_FAILED else between(ended, seen.ran, "", seen.events)
        return Failed(at, cause, None, status(ended).remedy, halfway=stands)
    return RolledBack(at, cause, seen.commit)


def _brought(events: Sequence[StackEvent]) -> str:
    changed, _ = changed_resources(events)
    more = f" and {len(changed) - _LISTED} more" if len(changed) > _LISTED else ""
    return f"; updated: {', '.join(changed[:_LISTED])}{more}" if changed else ""


def record_finished_run(context: Context, target: Target, run: str, events: tuple[Event, ...]) -> None:
    """Write down a run that is over already, under the stack's lock; raises LockHeld while one is at work there."""
    lease = context.ledger.acquire(target.key, run)
    try:
        for event in events:
            lease.append(event)
        lease.append(Released(context.clock.now(), lease.fence))
        lease.release()
    finally:
        lease.abandon()


def _actor(context: Context, target: Target, update: Update) -> Actor:
    try:
        found = context.ports.trail.actors(target, update.first.at - _AROUND, update.first.at + _AROUND)
    except AwsError as error:
        return Actor(problem=f"unknown who did it: {error.cause}")
    nearest = min(found, key=lambda each: abs(each[0] - update.first.at), default=None)
    return nearest[1] if nearest else Actor(problem="unknown who did it: CloudTrail has no record (any more)")


def record_before(context: Context, target: Target) -> None:
    """Write down what others did before a run of our own begins; what cannot be written is left for the next one."""
    try:
        record_external_updates(context, target)
    except (AwsError, LockHeld):
        return
