"""What every run that only frees or removes a stack does: its lock, its record, its verdict.

As in a deploy, the ledger comes first: each event is durable before the act that it announces begins.
"""

from __future__ import annotations

import socket
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from promote_tui.core.runs.events import Locked, OutcomeUnknown, Planned, Released
from promote_tui.engine.runs.cancellation import Cancelled, is_cancel_asked

if TYPE_CHECKING:
    from datetime import datetime

    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.runs.events import Event, Verdict
    from promote_tui.core.runs.run import Process
    from promote_tui.engine.context import Context
    from promote_tui.ports import Identity, Lease


class StackExecution(ABC):
    """One run of a stack that deploys no commit; a subclass says what it does under the lock.

    `act` is what it does in a word, `again` how a person does it once more.
    """

    act: ClassVar[str]
    again: ClassVar[str]

    def __init__(self, context: Context, target: Target, run: str) -> None:
        self._context, self._target, self._run = context, target, run
        self._lease: Lease
        self._identity: Identity

    def execute(self, me: Process) -> Verdict:
        """Do it and return the verdict; raises LockHeld before anything is written, and LedgerError."""
        self._identity = self._context.identity(self._target)
        self._lease = self._context.ledger.acquire(self._target.key, self._run)
        try:
            self._journal(self._planned())
            self._journal(Locked(self._now(), self._lease.fence, socket.gethostname(), me.pid, me.started))
            verdict = self._attempt()
            self._journal(verdict)
            if not isinstance(verdict, OutcomeUnknown):  # unknown blocks until somebody reconciles it
                self._journal(Released(self._now(), self._lease.fence))
                self._lease.release()
        finally:
            self._lease.abandon()
        return verdict

    @abstractmethod
    def _planned(self) -> Planned:
        """Return the event that says what is going to be done, and who does it."""

    @abstractmethod
    def _attempt(self) -> Verdict:
        """Do it under the lock, and return what the stack says afterwards."""

    def _refuse_cancelled(self) -> None:
        """Raise Cancelled where a person has asked to stop it."""
        if is_cancel_asked(self._context, self._run):
            raise Cancelled(str(self._target), f"cancelled before the {self.act}; nothing changed", self.again)

    def _journal(self, event: Event) -> None:
        self._lease.append(event)

    def _now(self) -> datetime:
        return self._context.clock.now()
