"""A run's lock as its holder has it: it writes the run's events, each with the proof that the lock is still its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.adapters.ledger import rules
from promote_tui.adapters.ledger.dynamodb import lock as locks
from promote_tui.adapters.ledger.dynamodb import queries as rows
from promote_tui.adapters.ledger.dynamodb.lock import Heartbeat, Pace
from promote_tui.adapters.ledger.dynamodb.table import ConditionFailedError, Table
from promote_tui.adapters.ledger.lease import Claim, HeldLease
from promote_tui.core.errors import LedgerError
from promote_tui.ports import Recorded

if TYPE_CHECKING:
    from promote_tui.core.runs.events import Event


class DynamoLease(HeldLease):
    """A lock of the team's ledger, which this process renews as long as it holds it."""

    def __init__(self, table: Table, project: str, claim: Claim, descriptor: int, pace: Pace) -> None:
        super().__init__(claim, descriptor)
        self._table = table
        self._project = project
        self._events: list[Event] | None = None
        self._heart = Heartbeat(table, claim, pace.beat)

    def append(self, event: Event) -> int:
        """Write the event durably and return its seq; raises LedgerError where the lock is no longer ours."""
        body = rules.encode_event(self.run, event)
        with self._heart.turn:
            self._check_ours()
            before = self._so_far()
            run = rules.apply_event(self.run, self.key, before, event)
            recorded = Recorded(len(before) + 1, event)
            self._events = None  # until it is known whether this one was written
            try:
                rows.append(self._table, self._claim, recorded, body, (self._project, run))
            except (ConditionFailedError, LedgerError) as error:
                self._read_back(recorded.seq, body, error)
            self._events = [*before, event]
            return recorded.seq

    def _free(self) -> None:
        with self._heart.turn:
            self._check_ours()
            rules.check_settled(self.run, self._so_far())
            try:
                locks.release(self._table, self._claim)
            except ConditionFailedError:
                raise self._lost() from None

    def abandon(self) -> None:
        """Release the process's own hold without freeing the lock: the run still needs a verdict."""
        self._heart.stop()
        super().abandon()

    def _so_far(self) -> list[Event]:
        if self._events is None:
            self._events = [recorded.event for recorded in rows.events(self._table, self.run)]
        return self._events

    def _check_ours(self) -> None:
        self._check_held()
        if self._heart.lost:
            raise rules.lock_lost_error(self.run, self.key)

    def _read_back(self, seq: int, body: str, error: Exception) -> None:
        """Return the seq of an event that was written after all: a lost reply is not a lost event."""
        if rows.is_written(self._table, self._claim, seq, body):
            return
        if isinstance(error, LedgerError):
            raise error
        raise self._lost() from None

    def _lost(self) -> LedgerError:
        self._heart.lost = True
        return rules.lock_lost_error(self.run, self.key)
