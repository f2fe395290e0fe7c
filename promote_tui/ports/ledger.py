"""The record of runs and decisions, and the locks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from promote_tui.core.releases.events import ReleaseEvent
from promote_tui.core.runs.events import Event
from promote_tui.core.runs.run import Run, RunStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.runs.dump import Contents


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its place in its run: `seq` starts at 1 and has no gaps."""

    seq: int
    event: Event


@dataclass(frozen=True, slots=True)
class RecordedRelease:
    """An event of a release with its place in it: `seq` starts at 1 and has no gaps."""

    seq: int
    event: ReleaseEvent


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs are wanted; None means any. `live` are those that still hold their lock, `who` is a person's name.

    They are the project's, but those of a stack (`key`) are everybody's. With `any_project` the live ones are too,
    and those of other projects in a ledger of this machine.
    """

    service: str | None = None
    stage: str | None = None
    key: str | None = None
    status: RunStatus | None = None
    live: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    who: str | None = None
    any_project: bool = False
    release: str | None = None


@dataclass(frozen=True, slots=True)
class RunPage:
    """Runs, newest first, and where to go on (None: that was all)."""

    runs: tuple[Run, ...]
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock. `runner_alive` is None where it cannot be told from this machine.

    `who` is empty where nobody knows yet. `silent_in` are the seconds after which a runner that is
    not heard of until then counts as gone; None where no time makes it so. `undecided`: the run ended without
    anybody knowing how.
    """

    key: str
    run: str
    fence: int
    since: datetime
    host: str
    runner_alive: bool | None
    who: str = ""
    silent_in: float | None = None
    undecided: bool = False


class Lease(Protocol):
    """The lock of one stack, held for one run; `fence` grows with every holder."""

    run: str
    key: str
    fence: int

    def append(self, event: Event) -> int:
        """Write the event durably and return its seq; raises LedgerError where the lock is no longer ours."""

    def release(self) -> None:
        """Give the lock back, once the run has a verdict; calling it twice is harmless."""

    def abandon(self) -> None:
        """Release the process's own hold without freeing the lock: the run still needs a verdict."""


class Ledger(Protocol):
    """A project's runs and decisions, everybody's locks; durable. Raises LedgerError; without it nothing is deployed.

    Projects that share a ledger never see each other's decisions and lists; a lock is the stack's, whoever takes it,
    and a run is found by its id.
    """

    def acquire(self, key: str, run: str) -> Lease:
        """Take the lock of a stack for a new run; raises LockHeld, which names the holder."""

    def recover(self, run: str) -> Lease:
        """Take over the lock of a run whose runner is gone, with a higher fence; raises LockHeld where it lives."""

    def holder(self, key: str) -> Holder | None:
        """Return who holds a lock, or None where it is free."""

    def target(self) -> Target | None:
        """Return the target through whose credentials the ledger is reached; None for one on this machine."""

    def describe(self) -> str:
        """Return in a few words whose ledger it is."""

    def events(self, run: str, after: int = 0) -> tuple[Recorded, ...]:
        """Return a run's events with a seq above `after`, in order; empty for an unknown run."""

    def runs(self, wanted: RunFilter, cursor: str | None = None, limit: int = 50) -> RunPage:
        """Return a page of the project's runs, newest first; of a stack's, whatever the project."""

    def newest_runs(self, keys: Collection[str], until: datetime, limit: int) -> Mapping[str, tuple[Run, ...]]:
        """Return the runs of each of these stacks that had begun by then, at most `limit` of each, newest first."""

    def oldest_runs(self, keys: Collection[str], since: datetime, limit: int) -> Mapping[str, tuple[Run, ...]]:
        """Return the runs of each of these stacks that began then or later, at most `limit` of each, oldest first."""

    def append_decision(self, decision: Decision) -> None:
        """Write a person's decision durably."""

    def decisions(self, service: str, stage: str | None = None, commit: str | None = None) -> tuple[Decision, ...]:
        """Return the decisions that concern a service (and a stage, and a commit), oldest first."""

    def decisions_by_service(self, services: Collection[str]) -> Mapping[str, tuple[Decision, ...]]:
        """Return every decision about each of these services, oldest first; one without any is left out."""

    def standing_decisions(self) -> tuple[Decision, ...]:
        """Return every hold, lift and veto of the project in one go, oldest first, for lists: they may lag a moment."""

    def append_release_event(self, release: str, seq: int, event: ReleaseEvent) -> bool:
        """Write the event durably as the one at `seq` of a release of the project; False where that place is taken.

        A release begins with its plan, at 1: False there says that the project has a release of this name. Raises
        LedgerError where `seq` would leave a gap, or where the event is too large.
        """

    def release_events(self, release: str, after: int = 0) -> tuple[RecordedRelease, ...]:
        """Return the events of a release of the project with a seq above `after`, in order."""

    def releases(self, limit: int = 50) -> tuple[str, ...]:
        """Return the names of the project's releases, the last planned first."""


class LedgerAdmin(Protocol):
    """A ledger as a whole. Raises LedgerError."""

    def initialise(self) -> tuple[str, ...]:
        """Create the ledger where it is missing, migrate an older one; return what was done, in words."""

    def policy(self) -> dict[str, Any] | None:
        """Return the IAM policy for whoever promotes or decides; None where no rights are needed."""

    def contents(self) -> Contents:
        """Return all that the ledger holds of the project, and every stack's fence."""

    def import_contents(self, more: Contents) -> None:
        """Add what it does not hold yet; raises UsageError where a newer version wrote it."""
