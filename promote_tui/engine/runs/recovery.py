"""Executes a recovery: lock, everything read again, the call of CloudFormation, reading back, record.

As in a deploy, the ledger comes first: each event is durable before the act that it announces begins.
"""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError, PromoteError
from promote_tui.core.recovery.table import CALLS
from promote_tui.core.runs.events import (
    Checked,
    GateRecord,
    Locked,
    NotSubmitted,
    OutcomeUnknown,
    Planned,
    Released,
    Submitting,
)
from promote_tui.core.runs.verdict import judge_refused
from promote_tui.engine.deploy_values import find_secrets
from promote_tui.engine.recovery import require_same_stack
from promote_tui.engine.runs.cancellation import Cancelled, is_cancel_asked
from promote_tui.engine.runs.verdict import VerdictRequest, await_verdict

if TYPE_CHECKING:
    from datetime import datetime

    from promote_tui.core.recovery.recovery import Recovery
    from promote_tui.core.runs.events import Event, Verdict
    from promote_tui.core.runs.run import Process
    from promote_tui.engine.context import Context
    from promote_tui.ports import Identity, Lease


class RecoveryExecution:
    """One run that frees a stuck stack."""

    def __init__(self, context: Context, recovery: Recovery, run: str) -> None:
        self._context, self._recovery, self._run = context, recovery, run
        self._target = recovery.target
        self._lease: Lease

    def execute(self, me: Process) -> Verdict:
        """Free the stack and return the verdict; raises LockHeld before anything is written, and LedgerError."""
        identity = self._context.identity(self._target)
        self._lease = self._context.ledger.acquire(self._target.key, self._run)
        try:
            self._journal(self._planned(identity))
            self._journal(Locked(self._now(), self._lease.fence, socket.gethostname(), me.pid, me.started))
            verdict = self._attempt(identity)
            self._journal(verdict)
            if not isinstance(verdict, OutcomeUnknown):  # unknown blocks until somebody reconciles it
                self._journal(Released(self._now(), self._lease.fence))
                self._lease.release()
        finally:
            self._lease.abandon()
        return verdict

    def _planned(self, identity: Identity) -> Planned:
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
            who=identity.person,
            arn=identity.arn,
            reason=recovery.reason[:2000],
            policy=recovery.policy,
            recovery=recovery.act,
        )

    def _attempt(self, identity: Identity) -> Verdict:
        try:
            self._journal(self._check(identity))
            self._refuse_cancelled()
        except PromoteError as error:
            return judge_refused(self._now(), error, cancelled=isinstance(error, Cancelled))
        self._journal(Submitting(self._now(), self._command(), ""))
        try:
            self._call()
        except AwsError as error:
            return self._conclude(error)
        return self._conclude(None)

    def _check(self, identity: Identity) -> Checked:
        """Prove under the lock that the stack is the one that a person saw; raises PromoteError."""
        account = self._target.aws.account
        if identity.account != account:
            cause = f"the credentials are for account {identity.account}, not {account}"
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

    def _refuse_cancelled(self) -> None:
        if is_cancel_asked(self._context, self._run):
            raise Cancelled(str(self._target), "cancelled before the recovery; nothing changed", "recover it again")

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

    def _journal(self, event: Event) -> None:
        self._lease.append(event)

    def _now(self) -> datetime:
        return self._context.clock.now()
