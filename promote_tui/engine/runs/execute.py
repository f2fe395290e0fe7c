"""Executes an approved plan: lock, check everything again, deploy, read the stack back, record.

The ledger comes first. Each event is durable before the act that it announces begins. Whoever finds the run after a
crash knows at least what may have happened (see `engine.runs.reconcile`).
"""

from __future__ import annotations

import contextlib
import socket
from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError, LedgerError, PromoteError
from promote_tui.core.gates.decision_notices import decision_notice
from promote_tui.core.runs.consequences import after_failed_proof
from promote_tui.core.runs.events import (
    CancelRequested,
    Exited,
    Failed,
    Locked,
    NotifyFailed,
    Observed,
    OutcomeUnknown,
    Planned,
    Released,
    Submitted,
    Submitting,
    Verified,
)
from promote_tui.core.runs.external import high_water_mark
from promote_tui.core.runs.fold import fold
from promote_tui.core.runs.notices import finished, started
from promote_tui.core.runs.run import describe_stop, stop_of
from promote_tui.core.runs.verdict import judge_refused
from promote_tui.core.value import replace
from promote_tui.engine.ci_reports import CiDelivery
from promote_tui.engine.decisions import hold_after_run
from promote_tui.engine.notify import Delivery
from promote_tui.engine.planning.auto_rollback import AutoRollback, prepare_auto_rollback
from promote_tui.engine.planning.planner import job_of
from promote_tui.engine.runs.activity import read_activity
from promote_tui.engine.runs.cancellation import Cancelled, is_cancel_asked, who_cancels
from promote_tui.engine.runs.external import record_before
from promote_tui.engine.runs.opening import check_again, planned_event
from promote_tui.engine.runs.proof import DeployToProve, prove_deploy
from promote_tui.engine.runs.verdict import VerdictRequest, await_verdict
from promote_tui.engine.verification import runs_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime

    from promote_tui.core.package.package import Checkout
    from promote_tui.core.planning.plan import ApprovedPlan, Plan
    from promote_tui.core.runs.events import Event, Verdict
    from promote_tui.core.runs.notices import Notice
    from promote_tui.core.runs.run import Process, Run
    from promote_tui.core.stacks.activity import StackActivity
    from promote_tui.engine.context import Context
    from promote_tui.ports import Job, Lease, ProcessEnd

_HUNG = "the {deployer} was stopped: it stayed silent after the stack was complete, and did not end"


class RunExecution:
    """One run of an approved plan, from the lock to its release."""

    def __init__(self, context: Context, approved: ApprovedPlan, run: str) -> None:
        self._context = context
        self._approved = approved
        self._plan: Plan = approved.plan
        self._target = approved.plan.draft.target
        self._deployer = context.deployer.facts.name
        self._run = run
        self._process: Process | None = None
        self._cancelled = False
        self._submitting = False
        self._secrets: tuple[str, ...] = ()
        self._until: datetime | None = None  # how long the network is waited for, should it go away
        self._telling: list[Delivery] = []
        self._reporting: CiDelivery | None = None
        self.back = AutoRollback()  # whoever executes this starts it once the run is over
        self._lease: Lease
        self._written: Planned

    def execute(self, me: Process) -> Verdict:
        """Run the plan and return the verdict.

        Raises LockHeld before anything is written, LedgerError as soon as the ledger cannot be
        written: the run then keeps its lock and waits to be reconciled.
        """
        identity = self._context.identity(self._target)
        self._record_others()
        self._lease = self._context.ledger.acquire(self._target.key, self._run)
        try:
            self._written = planned_event(self._context, self._approved, self._run, identity)
            self._journal(self._written)
            self._journal(Locked(self._now(), self._lease.fence, socket.gethostname(), me.pid, me.started))
            verdict = self._attempt()
            if isinstance(verdict, Failed) and verdict.deployed:
                verdict = self._with_way_back(verdict)
            self._finish(verdict)
        finally:
            self._lease.abandon()  # after a release this does nothing
        return verdict

    def _with_way_back(self, failed: Failed) -> Failed:
        """Prepare the automatic rollback where the stage asks for one, and return the verdict that names it."""
        stage = self._context.pipeline.stage(self._target.stage)
        if after_failed_proof(stage.rules, self._written.kind) != "rollback" or self._cancel_wanted():
            return failed
        self.back = prepare_auto_rollback(self._context, self._target, self._run, failed)
        remedy = f"{failed.remedy}, {self.back.problem}" if self.back.problem else failed.remedy
        return replace(failed, rollback=self.back.run, remedy=remedy, unattended=self.back.problem)

    def _record_others(self) -> None:
        """Write down what others did to the stack since the newest run; AWS is asked only where something was done."""
        known = high_water_mark(runs_of(self._context.ledger, self._target))
        if known is not None and known[1] != self._plan.fingerprint.last_event_id:
            record_before(self._context, self._target)

    def _attempt(self) -> Verdict:
        folder = self._context.folders.run(self._run) / "aws"
        try:
            with self._alone(), self._context.accounts.lend(self._target, folder) as credentials:
                job = job_of(self._context, self._plan, credentials, self._run)
                self._journal(check_again(self._context, self._approved, job))
                self._until = credentials.expires_at or self._now() + timedelta(
                    seconds=job.service.deploy.total_seconds
                )
                self._secrets = self._context.deployer.secrets(job)
                end = self._deploy(job)
        except PromoteError as error:
            if self._submitting:
                raise
            return judge_refused(self._now(), error, cancelled=isinstance(error, Cancelled))
        self._journal(self._exited(end))
        verdict = self._conclude(end)
        return prove_deploy(self._context, self._proof(), verdict) if isinstance(verdict, Verified) else verdict

    def _proof(self) -> DeployToProve:
        log = self._context.folders.log(self._run)
        return DeployToProve(
            self._run, self._target, self._plan.draft.commit.sha, log, self._lent, self._journal, self._unproved
        )

    @contextlib.contextmanager
    def _lent(self) -> Iterator[Checkout]:
        with self._alone():
            yield self._plan.checkout

    def _unproved(self) -> None:
        """Raise Cancelled where a person no longer waits for the proof of a deploy."""
        if self._cancel_wanted():
            cause = f"{self._who_cancels() or 'somebody'} stopped it before it was proved; the code runs there"
            raise Cancelled(str(self._target), cause)

    def _alone(self) -> AbstractContextManager[None]:
        """Wait until nobody else works in the checkout, and keep everybody out of it."""
        return self._context.checkouts.alone(self._plan.checkout, self._plan.id, self._refuse_cancelled)

    def _deploy(self, job: Job) -> ProcessEnd:
        self._refuse_cancelled()
        command = self._context.deployer.command(job)
        self._submitting = True
        self._telling.append(self._tell(started(self._story())))
        self._journal(Submitting(self._now(), command, str(job.log), job.credentials.expires_at))
        self._reporting = CiDelivery(self._context, self._story())
        return self._context.deployer.deploy(job, on_start=self._started, on_poll=self._polled, activity=self._activity)

    def _refuse_cancelled(self) -> None:
        if self._cancel_wanted():
            raise Cancelled(str(self._target), "cancelled before the deploy; nothing changed", "promote again")

    def _started(self, process: Process) -> None:
        self._process = process
        self._journal(Submitted(self._now(), process.pid, process.started))

    def _polled(self) -> None:
        if self._cancel_wanted() and not self._cancelled:
            self._cancelled = self._cancel_update()

    def _activity(self) -> StackActivity | None:
        return read_activity(self._context, self._target, self._plan.draft.commit.sha, self._plan.fingerprint)

    def _cancel_wanted(self) -> bool:
        return is_cancel_asked(self._context, self._run)

    def _cancel_update(self) -> bool:
        """Cancel the update once CloudFormation has begun it; until then, ask again at the next poll."""
        try:
            stack = self._context.stacks.stack(self._target)
            if stack is None or stack.status_name != "UPDATE_IN_PROGRESS":
                return False
            self._journal(CancelRequested(self._now(), self._who_cancels(), submitted=True))
            self._context.stacks.cancel_update(self._target, stack.id)
        except (AwsError, LedgerError):
            return False  # raising here would stop the CLI, and CloudFormation would go on unseen
        return True

    def _who_cancels(self) -> str:
        return who_cancels(self._context, self._run)

    def _conclude(self, end: ProcessEnd) -> Verdict:
        case = VerdictRequest(
            run=self._run,
            target=self._target,
            from_commit=self._written.from_commit,
            to_commit=self._plan.draft.commit.sha,
            stack_id=self._plan.fingerprint.stack_id,
            last_event_id=self._plan.fingerprint.last_event_id,
            exit_code=end.code,
            stopped=describe_stop(stop_of(self._exited(end)), self._deployer),
            cancelled=self._cancelled,
            log=self._context.folders.log(self._run),
            until=self._until,
            secrets=self._secrets,
        )
        verdict, seen = await_verdict(self._context, case, unread=self._unread)
        self._journal(seen)
        return verdict

    def _unread(self, seen: Observed) -> None:
        """Let watchers know that the run waits for the stack; a ledger out of reach hears of the end only."""
        with contextlib.suppress(LedgerError):
            self._journal(seen)

    def _finish(self, verdict: Verdict) -> None:
        self._journal(verdict)
        held = hold_after_run(self._context, self._written, verdict)
        self._telling.append(self._tell(finished(self._story(verdict))))
        self._telling.append(self._tell(decision_notice(held) if held else None))
        problems = [problem for telling in self._telling for problem in telling.end()]
        if self._reporting:  # nobody was told that it began otherwise
            problems += CiDelivery(self._context, self._story(verdict), self._reporting).end()
        for channel, reason in problems:
            self._journal(NotifyFailed(self._now(), channel, reason))
        if isinstance(verdict, OutcomeUnknown):
            return  # the lock stays: unknown blocks until somebody reconciles it
        self._journal(Released(self._now(), self._lease.fence))
        self._lease.release()

    def _tell(self, notice: Notice | None) -> Delivery:
        return Delivery(self._context, self._target, notice)

    def _story(self, *more: Event) -> Run:
        """Return the run as notices show it."""
        found = fold([self._written, *more])
        assert found is not None  # noqa: S101 - it begins with its plan
        return found

    def _journal(self, event: Event) -> None:
        self._lease.append(event)

    def _now(self) -> datetime:
        return self._context.clock.now()

    def _exited(self, end: ProcessEnd) -> Exited:
        if end.why == "hung":
            return Exited(self._now(), end.code, "idle", _HUNG.format(deployer=self._deployer))
        return Exited(self._now(), end.code, end.why)
