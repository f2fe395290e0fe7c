"""What an engine that is no engine answers from."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from promote_tui.core.changes.stack_drift import StackDrift
from promote_tui.core.description.function_logs import FunctionLogs
from promote_tui.core.description.model import Description
from promote_tui.core.drift.commits import CommitDrift
from promote_tui.core.drift.config import ConfigDrift
from promote_tui.core.errors import PromoteError
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.git.commits import CommitDetail, CommitDifference, Patch
from promote_tui.core.git.relation import Relation
from promote_tui.core.inbox.item import InboxItem
from promote_tui.core.login import LoginNeed
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import CellKey
from promote_tui.core.model.pipeline import Branch, Commit, FileChange
from promote_tui.core.model.stack_status import StackEvent
from promote_tui.core.planning.next_stage import NextStage
from promote_tui.core.planning.plan import Draft, Plan
from promote_tui.core.previews.outcome import PreviewOutcome
from promote_tui.core.previews.preview import Preview
from promote_tui.core.release_notes.model import Notes
from promote_tui.core.releases.events import MemberReviewed, ReleaseEvent
from promote_tui.core.releases.fold import fold_release
from promote_tui.core.releases.review import MemberReview
from promote_tui.core.runs.events import (
    Event,
    Planned,
)
from promote_tui.core.runs.fold import fold
from promote_tui.core.runs.typical_duration import TypicalDuration
from promote_tui.core.runs.verification import Verification
from promote_tui.core.traffic.model import Traffic
from promote_tui.engine.checks import CheckEnd
from promote_tui.ports import ToolCheck
from tests.support.fakes import world
from tests.support.fakes.engine.events import Outcome, planned, story
from tests.support.fakes.git import FakeGraph, FakeRepository
from tests.support.fakes.ledger import MemoryLedger

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.core.releases.release import Release
    from promote_tui.core.runs.notices import Notice
    from promote_tui.core.runs.run import Run


class FixedClock:
    """A clock that stands still until it is told to move; sleeping moves it."""

    def __init__(self, at: datetime = world.NOW) -> None:
        self.at = at
        self.seconds = 0.0

    def now(self) -> datetime:
        return self.at + timedelta(seconds=self.seconds)

    def local(self, at: datetime) -> datetime:
        return at.astimezone(UTC)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


@dataclass
class Script:
    """What the engine answers."""

    cells: dict[CellKey, CellView] = field(default_factory=world.cells)
    branches: dict[str, tuple[Branch, ...]] = field(default_factory=dict)
    logs: dict[tuple[str, str | None], tuple[Commit, ...]] = field(default_factory=dict)
    drafts: dict[tuple[str, str] | tuple[str, str, str], Draft] = field(default_factory=dict)
    plans: dict[tuple[str, str], Plan] = field(default_factory=dict)
    steps: tuple[str, ...] = ("checkout", "install", "package", "gates")
    outcome: Outcome | None = "succeeded"
    checks: tuple[ToolCheck, ...] = (ToolCheck("git", True, "git 2.39.5"),)
    pruned: tuple[str, ...] = ()
    count: int | None = None
    """How many commits a branch has; None: as many as its log."""
    apart: dict[str, Commit] = field(default_factory=dict)
    """Commits that stages run and that no log has."""
    stories: dict[tuple[str, str], tuple[Verification, Relation]] = field(default_factory=dict)
    """What a commit is to a stage."""
    details: dict[str, CommitDetail] = field(default_factory=dict)
    files: tuple[FileChange, ...] = ()
    patch: Patch = field(default_factory=lambda: Patch("", cut=False))
    patches: dict[str, Patch] = field(default_factory=dict)
    """The patch of one file, by its path."""
    remote: str | None = "git@github.com:acme/shop.git"
    notes: Notes = world.NOTES
    between: CommitDifference = field(default_factory=CommitDifference)
    revisions: dict[str, str] = field(default_factory=dict)
    """What is not a branch, and the commit that git resolves it to."""
    unholdable: dict[str, PromoteError] = field(default_factory=dict)
    unnotified: tuple[tuple[str, str], ...] = ()
    """Services that cannot be held, nor let go."""
    unrecorded: str = ""
    """Why the ledger could not be read for a snapshot."""
    altered: dict[CellKey, tuple[str, ...] | None] = field(default_factory=dict)
    traffic: dict[CellKey, Traffic | None] = field(default_factory=dict)
    """The functions of a cell that were changed behind CloudFormation's back."""
    commit_drifts: dict[CellKey, CommitDrift] = field(default_factory=dict)
    config_drifts: dict[CellKey, ConfigDrift] = field(default_factory=dict)
    stack_drifts: dict[CellKey, StackDrift] = field(default_factory=dict)
    detected: dict[CellKey, StackDrift] = field(default_factory=dict)
    """What a detection will find."""
    holding: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The branches that hold a commit."""
    waiting: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The authors of the commits of a service that wait."""
    ran_before: tuple[str, ...] = ()
    """What ran in a stage before."""
    onward: NextStage | None = None
    """What comes after a run; None: the run's own commit may go to the next stage."""
    logins: tuple[LoginNeed, ...] = ()
    """What a person has to do; each need is asked about with the cells that it serves."""
    me: str = "ana"
    """Who is at the keyboard."""
    code: str = "123456"
    unfetched: tuple[PromoteError, ...] = ()
    stack_events: dict[str, list[StackEvent]] = field(default_factory=dict)
    """What CloudFormation did, by run."""
    usual: TypicalDuration | None = None
    dead: set[str] = field(default_factory=set)
    """Runs whose runner is gone."""
    settles: set[str] = field(default_factory=set)
    """Runs that are reconciled by themselves once a refresh is answered."""
    errors: dict[str, PromoteError] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    """What people have decided about whatever cell and commit it is asked about."""
    checked: tuple[CheckEnd, ...] = ()
    checking: Callable[[Callable[[], None]], None] | None = None
    release_story: tuple[ReleaseEvent, ...] = ()
    """What the process of a release writes as soon as it has begun."""
    descriptions: dict[CellKey, Description] = field(default_factory=dict)
    """What was deployed to a stage."""
    function_logs: FunctionLogs | None = None
    """What every stage's functions logged."""
    unwritten: dict[str, PromoteError] = field(default_factory=dict)
    """Services for which no decision can be written."""
    inbox: tuple[InboxItem, ...] = ()
    """What waits for who is at the keyboard."""
    previews: tuple[Preview, ...] = ()
    """The stages of branches that there are."""
    full_buckets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Buckets that hold something, by the preview."""
    removal_outcome: PreviewOutcome | None = None
    """What becomes of each service of a preview that is removed; None: it is removed."""
    untold: tuple[tuple[str, str], ...] = ()
    holds: dict[str, threading.Event] = field(default_factory=dict)
    reviews: dict[str, MemberReview] = field(default_factory=dict)
    """What a release's plan says of a service; None on record: the commits of its draft."""
    record: MemoryLedger = field(default_factory=lambda: MemoryLedger(FixedClock()))
    """What questions about the past are answered from."""
    graph: FakeGraph = field(default_factory=lambda: FakeGraph({"/repos/acme": FakeRepository()}))


class Tape:
    """What an engine and its facades answer from, and what they were asked."""

    def __init__(self, pipeline: Pipeline, folder: Path) -> None:
        self.pipeline = pipeline
        self.folder = folder
        self.clock = FixedClock()
        self.script = Script()
        self.calls: list[tuple[object, ...]] = []
        self.discarded: list[str] = []
        self.announced: list[Decision | Notice] = []
        self.ledger: dict[str, list[Event]] = {}
        self.releases: dict[str, list[ReleaseEvent]] = {}
        self.news = threading.Condition()

    def call(self, method: str, *details: object) -> None:
        """Write a call down; wait, or fail, where the script says so."""
        self.calls.append((method, *details))
        if method in self.script.holds:
            self.script.holds[method].wait(120)
        if method in self.script.errors:
            raise self.script.errors[method]

    def called(self, method: str) -> list[tuple[object, ...]]:
        """Return what the method was called with, call by call."""
        return [call[1:] for call in self.calls if call[0] == method]

    def runs(self) -> list[Run]:
        """Return the runs, newest first."""
        with self.news:
            found = [fold(events) for events in self.ledger.values()]
        return sorted((run for run in found if run), key=lambda run: (run.started_at, run.id), reverse=True)

    def append(self, run: str, *events: Event) -> None:
        """Write events into a run, as its runner would; a first event has to be a Planned."""
        with self.news:
            self.ledger.setdefault(run, []).extend(events)
            self.news.notify_all()

    def release_events(self, name: str) -> tuple[ReleaseEvent, ...]:
        """Return what has happened in a release."""
        with self.news:
            return tuple(self.releases.get(name, ()))

    def write_release(self, name: str, *events: ReleaseEvent) -> Release:
        """Write events into a release, as its process would, and return it; a first one has to be its plan."""
        with self.news:
            self.releases.setdefault(name, []).extend(events)
            release = fold_release(self.releases[name])
        assert release is not None
        return release

    def forget_review(self, name: str, service: str) -> None:
        """Take the review of a member out of a release."""
        with self.news:
            self.releases[name] = [
                each
                for each in self.releases[name]
                if not (isinstance(each, MemberReviewed) and each.service == service)
            ]

    def finish(self, run: str, outcome: Outcome = "succeeded") -> None:
        """Let a run go all the way from where it was planned to an end."""
        self.append(run, *story(self.planned(run), outcome))

    def add_run(self, run: str, plan: Plan, outcome: Outcome | None = "succeeded") -> None:
        """Add a run of the past, or one that is going on (`outcome` None)."""
        self.append(run, planned(run, plan, self.clock.now() - timedelta(hours=2)))
        if outcome is not None:
            self.finish(run, outcome)

    def planned(self, run: str) -> Planned:
        """Return the first event of a run."""
        first = self.ledger[run][0]
        assert isinstance(first, Planned)
        return first
