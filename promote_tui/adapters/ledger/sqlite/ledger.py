"""The embedded ledger: SQLite for one person on one machine.

A lock has two halves. The row (HELD, with a fence that grows with every holder) outlives everything
and is freed only by a verdict; the `flock` tells whether the process that holds it still lives. A
lock is taken by taking the flock first and then the row, in one transaction; every event checks in
its own transaction that the row is still its writer's.
"""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from promote_tui.adapters.files.locks import is_taken, lock_file, try_lock, unlock_on_error
from promote_tui.adapters.ledger import rules
from promote_tui.adapters.ledger.lease import Claim, HeldLease
from promote_tui.adapters.ledger.sqlite import queries as rows
from promote_tui.adapters.ledger.sqlite import releases
from promote_tui.adapters.ledger.sqlite.errors import translate_errors
from promote_tui.adapters.process.system import start_marker
from promote_tui.ports import Clock, Holder, Recorded, RecordedRelease, RunFilter, RunPage

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from promote_tui.adapters.ledger.sqlite.database import LedgerFile
    from promote_tui.core.errors import LockHeld
    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.releases.events import ReleaseEvent
    from promote_tui.core.runs.events import Event
    from promote_tui.core.runs.run import Run


class SqliteLedger:
    """A project's part of the ledger in a file, which is made by the first write; reading makes none."""

    def __init__(self, file: LedgerFile, project: str, clock: Clock, host: str | None = None) -> None:
        self._file = file
        self._project = project
        self._clock = clock
        self._host = host or socket.gethostname()

    def acquire(self, key: str, run: str) -> SqliteLease:
        """Take the lock of a stack for a new run; raises LockHeld, which names the holder."""
        self._file.prepare()
        self._file.check_whole()
        # The row is looked at before the flock, so that nobody who is refused ever holds it, even briefly.
        self._refuse_where_held(key)
        descriptor = self._take(key)
        if descriptor is None:
            self._refuse_where_held(key)
            raise rules.lock_being_taken_error(key)
        with unlock_on_error(descriptor):
            fence = self._seize(key, run)
        return SqliteLease(self._file, self._project, Claim(key, run, fence), descriptor)

    def recover(self, run: str) -> SqliteLease:
        """Take over the lock of a run whose runner is gone, with a higher fence; raises LockHeld where it lives."""
        with self._file.reading() as db:
            lock = rows.lock_of_run(db, run) if db else None
        if lock is None:
            raise rules.no_such_run_error(run)
        descriptor = self._take(lock.key)
        if descriptor is None:
            raise rules.runner_alive_error(lock.key, run)
        with unlock_on_error(descriptor):
            fence = self._seize_again(run)
        return SqliteLease(self._file, self._project, Claim(lock.key, run, fence), descriptor)

    def holder(self, key: str) -> Holder | None:
        """Return who holds a lock, or None where it is free."""
        with self._file.reading() as db:
            lock = rows.lock(db, key) if db else None
            return self._holder(lock, rows.who(db, lock.run)) if db and lock and lock.held else None

    def target(self) -> None:
        """It is a file of this machine."""

    def describe(self) -> str:
        """Return in a few words whose ledger it is."""
        return "one user on one machine"

    def events(self, run: str, after: int = 0) -> tuple[Recorded, ...]:
        """Return a run's events with a seq above `after`, in order; empty for an unknown run."""
        with self._file.reading() as db:
            return rows.events(db, run, after) if db else ()

    def runs(self, wanted: RunFilter, cursor: str | None = None, limit: int = 50) -> RunPage:
        """Return a page of the project's runs, newest first; of a stack's, whatever the project."""
        with self._file.reading() as db:
            return rows.runs(db, self._project, wanted, cursor, limit) if db else RunPage(())

    def newest_runs(self, keys: Collection[str], until: datetime, limit: int) -> Mapping[str, tuple[Run, ...]]:
        """Return the runs of each of these stacks that had begun by then, at most `limit` of each, newest first."""
        with self._file.reading() as db:
            return rows.runs_by_stack(db, keys, rows.begun_by(until), limit) if db else {}

    def oldest_runs(self, keys: Collection[str], since: datetime, limit: int) -> Mapping[str, tuple[Run, ...]]:
        """Return the runs of each of these stacks that began then or later, at most `limit` of each, oldest first."""
        with self._file.reading() as db:
            return rows.runs_by_stack(db, keys, rows.begun_since(since), limit) if db else {}

    def append_decision(self, decision: Decision) -> None:
        """Write a person's decision durably."""
        with self._file.writing() as db:
            rows.add_decision(db, self._project, decision)

    def decisions(self, service: str, stage: str | None = None, commit: str | None = None) -> tuple[Decision, ...]:
        """Return the decisions that concern a service (and a stage, and a commit), oldest first.

        One that names no stage concerns every stage, one that names no commit every commit.
        """
        with self._file.reading() as db:
            return rows.decisions(db, self._project, service, stage, commit) if db else ()

    def decisions_by_service(self, services: Collection[str]) -> Mapping[str, tuple[Decision, ...]]:
        """Return every decision about each of these services, oldest first; one without any is left out."""
        with self._file.reading() as db:
            return rows.decisions_by_service(db, self._project, services) if db else {}

    def standing_decisions(self) -> tuple[Decision, ...]:
        """Return every hold, lift and veto of the project, oldest first."""
        with self._file.reading() as db:
            return rows.standing_decisions(db, self._project) if db else ()

    def append_release_event(self, release: str, seq: int, event: ReleaseEvent) -> bool:
        """Write the event durably as the one at `seq` of a release of the project; False where that place is taken."""
        body = rules.encode_release_event(release, event)
        rules.check_release_place(release, seq, event)
        with self._file.writing() as db:
            return releases.append(db, self._project, release, RecordedRelease(seq, event), body)

    def release_events(self, release: str, after: int = 0) -> tuple[RecordedRelease, ...]:
        """Return the events of a release of the project with a seq above `after`, in order."""
        with self._file.reading() as db:
            return releases.events(db, self._project, release, after) if db else ()

    def releases(self, limit: int = 50) -> tuple[str, ...]:
        """Return the names of the project's releases, the last planned first."""
        with self._file.reading() as db:
            return releases.names(db, self._project, limit) if db else ()

    def _take(self, key: str) -> int | None:
        path = lock_file(self._file.folder, key)
        with translate_errors(path):
            return try_lock(path, self._clock)

    def _seize(self, key: str, run: str) -> int:
        with self._file.writing() as db:
            lock = rows.lock(db, key)
            if lock and lock.held:
                raise self._refusal(lock, db)
            if rows.has_run(db, run):
                raise rules.run_exists_error(run)
            fence = lock.fence + 1 if lock else 1
            owner = self._owner()
            rows.take_lock(db, Claim(key, run, fence), owner, since=owner.at)
            return fence

    def _seize_again(self, run: str) -> int:
        with self._file.writing() as db:
            lock = rows.lock_of_run(db, run)
            if lock is None:
                raise rules.no_such_run_error(run)
            fence = lock.fence + 1
            rows.take_lock(db, Claim(lock.key, run, fence), self._owner(), since=lock.since)
            return fence

    def _owner(self) -> rows.Owner:
        pid = os.getpid()
        return rows.Owner(self._host, pid, start_marker(pid), self._clock.now())

    def _refuse_where_held(self, key: str) -> None:
        with self._file.reading() as db:
            lock = rows.lock(db, key) if db else None
            if db and lock and lock.held:
                raise self._refusal(lock, db)

    def _refusal(self, lock: rows.Lock, db: sqlite3.Connection) -> LockHeld:
        return rules.lock_held_error(self._holder(lock, rows.who(db, lock.run)))

    def _holder(self, lock: rows.Lock, who: str) -> Holder:
        path = lock_file(self._file.folder, lock.key)
        with translate_errors(path):
            lives: bool | None = is_taken(path)
        if not lives and lock.host != self._host:
            lives = None
        return Holder(lock.key, lock.run, lock.fence, lock.since, lock.host, lives, who)


class SqliteLease(HeldLease):
    """A lock of the embedded ledger."""

    def __init__(self, file: LedgerFile, project: str, claim: Claim, descriptor: int) -> None:
        super().__init__(claim, descriptor)
        self._file = file
        self._project = project

    def append(self, event: Event) -> int:
        """Write the event durably and return its seq; raises LedgerError where the lock is no longer ours."""
        body = rules.encode_event(self.run, event)
        self._check_held()
        with self._file.writing() as db:
            rows.check_claim(db, self._claim)
            return rows.append(db, self._project, self._claim, event, body)

    def _free(self) -> None:
        self._check_held()
        with self._file.writing() as db:
            rows.check_claim(db, self._claim)
            rules.check_settled(self.run, [recorded.event for recorded in rows.events(db, self.run)])
            rows.free_lock(db, self._claim)
