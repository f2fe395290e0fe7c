"""Records what others did to a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError, LockHeld
from promote_tui.core.model.stack_status import Phase
from promote_tui.core.runs.events import Observed, Planned, Released
from promote_tui.core.runs.external import (
    ExternalUpdate,
    commit_left,
    find_updates,
    high_water_mark,
    judge_external,
)
from promote_tui.core.runs.fold import fold
from promote_tui.core.runs.notices import external_update
from promote_tui.engine.notify import Delivery
from promote_tui.engine.stack_attempts import find_actor
from promote_tui.engine.verification import runs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.runs.events import Event
    from promote_tui.engine.context import Context


def record_external_updates(context: Context, target: Target) -> tuple[str, ...]:
    """Record the updates of a stack since its newest run; return the ids of the new ones.

    A stack without any run on record has no external updates. Raises LockHeld while a run is at work there,
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
    found = find_updates(events, after)
    new = [update for update in found if not context.ledger.events(update.run)]
    for update in new:
        ran = commit_left(runs, stack) if update is found[0] else ""
        seen = ExternalUpdate(stack, update, tuple(update.events_of_update(events)), ran, last=update is found[-1])
        _write(context, target, seen)
    _tell(context, target, [update.run for update in new])
    return tuple(update.run for update in new)


def _tell(context: Context, target: Target, new: Sequence[str]) -> None:
    """Notify the channels of what was put on record now; one that fails stops nothing."""
    is_against_rule = context.pipeline.stage(target.stage).only == "sync"
    found = [fold(recorded.event for recorded in context.ledger.events(run)) for run in new]
    notices = [external_update(run, is_against_rule=is_against_rule) for run in found if run is not None]
    for delivery in [Delivery(context, target, notice) for notice in notices]:
        delivery.end()


def _write(context: Context, target: Target, seen: ExternalUpdate) -> None:
    update, stack = seen.update, seen.stack
    actor = find_actor(context, target, update.first.at)
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
    record_finished_run(context, target, update.run, (planned, observed, judge_external(seen)))


def record_finished_run(context: Context, target: Target, run: str, events: tuple[Event, ...]) -> None:
    """Record a run that has already ended, under the stack's lock; raises LockHeld while one is at work there."""
    lease = context.ledger.acquire(target.key, run)
    try:
        for event in events:
            lease.append(event)
        lease.append(Released(context.clock.now(), lease.fence))
        lease.release()
    finally:
        lease.abandon()


def record_before(context: Context, target: Target) -> None:
    """Record what others did before a run of our own begins; what cannot be recorded is left for the next one."""
    try:
        record_external_updates(context, target)
    except (AwsError, LockHeld):
        return
