"""Finds out what happened to a run whose runner died, and frees its lock.

`core.runs.verdict` judges; this module keeps the safe order. The CLI's process group has to be gone. Then the lock is
taken over with a higher fence. Then the stack is read until it is at rest.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
from dataclasses import replace
from typing import TYPE_CHECKING

from promote_tui.core.errors import LedgerError, UsageError
from promote_tui.core.gates.decision_notices import decision_notice
from promote_tui.core.runs.events import NotifyFailed, OutcomeUnknown, Recovering, Released, Verified
from promote_tui.core.runs.fold import fold
from promote_tui.core.runs.notices import finished
from promote_tui.core.runs.run import Run, describe_stop
from promote_tui.core.runs.verdict import judge_unsubmitted
from promote_tui.engine.ci_reports import CiDelivery
from promote_tui.engine.decisions import hold_after_run
from promote_tui.engine.deploy_values import find_secrets, resolve_service
from promote_tui.engine.notify import Delivery
from promote_tui.engine.planning.planner import discard_plan
from promote_tui.engine.runs.proof import DeployToProve, prove_deploy
from promote_tui.engine.runs.verdict import VerdictRequest, await_verdict
from promote_tui.engine.takeover import ran_here, refuse_elsewhere, take_over
from promote_tui.ports import CheckoutRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from promote_tui.core.model.pipeline import Pipeline, Target
    from promote_tui.core.package.package import Checkout
    from promote_tui.core.runs.events import Verdict
    from promote_tui.core.runs.run import Process
    from promote_tui.engine.context import Context
    from promote_tui.ports import Lease

_POLL_SECONDS = 1.0
PLAN_FILE = "plan"


def read_run(context: Context, run: str) -> Run:
    """Return a run as its events tell it; raises UsageError where there is none."""
    found = fold(recorded.event for recorded in context.ledger.events(run))
    if found is None:
        raise UsageError(run, "there is no such run", "see `promote-tui runs`")
    return found


def free_unwritten(context: Context, run: str, say: Callable[[str], None]) -> None:
    """Free a lock whose runner died before it wrote its first event; raises LockHeld, UsageError."""
    lease = take_over(context, run, say)
    lease.release()
    shutil.rmtree(context.folders.run(run), ignore_errors=True)


def reconcile(  # noqa: PLR0913 - all that a recovery stands on
    context: Context,
    run: str,
    me: Process,
    say: Callable[[str], None],
    *,
    gone: bool = False,
    patient: bool = True,
) -> Run:
    """Give a run its verdict and free its lock; waits for a runner, a CLI or a stack that may still be at work.

    `gone` says that the machine that ran it is off for good; without `patient` a runner that may live is not waited
    for. Raises UsageError where there is nothing to reconcile, LockHeld where its runner lives, and LedgerError where a
    newer version's events forbid a conclusion.
    """
    found = read_run(context, run)
    if found.released:
        return _free_again(context, found, say)
    if found.unknown_events:
        raise LedgerError(run, found.cause or "a newer version of promote-tui wrote it", "upgrade promote-tui")
    _same_ground(context.pipeline, found)
    refuse_elsewhere(context, found, gone=gone)
    lease = take_over(context, run, say) if patient else context.ledger.recover(run)
    try:
        found = read_run(context, run)  # again: until the lock was ours its runner may have gone on
        _wait_for_child(context, found, say)
        _finish_log(context, found)  # before the verdict, which reads its last words
        lease.append(Recovering(context.clock.now(), lease.fence, socket.gethostname(), me.pid, me.started))
        verdict = _verdict(context, read_run(context, run), lease, say)
        if verdict is not None:
            held = hold_after_run(context, found.planned, verdict)
            notices = finished(read_run(context, run)), decision_notice(held) if held else None
            told = [Delivery(context, _target(context.pipeline, found), notice) for notice in notices]
            problems = [problem for each in told for problem in each.end()]
            if found.submitted:  # nobody was told that it began otherwise
                problems += CiDelivery(context, read_run(context, run)).end()
            for channel, reason in problems:
                lease.append(NotifyFailed(context.clock.now(), channel, reason))
        if not isinstance(verdict, OutcomeUnknown):
            lease.append(Released(context.clock.now(), lease.fence))
            lease.release()
            clean_up(context, found)
    finally:
        lease.abandon()
    return read_run(context, run)


def _free_again(context: Context, run: Run, say: Callable[[str], None]) -> Run:
    """Free the lock of a run that died between its last event and the release; raises UsageError otherwise."""
    holder = context.ledger.holder(run.planned.key)
    if holder is None or holder.run != run.id:
        raise UsageError(f"run {run.id}", f"it has ended ({run.status.value}); there is nothing to reconcile")
    take_over(context, run.id, say).release()
    clean_up(context, run)
    return run


def _same_ground(pipeline: Pipeline, run: Run) -> None:
    """Raise UsageError where this configuration means another stack than the run's."""
    key = _target(pipeline, run).key
    if key != run.planned.key:
        cause = f"it deployed to {run.planned.key}, which this configuration has as {key}"
        raise UsageError(f"run {run.id}", cause, _OTHER_CONFIG)


_OTHER_CONFIG = "reconcile it with the configuration that it was started with"


def _target(pipeline: Pipeline, run: Run) -> Target:
    try:
        return pipeline.service(run.service).target(run.stage)
    except KeyError:
        cause = f"{run.service}/{run.stage} is not in this configuration"
        raise UsageError(f"run {run.id}", cause, _OTHER_CONFIG) from None


def _wait_for_child(context: Context, run: Run, say: Callable[[str], None]) -> None:
    """Wait until nothing of the CLI's process group lives: it may still submit, and owns its log."""
    while run.child is not None and ran_here(context, run) and context.deployer.alive(run.child):
        since = f"started by {run.planned.who} at {run.submitting_at:%H:%M:%S} UTC"
        say(f"the {context.deployer.facts.name} still runs, {since}")
        context.clock.sleep(_POLL_SECONDS)


def _verdict(context: Context, run: Run, lease: Lease, say: Callable[[str], None]) -> Verdict | None:
    """Write the verdict and return it; None where the run has one, and died before it freed its lock."""
    if run.has_verdict:
        return None
    verdict: Verdict
    if not run.submitted:
        verdict = judge_unsubmitted(context.clock.now(), cancelled=run.cancel_requested)
    else:
        secrets = find_secrets(context, context.pipeline.service(run.service), run.stage)
        verdict, seen = await_verdict(context, replace(verdict_request(context, run), secrets=secrets), say)
        lease.append(seen)
        if isinstance(verdict, Verified) and not (run.is_removal or run.is_recovery):
            verdict = prove_deploy(context, _proof(context, run, lease), verdict)
    lease.append(verdict)
    return verdict


def _proof(context: Context, run: Run, lease: Lease) -> DeployToProve:
    """Return the deploy to prove again, in a checkout of its own: what the dead runner saw is unknown."""
    log = context.folders.log(run.id)
    service = context.pipeline.service(run.service)

    @contextlib.contextmanager
    def lent() -> Iterator[Checkout]:
        context.folders.make(log.parent)
        try:
            resolved = resolve_service(context, service, run.stage)
            checkout = context.checkouts.prepare(CheckoutRequest(resolved, run.stage, run.to_commit, run.id, log))
            with context.checkouts.alone(checkout, run.id, lambda: None):
                yield checkout
        finally:
            context.checkouts.release(run.id)

    return DeployToProve(run.id, _target(context.pipeline, run), run.to_commit, log, lent, lease.append, lambda: None)


def verdict_request(context: Context, run: Run) -> VerdictRequest:
    """Return the request for a verdict on a recorded run."""
    target = _target(context.pipeline, run)
    planned = run.planned
    return VerdictRequest(
        run=run.id,
        target=target,
        from_commit=run.from_commit,
        to_commit=planned.to_commit,
        stack_id=planned.stack_id,
        last_event_id=planned.last_event_id,
        exit_code=run.exit_code,
        stopped=describe_stop(run.stopped, context.deployer.facts.name),
        cancelled=run.cancel_requested,
        log=context.folders.log(run.id),
        removes=run.is_removal or planned.recovery == "delete",
        recovers=run.is_recovery,
    )


def clean_up(context: Context, run: Run) -> None:
    """Remove what a dead runner left: credentials, the plan with its package, the raw log, the checkout's claim."""
    folder = context.folders.run(run.id)
    shutil.rmtree(folder / "aws", ignore_errors=True)
    _finish_log(context, run)
    try:
        plan = (folder / PLAN_FILE).read_text(encoding="utf-8")
    except OSError:
        return  # the runner was killed after it had cleaned up
    discard_plan(context, plan)


def _finish_log(context: Context, run: Run) -> None:
    if any(service.name == run.service for service in context.pipeline.services):
        context.deployer.finish_log(context.folders.log(run.id))
