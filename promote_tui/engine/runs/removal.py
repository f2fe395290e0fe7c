"""Executes a removal: the proof that it is a preview's stack, the deployer's removal, reading back, record.

As in a deploy, the ledger comes first: each event is durable before the act that it announces begins.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError, DeployError, PlanStale, PromoteError, Refused
from promote_tui.core.previews.removal import require_preview
from promote_tui.core.runs.events import (
    Checked,
    Exited,
    GateRecord,
    Planned,
    Submitted,
    Submitting,
)
from promote_tui.core.runs.run import describe_stop, stop_of
from promote_tui.core.runs.verdict import judge_refused
from promote_tui.core.text import join_words
from promote_tui.engine.deploy_values import resolve_service
from promote_tui.engine.runs.buckets import find_blocking_buckets
from promote_tui.engine.runs.cancellation import Cancelled
from promote_tui.engine.runs.stack_execution import StackExecution
from promote_tui.engine.runs.verdict import VerdictRequest, await_verdict
from promote_tui.engine.verification import runs_of
from promote_tui.ports import CheckoutRequest, Job

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.core.previews.removal import Removal
    from promote_tui.core.runs.events import Verdict
    from promote_tui.core.runs.run import Process
    from promote_tui.engine.context import Context
    from promote_tui.ports import ChildCredentials, ProcessEnd


class RemovalExecution(StackExecution):
    """One run that removes a preview's stack; `configured` are the configurations whose stages are never removed."""

    act, again = "removal", "remove it again"

    def __init__(self, context: Context, removal: Removal, run: str, configured: Sequence[Pipeline]) -> None:
        super().__init__(context, removal.target, run)
        self._removal = removal
        self._configured = configured
        self._submitting = False
        self._secrets: tuple[str, ...] = ()
        self._until: datetime | None = None

    def _planned(self) -> Planned:
        removal, target = self._removal, self._target
        return Planned(
            at=self._now(),
            run=self._run,
            kind="removal",
            service=target.service,
            stage=target.stage,
            key=target.key,
            from_commit=removal.deployed,
            to_commit="",
            subject=f"Remove the preview of {target.preview}"[:200],
            stack_id=removal.stack_id,
            stack_status=removal.stack_status,
            last_event_id=removal.last_event_id,
            fingerprint="",
            config_digest=removal.config,
            who=self._identity.person,
            arn=self._identity.arn,
            reason=removal.reason[:2000],
            preview=target.preview,
        )

    def _attempt(self) -> Verdict:
        folder = self._context.folders.run(self._run) / "aws"
        try:
            with self._context.accounts.lend(self._target, folder) as credentials:
                job = self._job(credentials)
                with self._context.checkouts.alone(job.checkout, self._removal.id, self._refuse_cancelled):
                    self._journal(self._check(job))
                    self._secrets = self._context.deployer.secrets(job)
                    end = self._remove(job)
        except PromoteError as error:
            if self._submitting:
                raise
            return judge_refused(self._now(), error, cancelled=isinstance(error, Cancelled))
        self._journal(exited := Exited(self._now(), end.code, "idle" if end.why == "hung" else end.why))
        return self._conclude(end, describe_stop(stop_of(exited), self._context.deployer.facts.name))

    def _job(self, credentials: ChildCredentials) -> Job:
        removal, target = self._removal, self._target
        self._until = credentials.expires_at
        log = self._context.folders.log(self._run)
        self._context.folders.make(log.parent)
        service = resolve_service(self._context, self._context.pipeline.service(target.service), target.stage)
        request = CheckoutRequest(service, target.stage, removal.commit, removal.id, log)
        checkout = self._context.checkouts.prepare(request)
        return Job(service, target, checkout, credentials, self._context.folders.plan(removal.id) / "package", log)

    def _check(self, job: Job) -> Checked:
        """Prove again, under the lock, that it is what a person saw, and a preview's; raises PromoteError."""
        target, removal = self._target, self._removal
        if job.credentials.identity.account != target.aws.account:
            cause = f"the credentials are for account {job.credentials.identity.account}, not {target.aws.account}"
            raise AwsError(str(target), cause, "fix the profile of `previews`")
        stack = self._context.stacks.stack(target)
        if stack is None or stack.id != removal.stack_id:
            raise PlanStale(
                str(target), "the stack is another one by now", "see `promote-tui preview list`, then remove it again"
            )
        require_preview(target, stack, runs_of(self._context.ledger, target), self._configured)
        resolved = self._context.deployer.resolve(job, on_poll=self._refuse_cancelled)
        found = resolved.stack, resolved.stage, resolved.region
        if found != (target.stack, target.serverless_stage, target.aws.region):
            cause = f"the {self._context.deployer.facts.name} would remove {resolved.stack} in {resolved.region}"
            raise DeployError(str(target), f"{cause}, not {target.stack}", "remove the stack by hand")
        self._refuse_full_buckets(stack.id)
        gate = GateRecord("preview", passed=True, reason=f"it is the preview of {target.preview}")
        return Checked(self._now(), "", (gate,))

    def _refuse_full_buckets(self, stack_id: str) -> None:
        found = find_blocking_buckets(self._context, self._target, stack_id)
        full = [name for name in found if name not in self._removal.emptied]
        if full:
            cause = f"its buckets hold something, and so CloudFormation would not delete them: {join_words(full)}"
            raise Refused(str(self._target), cause, "pass --empty to delete what they hold")

    def _remove(self, job: Job) -> ProcessEnd:
        self._refuse_cancelled()
        command, ends = self._context.deployer.removal_command(job), job.credentials.expires_at
        self._journal(Submitting(self._now(), command, str(job.log), ends))
        for bucket in self._removal.emptied:
            self._context.ports.buckets.empty(self._target, bucket)
        self._submitting = True
        return self._context.deployer.remove(job, on_start=self._started, on_poll=lambda: None)

    def _started(self, process: Process) -> None:
        self._journal(Submitted(self._now(), process.pid, process.started))

    def _conclude(self, end: ProcessEnd, stopped: str) -> Verdict:
        removal = self._removal
        case = VerdictRequest(
            run=self._run,
            target=self._target,
            from_commit=removal.deployed,
            to_commit="",
            stack_id=removal.stack_id,
            last_event_id=removal.last_event_id,
            exit_code=end.code,
            stopped=stopped,
            cancelled=False,
            log=self._context.folders.log(self._run),
            until=self._until or self._now() + timedelta(hours=1),
            removes=True,
            secrets=self._secrets,
        )
        verdict, seen = await_verdict(self._context, case)
        self._journal(seen)
        return verdict
