"""A ledger in memory, with the promises of the real ones.

`MemoryLedger(clock)` forgets with the object. `beside()` is the same ledger as another process sees
it; `lease.abandon()` is how a runner dies.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import TYPE_CHECKING

from promote_tui.adapters.ledger import rules
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.model.pipeline import Target
from promote_tui.core.releases.events import ReleaseEvent
from promote_tui.core.runs.events import Event
from promote_tui.core.runs.fold import fold
from promote_tui.ports import Clock, Holder, Recorded, RecordedRelease, RunFilter, RunPage

if TYPE_CHECKING:
    from datetime import datetime

    from promote_tui.core.runs.run import Run


@dataclass(slots=True)
class _Store:
    guard: threading.RLock = field(default_factory=threading.RLock)
    locks: dict[str, Holder] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    alive: set[str] = field(default_factory=set)
    died: dict[str, float] = field(default_factory=dict)
    written: dict[str, list[str]] = field(default_factory=dict)
    decisions: list[tuple[str, Decision]] = field(default_factory=list)
    projects: dict[str, str] = field(default_factory=dict)
    releases: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def events(self, run: str) -> list[Event]:
        return [rules.decode_event(run, body) for body in self.written.get(run, [])]


@dataclass(frozen=True, slots=True)
class MemoryLedger:
    """A ledger that lives as long as this object; `before_append` may raise, as a failing disk would.

    So may `before_release_event`.

    Another `project` may share it. With `team` it is one that is reached in AWS, where a dead runner counts as gone
    after `stale` seconds; `unseen`: runners are on another machine, where their silence alone shows that they are gone.
    """

    clock: Clock
    host: str = "laptop"
    before_append: Callable[[Event], None] = lambda _event: None
    before_release_event: Callable[[ReleaseEvent], None] = lambda _event: None
    store: _Store = field(default_factory=_Store)
    team: Target | None = None
    stale: float = 3900.0
    unseen: bool = False
    project: str = "acme"

    def beside(
        self,
        *,
        before_append: Callable[[Event], None] = lambda _event: None,
        before_release_event: Callable[[ReleaseEvent], None] = lambda _event: None,
        project: str = "",
    ) -> MemoryLedger:
        """Return the same ledger as another process opens it, or as another project does."""
        return replace(
            self,
            before_append=before_append,
            before_release_event=before_release_event,
            project=project or self.project,
        )

    def acquire(self, key: str, run: str) -> MemoryLease:
        """Take the lock of a stack for a new run; raises LockHeld, naming the holder."""
        with self.store.guard:
            holder = self.holder(key)
            if holder:
                raise rules.lock_held_error(holder)
            if run in self.store.written:
                raise rules.run_exists_error(run)
            fence = self.store.locks[key].fence + 1 if key in self.store.locks else 1
            self.store.written[run] = []
            self.store.projects[run] = self.project
            return self._hold(Holder(key, run, fence, self.clock.now(), self.host, runner_alive=True))

    def recover(self, run: str) -> MemoryLease:
        """Take over the lock of a run whose runner is gone, with a higher fence; raises LockHeld where it lives."""
        with self.store.guard:
            lock = next((lock for lock in self.store.locks.values() if lock.run == run), None)
            if lock is None or lock.key not in self.store.held:
                raise rules.no_such_run_error(run)
            if run in self.store.alive:
                raise rules.runner_alive_error(lock.key, run)
            left = self.store.died.get(run, 0.0) + self.stale - self.clock.monotonic()
            if self.team and left > 0:
                raise rules.not_yet_gone_error(lock.key, run, left)
            return self._hold(replace(lock, fence=lock.fence + 1, host=self.host))

    def _hold(self, lock: Holder) -> MemoryLease:
        self.store.locks[lock.key] = lock
        self.store.held.add(lock.key)
        self.store.alive.add(lock.run)
        return MemoryLease(self, lock)

    def holder(self, key: str) -> Holder | None:
        """Return who holds a lock, or None where it is free."""
        with self.store.guard:
            if key not in self.store.held:
                return None
            lock = self.store.locks[key]
            so_far = fold(self.store.events(lock.run))
            found = replace(lock, runner_alive=lock.run in self.store.alive, who=so_far.planned.who if so_far else "")
            return self._as_seen_from_afar(found) if self.unseen else found

    def _as_seen_from_afar(self, holder: Holder) -> Holder:
        left = max(0.0, self.store.died.get(holder.run, self.clock.monotonic()) + self.stale - self.clock.monotonic())
        return replace(holder, runner_alive=None if left else False, silent_in=left)

    def target(self) -> Target | None:
        """Return as what it is reached in AWS."""
        return self.team

    def describe(self) -> str:
        """Return in a few words whose ledger it is."""
        return "in memory"

    def events(self, run: str, after: int = 0) -> tuple[Recorded, ...]:
        """Return a run's events with a seq above `after`, in order; empty for an unknown run."""
        with self.store.guard:
            written = enumerate(self.store.events(run), start=1)
        return tuple(Recorded(seq, event) for seq, event in written if seq > after)

    def runs(self, wanted: RunFilter, cursor: str | None = None, limit: int = 50) -> RunPage:
        """Return a page of the project's runs, newest first; of a stack's, whatever the project."""
        with self.store.guard:
            every = [run for id_ in self.store.written if (run := fold(self.store.events(id_)))]
            found = sorted((run for run in every if self._fits(run, wanted)), key=_place, reverse=True)
        if cursor is not None:
            seen = _read_cursor(cursor)
            found = [run for run in found if _place(run) < seen]
        page = tuple(found[:limit])
        return RunPage(page, "|".join(_place(page[-1])) if page and len(found) > limit else None)

    def _fits(self, run: Run, wanted: RunFilter) -> bool:
        lock = self.store.locks[run.planned.key]
        ours = wanted.any_project or wanted.key is not None or self.store.projects[run.id] == self.project
        return ours and rules.fits(run, wanted, live=lock.run == run.id and lock.key in self.store.held)

    def newest_runs(self, keys: Collection[str], until: datetime, limit: int) -> Mapping[str, tuple[Run, ...]]:
        """Return the runs of each of these stacks that had begun by then, at most `limit` of each, newest first."""
        found = {key: self.runs(RunFilter(key=key, until=until), limit=limit).runs for key in keys}
        return {key: runs for key, runs in found.items() if runs}

    def oldest_runs(self, keys: Collection[str], since: datetime, limit: int) -> Mapping[str, tuple[Run, ...]]:
        """Return the runs of each of these stacks that began then or later, at most `limit` of each, oldest first."""
        found = {key: self.runs(RunFilter(key=key, since=since), limit=10_000).runs[::-1] for key in keys}
        return {key: runs[:limit] for key, runs in found.items() if runs}

    def append_decision(self, decision: Decision) -> None:
        """Write a person's decision."""
        with self.store.guard:
            self.store.decisions.append((self.project, decision))

    def decisions(self, service: str, stage: str | None = None, commit: str | None = None) -> tuple[Decision, ...]:
        """Return the decisions that concern a service (and a stage, and a commit), oldest first."""
        with self.store.guard:
            every = self._decided()
        return tuple(decision for decision in every if rules.concerns(decision, service, stage, commit))

    def decisions_by_service(self, services: Collection[str]) -> Mapping[str, tuple[Decision, ...]]:
        """Return every decision about each of these services, oldest first; one without any is left out."""
        return {service: found for service in services if (found := self.decisions(service))}

    def standing_decisions(self) -> tuple[Decision, ...]:
        """Return every hold, lift and veto of the project, oldest first."""
        with self.store.guard:
            every = self._decided()
        return tuple(decision for decision in every if decision.kind in rules.STANDING_KINDS)

    def append_release_event(self, release: str, seq: int, event: ReleaseEvent) -> bool:
        """Write the event as the one at `seq` of a release of the project; False where that place is taken."""
        body = rules.encode_release_event(release, event)
        rules.check_release_place(release, seq, event)
        self.before_release_event(event)
        with self.store.guard:
            written = self.store.releases.get((self.project, release), [])
            if 1 <= seq <= len(written):
                return False
            if seq != len(written) + 1:
                raise rules.release_gap(release, seq)
            self.store.releases[self.project, release] = [*written, body]
            return True

    def release_events(self, release: str, after: int = 0) -> tuple[RecordedRelease, ...]:
        """Return the events of a release of the project with a seq above `after`, in order."""
        with self.store.guard:
            written = enumerate(self.store.releases.get((self.project, release), ()), start=1)
        found = [(seq, body) for seq, body in written if seq > after]
        return tuple(RecordedRelease(seq, rules.decode_release_event(release, body)) for seq, body in found)

    def releases(self, limit: int = 50) -> tuple[str, ...]:
        """Return the names of the project's releases, the last planned first."""
        with self.store.guard:
            ours = [name for project, name in self.store.releases if project == self.project]
        planned = {name: _text(self.release_events(name)[0].event.at) for name in ours}
        return tuple(sorted(ours, key=lambda name: (planned[name], name), reverse=True)[:limit])

    def _decided(self) -> list[Decision]:
        ours = (decision for project, decision in self.store.decisions if project == self.project)
        return sorted(ours, key=lambda decision: decision.at)


class MemoryLease:
    """A lock in memory."""

    def __init__(self, ledger: MemoryLedger, lock: Holder) -> None:
        self.run = lock.run
        self.key = lock.key
        self.fence = lock.fence
        self._ledger = ledger
        self._ours = True
        self._released = False

    def append(self, event: Event) -> int:
        """Write the event and return its seq; raises LedgerError where the lock is no longer ours."""
        body = rules.encode_event(self.run, event)
        store = self._ledger.store
        with store.guard:
            self._check_ours()
            rules.apply_event(self.run, self.key, store.events(self.run), event)
            self._ledger.before_append(event)
            store.written[self.run].append(body)
            return len(store.written[self.run])

    def release(self) -> None:
        """Give the lock back, once the run has a verdict; calling it twice is harmless."""
        if self._released:
            return
        store = self._ledger.store
        with store.guard:
            self._check_ours()
            rules.check_settled(self.run, store.events(self.run))
            store.held.discard(self.key)
        self._released = True
        self.abandon()

    def abandon(self) -> None:
        """Let go of the process's hold without freeing the lock: the run still needs a verdict."""
        if self._ours:
            self._ledger.store.alive.discard(self.run)
            self._ledger.store.died[self.run] = self._ledger.clock.monotonic()
        self._ours = False

    def _check_ours(self) -> None:
        store = self._ledger.store
        lock = store.locks[self.key]
        if not self._ours or self.key not in store.held or (lock.run, lock.fence) != (self.run, self.fence):
            raise rules.lock_lost_error(self.run, self.key)


def _place(run: Run) -> tuple[str, str]:
    return _text(run.started_at), run.id


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _read_cursor(cursor: str) -> tuple[str, str]:
    moment, _, run = rules.check_cursor(cursor).partition("|")
    return moment, run
