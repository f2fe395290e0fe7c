"""The team's ledger: one DynamoDB table for everybody who promotes.

A lock is an item that only its holder renews, writes by and frees; every event is written in one
transaction with the proof that the lock is still its writer's. What a machine can tell of its own
processes a `flock` adds, as for the embedded ledger.
"""

from __future__ import annotations

import hashlib
import socket
import uuid
from typing import TYPE_CHECKING

from promote_tui.adapters.files.locks import is_taken, lock_file, try_lock, unlock_on_error
from promote_tui.adapters.ledger import rules
from promote_tui.adapters.ledger.dynamodb import lock as locks
from promote_tui.adapters.ledger.dynamodb import queries as rows
from promote_tui.adapters.ledger.dynamodb import releases
from promote_tui.adapters.ledger.dynamodb.items import Lock, Owner
from promote_tui.adapters.ledger.dynamodb.lease import DynamoLease
from promote_tui.adapters.ledger.dynamodb.lock import HolderObserver, Pace
from promote_tui.adapters.ledger.dynamodb.schema import check_version
from promote_tui.adapters.ledger.dynamodb.table import ConditionFailedError, Table
from promote_tui.adapters.ledger.lease import Claim
from promote_tui.adapters.ledger.sqlite.errors import translate_errors
from promote_tui.adapters.process.system import boot
from promote_tui.ports import Clock, Holder, Recorded, RecordedRelease, RunFilter, RunPage

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from pathlib import Path

    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.releases.events import ReleaseEvent
    from promote_tui.core.runs.run import Run

_VERSION_SECONDS = 60.0


class DynamoLedger:
    """A project's part of the table; `folder` is where this machine's runners show that they live."""

    def __init__(  # noqa: PLR0913 - what tests set apart
        self,
        table: Table,
        project: str,
        folder: Path,
        clock: Clock,
        *,
        host: str | None = None,
        pace: Pace | None = None,
        observer: HolderObserver | None = None,
    ) -> None:
        self._raw = table
        self._project = project
        self._folder = folder
        self._clock = clock
        self._host = host or socket.gethostname()
        self._pace = pace or Pace()
        self._observer = observer or HolderObserver(clock, self._pace)
        self._checked: float | None = None

    @property
    def _table(self) -> Table:
        """The table, checked to be a ledger of this version."""
        now = self._clock.monotonic()
        if self._checked is None or now - self._checked > _VERSION_SECONDS:
            check_version(self._raw)
            self._checked = now
        return self._raw

    def acquire(self, key: str, run: str) -> DynamoLease:
        """Take the lock of a stack for a new run; raises LockHeld, which names the holder."""
        self._checked = None
        free = self._free(key)
        descriptor = self._take(key)
        if descriptor is None:
            self._free(key)
            raise rules.lock_being_taken_error(key)
        with unlock_on_error(descriptor):
            claim = self._seize(Claim(key, run, free.fence + 1 if free else 1))
        return DynamoLease(self._raw, self._project, claim, descriptor, self._pace)

    def recover(self, run: str) -> DynamoLease:
        """Take over the lock of a run whose runner is gone, with a higher fence; raises LockHeld where it lives."""
        lock = self._lock_of(run)
        here = lock.place == self._place()
        descriptor = self._take(lock.key)
        if descriptor is None:
            raise rules.runner_alive_error(lock.key, run) if here else rules.lock_being_taken_error(lock.key)
        with unlock_on_error(descriptor):
            claim = self._seize_again(run, here=here)
        return DynamoLease(self._raw, self._project, claim, descriptor, self._pace)

    def holder(self, key: str) -> Holder | None:
        """Return who holds a lock, or None where it is free."""
        lock = locks.read(self._table, key)
        return self._holder(lock) if lock and lock.held else None

    def target(self) -> Target:
        """Return the target through whose credentials the ledger is reached."""
        return self._raw.place.target

    def describe(self) -> str:
        """Return in a few words whose ledger it is."""
        where = self._raw.place
        return f"the team's, table {where.name} in {where.aws.account} {where.aws.region}"

    def events(self, run: str, after: int = 0) -> tuple[Recorded, ...]:
        """Return a run's events with a seq above `after`, in order; empty for an unknown run."""
        return rows.events(self._table, run, after)

    def runs(self, wanted: RunFilter, cursor: str | None = None, limit: int = 50) -> RunPage:
        """Return a page of the project's runs, newest first; of a stack's, whatever the project."""
        return rows.runs(self._table, self._project, wanted, cursor, limit)

    def newest_runs(self, keys: Collection[str], until: datetime, limit: int) -> Mapping[str, tuple[Run, ...]]:
        """Return the runs of each of these stacks that had begun by then, at most `limit` of each, newest first."""
        return rows.newest_runs(self._table, keys, until, limit)

    def oldest_runs(self, keys: Collection[str], since: datetime, limit: int) -> Mapping[str, tuple[Run, ...]]:
        """Return the runs of each of these stacks that began then or later, at most `limit` of each, oldest first."""
        return rows.oldest_runs(self._table, keys, since, limit)

    def append_decision(self, decision: Decision) -> None:
        """Write a person's decision durably, under who AWS says that we are."""
        rows.add_decision(self._table, self._raw.identity().user_id, self._project, decision)

    def decisions(self, service: str, stage: str | None = None, commit: str | None = None) -> tuple[Decision, ...]:
        """Return the decisions that concern a service (and a stage, and a commit), oldest first."""
        return rows.decisions(self._table, self._project, service, stage, commit)

    def decisions_by_service(self, services: Collection[str]) -> Mapping[str, tuple[Decision, ...]]:
        """Return every decision about each of these services, oldest first; one without any is left out."""
        return rows.decisions_by_service(self._table, self._project, services)

    def standing_decisions(self) -> tuple[Decision, ...]:
        """Return every hold, lift and veto of the project, oldest first; the index that names them may lag."""
        return rows.standing_decisions(self._table, self._project)

    def append_release_event(self, release: str, seq: int, event: ReleaseEvent) -> bool:
        """Write the event durably as the one at `seq` of a release of the project; False where that place is taken."""
        body = rules.encode_release_event(release, event)
        rules.check_release_place(release, seq, event)
        return releases.append(self._table, self._project, release, RecordedRelease(seq, event), body)

    def release_events(self, release: str, after: int = 0) -> tuple[RecordedRelease, ...]:
        """Return the events of a release of the project with a seq above `after`, in order."""
        return releases.events(self._table, self._project, release, after)

    def releases(self, limit: int = 50) -> tuple[str, ...]:
        """Return the names of the project's releases, the last planned first."""
        return releases.names(self._table, self._project, limit)

    def _free(self, key: str) -> Lock | None:
        lock = locks.read(self._table, key)
        if lock and lock.held:
            raise rules.lock_held_error(self._holder(lock))
        return lock

    def _take(self, key: str) -> int | None:
        path = lock_file(self._folder, key)
        with translate_errors(path):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return try_lock(path, self._clock)

    def _seize(self, claim: Claim) -> Claim:
        try:
            locks.acquire(self._table, claim, self._project, self._owner(), self._clock.now())
        except ConditionFailedError:
            self._free(claim.key)
            if rows.key_of(self._raw, claim.run) is not None:
                raise rules.run_exists_error(claim.run) from None
            raise rules.lock_being_taken_error(claim.key) from None
        return claim

    def _seize_again(self, run: str, *, here: bool) -> Claim:
        lock = self._lock_of(run)
        if not (here and lock.place == self._place()):
            alive, silent_in = self._observer.observe(lock)
            if alive is not False:
                refused = rules.runner_alive_error(lock.key, run)
                raise refused if alive else rules.not_yet_gone_error(lock.key, run, silent_in)
        try:
            return locks.take_over(self._table, lock, self._owner())
        except ConditionFailedError:
            raise rules.runner_alive_error(lock.key, run) from None

    def _lock_of(self, run: str) -> Lock:
        key = rows.key_of(self._table, run)
        lock = locks.read(self._table, key) if key is not None else None
        if lock is None or not lock.held or lock.run != run:
            raise rules.no_such_run_error(run)
        return lock

    def _owner(self) -> Owner:
        me = self._raw.identity()
        return Owner(me.arn, me.person, self._host, self._place())

    def _place(self) -> str:
        """Return what two processes share only where a `flock` of one shows the other that it lives.

        That is a kernel and a folder; empty where this machine has none yet.
        """
        folder = lock_file(self._folder, "").parent
        try:
            found = folder.stat()
        except FileNotFoundError:
            return ""
        kernel = boot() if boot() != "unknown" else str(uuid.getnode())
        words = f"{self._host}|{kernel}|{found.st_dev}|{found.st_ino}"
        return hashlib.sha256(words.encode()).hexdigest()[:32]

    def _holder(self, lock: Lock) -> Holder:
        path = lock_file(self._folder, lock.key)
        if lock.place == self._place():
            with translate_errors(path):
                lives, silent_in = is_taken(path), None
            return Holder(lock.key, lock.run, lock.fence, lock.since, lock.host, lives, lock.who, silent_in)
        alive, left = self._observer.observe(lock)
        undecided = not alive and lock.phase in _UNDECIDED
        return Holder(lock.key, lock.run, lock.fence, lock.since, lock.host, alive, lock.who, left, undecided)


_UNDECIDED = frozenset({"unknown", "unnotified"})
"""The last events of a run that keeps its lock because nobody knows how it ended."""
