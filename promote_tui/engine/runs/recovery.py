"""Executes a recovery: everything read again, the call of CloudFormation, reading back, record.

As in a deploy, the ledger comes first: each event is durable before the act that it announces begins.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError, PromoteError
from promote_tui.core.recovery.table import CALLS
from promote_tui.core.runs.events import (
    Checked,
    GateRecord,
    NotSubmitted,
    Planned,
    Submitting,
)
from promote_tui.core.runs.verdict import judge_refused
from promote_tui.engine.deploy_values import find_secrets
from promote_tui.engine.recovery import require_same_stack
from promote_tui.engine.runs.cancellation import Cancelled
from promote_tui.engine.runs.stack_execution import StackExecution
from promote_tui.engine.runs.verdict import VerdictRequest, await_verdict

if TYPE_CHECKING:
    from promote_tui.core.recovery.recovery import Recovery
    from promote_tui.core.runs.events import Verdict
    from promote_tui.engine.context import Context


class RecoveryExecution(StackExecution):
    """One run that frees a stuck stack."""

    act, again = "recovery", "recover it again"

    def __init__(self, context: Context, recovery: Recovery, run: str) -> None:
        super().__init__(context, recovery.target, run)
        self._recovery = recovery

    def _planned(self) -> Planned:
        recovery, target = self._recovery, self._target
        return Planned(
            at=self._now(),
            run=self._run,
            kind="recovery",
            service=target.service,
            stage=target.stage,
            key=target.key,
            from_commit=recovery.deployed,
            to_commit="",
            subject=f"{CALLS[recovery.act]}: the stack was {recovery.stack_status}",
            stack_id=recovery.stack_id,
            stack_status=recovery.stack_status,
            last_event_id=recovery.last_event_id,
            fingerprint="",
            config_digest=recovery.config,
            who=self._identity.person,
            arn=self._identity.arn,
            reason=recovery.reason[:2000],
            policy=recovery.policy,
            recovery=recovery.act,
        )

    def _attempt(self) -> Verdict:
        try:
            self._journal(self._check())
            self._refuse_cancelled()
        except PromoteError as error:
            return judge_refused(self._now(), error, cancelled=isinstance(error, Cancelled))
        self._journal(Submitting(self._now(), self._command(), ""))
        try:
            self._call()
        except AwsError as error:
            return self._conclude(error)
        return self._conclude(None)

    def _check(self) -> Checked:
        """Prove under the lock that the stack is the one that a person saw; raises PromoteError."""
        account = self._target.aws.account
        if self._identity.account != account:
            cause = f"the credentials are for account {self._identity.account}, not {account}"
            raise AwsError(str(self._target), cause, "fix the stage's profile")
        require_same_stack(self._context, self._recovery)
        gates = (
            GateRecord("account", passed=True, reason=account),
            GateRecord("stack", passed=True, reason=f"it is {self._recovery.stack_status}, as it was confirmed"),
        )
        return Checked(self._now(), "", gates)

    def _command(self) -> tuple[str, ...]:
        skipped = (word for each in self._recovery.skip for word in ("--skip", each))
        return CALLS[self._recovery.act], self._target.stack, *skipped

    def _call(self) -> None:
        recovery, recoverer = self._recovery, self._context.ports.recoverer
        match recovery.act:
            case "continue":
                recoverer.continue_rollback(self._target, recovery.stack_id, recovery.skip)
            case "roll_back":
                recoverer.roll_back(self._target, recovery.stack_id)
            case "delete":
                recoverer.delete(self._target, recovery.stack_id)

    def _conclude(self, error: AwsError | None) -> Verdict:
        """Read the stack until it is at rest; a call that failed may have arrived all the same."""
        recovery = self._recovery
        case = VerdictRequest(
            run=self._run,
            target=self._target,
            from_commit=recovery.deployed,
            to_commit="",
            stack_id=recovery.stack_id,
            last_event_id=recovery.last_event_id,
            exit_code=None if error else 0,
            stopped="",
            cancelled=False,
            log=self._context.folders.log(self._run),
            until=self._now() + timedelta(hours=1),
            removes=recovery.act == "delete",
            recovers=True,
            secrets=find_secrets(
                self._context, self._context.pipeline.service(self._target.service), self._target.stage
            ),
        )
        verdict, seen = await_verdict(self._context, case)
        self._journal(seen)
        if error is not None and isinstance(verdict, NotSubmitted):
            return judge_refused(self._now(), error, cancelled=False)
        return verdict
