"""Writes down what others did to a stack, and that a person takes what they put there for good."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.cells import reported
from promote_tui.core.errors import AwsError, LockHeld, UsageError
from promote_tui.core.events import Failed, Observed, Planned, Released, RolledBack, Verified
from promote_tui.core.foreign import Doer, Update, mark, updates
from promote_tui.core.model import Deployed
from promote_tui.core.text import short
from promote_tui.engine.reading import read_cell
from promote_tui.engine.records import runs_of

if TYPE_CHECKING:
    from promote_tui.core.events import Event, Kind
    from promote_tui.core.model import Pipeline, StackState, Target
    from promote_tui.core.run import Run
    from promote_tui.engine.outside import Outside
    from promote_tui.ports import Identity

_AROUND = timedelta(minutes=2)
"""How far CloudTrail's time of a call may be from the stack's own first event."""


def record_foreign(outside: Outside, pipeline: Pipeline, target: Target) -> tuple[str, ...]:
    """Write down the updates of a stack that came after its newest run; return the ids of those that are new.

    Nothing is foreign on a stack that no run is on record for. Raises LockHeld while a run is at work there,
    AwsError, LedgerError.
    """
    runs = runs_of(outside.ledger, target)
    known = mark(runs)
    if known is None:
        return ()
    stack = outside.stacks.stack(target)
    if stack is None or not stack.status.deployable:
        return ()
    after = known[1] if known[0] == stack.id else None
    found = updates(outside.stacks.events(target, stack.id, after=after), after)
    new = [update for update in found if not outside.ledger.events(update.run)]
    for update in new:
        _write(outside, pipeline, target, stack, update, last=update is found[-1])
    return tuple(update.run for update in new)


def _write(  # noqa: PLR0913 - all that is known of it
    outside: Outside, pipeline: Pipeline, target: Target, stack: StackState, update: Update, *, last: bool
) -> None:
    doer = _doer(outside, target, update)
    commit = reported(stack.commit) if last else None
    planned = Planned(
        at=update.first.at,
        run=update.run,
        kind="foreign",
        service=target.service,
        stage=target.stage,
        key=target.key,
        from_commit=None,
        to_commit=commit or "",
        subject="",
        stack_id=stack.id,
        stack_status=None,
        last_event_id=update.before,
        fingerprint="",
        config_digest=pipeline.digest,
        who=doer.who,
        arn=doer.arn,
        reason=doer.how or doer.problem,
    )
    updated = stack.updated_at if last else None
    seen = Observed(update.last.at, stack.id, update.last.status, commit, update.last.id, updated)
    verdict: Event = Verified(update.last.at, "by somebody else")
    if not update.well:
        verdict = RolledBack(update.last.at, update.last.reason or update.last.status, commit)
    elif commit is None and last:
        verdict = Failed(update.last.at, "the stack names no commit since", None)
    _append(outside, target, update.run, (planned, seen, verdict))


def _append(outside: Outside, target: Target, run: str, events: tuple[Event, ...]) -> None:
    lease = outside.ledger.acquire(target.key, run)
    try:
        for event in events:
            lease.append(event)
        lease.append(Released(outside.clock.now(), lease.fence))
        lease.release()
    finally:
        lease.abandon()


def _doer(outside: Outside, target: Target, update: Update) -> Doer:
    try:
        found = outside.trail.doers(target, update.first.at - _AROUND, update.first.at + _AROUND)
    except AwsError as error:
        return Doer(problem=f"who did it is not known: {error.cause}")
    nearest = min(found, key=lambda each: abs(each[0] - update.first.at), default=None)
    return nearest[1] if nearest else Doer(problem="who did it is not known: CloudTrail does not tell (any more)")


def adopt(outside: Outside, pipeline: Pipeline, target: Target, reason: str) -> Run:
    """Let what runs in a stage count as verified there, on the word of who AWS says that we are.

    What others did before is written down first. Raises UsageError where no commit is known to run there, or
    the stack is not at rest, LockHeld, AwsError, LedgerError.
    """
    from promote_tui.engine.recovery import read_run  # noqa: PLC0415 - it stands on this module's neighbours

    record_foreign(outside, pipeline, target)
    cell = read_cell(outside, target)
    if not isinstance(cell, Deployed) or not cell.stack.status.succeeded:
        words = "its last update did not succeed" if isinstance(cell, Deployed) else "no commit is known to run there"
        raise UsageError(str(target), words, "promote to it instead")
    service = pipeline.service(target.service)
    commit = outside.graph.commits(service, {cell.commit}).get(cell.commit)
    if commit is None:
        raise UsageError(str(target), f"{short(cell.commit)} is not in this clone", "git fetch, then adopt it")
    identity = outside.identity(target)
    event = outside.stacks.last_event(target, cell.stack.id)
    run, now = outside.new_id(), outside.clock.now()
    planned = _adoption(outside, pipeline, target, cell, identity, run, reason, commit.subject)
    seen = Observed(
        now, cell.stack.id, cell.stack.status_name, cell.commit, event.id if event else None, cell.stack.updated_at
    )
    _append(outside, target, run, (planned, seen, Verified(now, f"adopted by {identity.person}")))
    return read_run(outside, run)


def _adoption(  # noqa: PLR0913, PLR0917 - all that is known of it
    outside: Outside,
    pipeline: Pipeline,
    target: Target,
    cell: Deployed,
    identity: Identity,
    run: str,
    reason: str,
    subject: str,
) -> Planned:
    kind: Kind = "adopted"
    event = outside.stacks.last_event(target, cell.stack.id)
    return Planned(
        at=outside.clock.now(),
        run=run,
        kind=kind,
        service=target.service,
        stage=target.stage,
        key=target.key,
        from_commit=cell.commit,
        to_commit=cell.commit,
        subject=subject[:200],
        stack_id=cell.stack.id,
        stack_status=cell.stack.status_name,
        last_event_id=event.id if event else None,
        fingerprint="",
        config_digest=pipeline.digest,
        who=identity.person,
        arn=identity.arn,
        reason=reason,
        policy=str(pipeline.policy or ""),
    )


def record_before(outside: Outside, pipeline: Pipeline, target: Target) -> None:
    """Write down what others did before a run of our own begins; what cannot be written is left for the next one."""
    try:
        record_foreign(outside, pipeline, target)
    except (AwsError, LockHeld):
        return
