"""An engine that answers from a script: what the faces are tested against.

Everything that it answers is an attribute that a test may change at any time. Each call is written
to `calls`. `errors["plan"] = Refused(...)` makes that method fail; `holds["plan"] = threading.Event()`
makes it wait. A run that is started gets the events of `outcome`; with `outcome = None` the test
writes them itself with `append`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Literal

from promote_tui.core.changes.stack_drift import StackDrift
from promote_tui.core.drift.commits import CommitDrift
from promote_tui.core.drift.config import ConfigDrift
from promote_tui.core.errors import CredentialsError, GitError, PromoteError, UsageError
from promote_tui.core.gates.approvals import ApprovalEffect, approval_effect
from promote_tui.core.gates.choices import PossibleDecision, Situation, possible_decisions
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.gates.evaluate import NORMAL, Terms
from promote_tui.core.git.commits import EVERYTHING, Between, CommitDetail, Patch
from promote_tui.core.git.relation import NotApplicable, Relation
from promote_tui.core.login import LoginNeed
from promote_tui.core.matrix import CellKey, CellView, Snapshot
from promote_tui.core.model.pipeline import Branch, Commit, Deployed, FileChange, Never
from promote_tui.core.model.stack_status import StackEvent
from promote_tui.core.planning.next_stage import Onward
from promote_tui.core.planning.plan import Draft, Plan
from promote_tui.core.release_notes.model import Notes
from promote_tui.core.runs.coverage import CoverageContext, gaps
from promote_tui.core.runs.dora import Metrics, measure
from promote_tui.core.runs.events import (
    CancelRequested,
    Checked,
    Event,
    Exited,
    Failed,
    GateRecord,
    Locked,
    NotSubmitted,
    Observed,
    OutcomeUnknown,
    Planned,
    Released,
    RolledBack,
    Submitted,
    Submitting,
    Verified,
)
from promote_tui.core.runs.run import Run, fold
from promote_tui.core.runs.typical_duration import TypicalDuration
from promote_tui.core.runs.unsettled import as_known
from promote_tui.core.runs.verification import NotVerified, Verification
from promote_tui.core.stage_positions import CommitStageStatus, StagePosition
from promote_tui.engine.checks import CheckEnd
from promote_tui.engine.engine import Engine
from promote_tui.engine.runs.details import StackNews
from promote_tui.ports import Recorded, RunFilter, RunPage, ToolCheck
from tests.support.fakes import world

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from promote_tui.core.git.commits import Search
    from promote_tui.core.model.pipeline import Cell, Pipeline, Target
    from promote_tui.core.planning.plan import ApprovedPlan
    from promote_tui.engine.decisions import Wanted

Outcome = Literal["succeeded", "rolled_back", "failed", "not_submitted", "unknown"]


class FixedClock:
    """A clock that stands still until it is told to move; sleeping moves it."""

    def __init__(self, at: datetime = world.NOW) -> None:
        self.at = at
        self.seconds = 0.0

    def now(self) -> datetime:
        return self.at + timedelta(seconds=self.seconds)

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
    between: Between = field(default_factory=Between)
    revisions: dict[str, str] = field(default_factory=dict)
    """What is not a branch, and the commit that git resolves it to."""
    unrecorded: str = ""
    """Why the ledger could not be read for a snapshot."""
    altered: dict[CellKey, tuple[str, ...] | None] = field(default_factory=dict)
    """The functions of a cell that were changed behind CloudFormation's back."""
    commit_drifts: dict[CellKey, CommitDrift] = field(default_factory=dict)
    config_drifts: dict[CellKey, ConfigDrift] = field(default_factory=dict)
    stack_drifts: dict[CellKey, StackDrift] = field(default_factory=dict)
    detected: dict[CellKey, StackDrift] = field(default_factory=dict)
    """What a detection will find."""
    holding: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The branches that hold a commit."""
    ran_before: tuple[str, ...] = ()
    """What ran in a stage before."""
    onward: Onward | None = None
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
    untold: tuple[tuple[str, str], ...] = ()
    holds: dict[str, threading.Event] = field(default_factory=dict)


class FakeEngine(Engine):
    """The engine's public methods, answered from `script`."""

    script: Script
    calls: list[tuple[object, ...]]
    discarded: list[str]
    time: FixedClock
    ledger: dict[str, list[Event]]
    folder: Path

    def __init__(self, pipeline: Pipeline | None = None, folder: Path | None = None) -> None:
        clock = FixedClock()
        values = {
            "_pipeline": pipeline or world.pipeline(),
            "time": clock,
            "script": Script(),
            "calls": [],
            "discarded": [],
            "ledger": {},
            "folder": folder or Path(gettempdir()) / "promote-tui-fake",
            "asleep": [],
            "_news": threading.Condition(),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    asleep: list[int | None]
    """The threads that wait for the test: in a hold, or for what a run does next."""
    _news: threading.Condition
    _pipeline: Pipeline

    @property
    def pipeline(self) -> Pipeline:
        return self._pipeline

    @contextmanager
    def waits_for_the_test(self) -> Iterator[None]:
        """Note that this thread will not go on by itself."""
        self.asleep.append(threading.get_ident())
        try:
            yield
        finally:
            self.asleep.remove(threading.get_ident())

    @property
    def clock(self) -> FixedClock:
        return self.time

    def _called(self, method: str, *details: object) -> None:
        self.calls.append((method, *details))
        if method in self.script.holds:
            with self.waits_for_the_test():
                self.script.holds[method].wait(30)
        if method in self.script.errors:
            raise self.script.errors[method]

    def called(self, method: str) -> list[tuple[object, ...]]:
        """Return what the method was called with, call by call."""
        return [call[1:] for call in self.calls if call[0] == method]

    def snapshot(
        self, on_view: Callable[[CellKey, CellView], None] | None = None, services: tuple[str, ...] = ()
    ) -> Snapshot:
        self._called("snapshot", services)
        wanted = {key: view for key, view in self.script.cells.items() if not services or key[0] in services}
        for key, view in wanted.items():
            if on_view is not None:
                on_view(key, CellView(view.cell))
                on_view(key, view)
        return Snapshot(self.clock.now(), wanted, self.script.unrecorded)

    def checked(self, snapshot: Snapshot) -> Snapshot:
        self._called("checked")
        found = {key: self.script.altered.get(key, view.altered) for key, view in snapshot.cells.items()}
        return replace(snapshot, cells={key: replace(snapshot.cells[key], altered=each) for key, each in found.items()})

    def branches(self, service: str) -> tuple[Branch, ...]:
        self._called("branches", service)
        return self.script.branches.get(service, world.BRANCHES)

    def log(
        self,
        service: str,
        revision: str | None = None,
        *,
        skip: int = 0,
        limit: int = 50,
        search: Search = EVERYTHING,
    ) -> tuple[Commit, ...]:
        self._called("log", service, revision, skip, limit, *([search] if search else []))
        return tuple(one for one in self._log(service, revision) if _found(one, search))[skip : skip + limit]

    def _log(self, service: str, revision: str | None) -> tuple[Commit, ...]:
        if (service, revision) in self.script.logs:
            return self.script.logs[service, revision]
        every = self.script.logs.get((service, None), world.COMMITS)
        known = [commit.sha for commit in every]
        if revision and len(revision) == 40 and revision not in known:
            raise UsageError(service, f"{revision[:7]} is not in this clone")
        return every[known.index(revision) if revision in known else 0 :]

    def count(self, service: str, revision: str) -> int:
        self._called("count", service, revision)
        return len(self._log(service, revision)) if self.script.count is None else self.script.count

    def standings(self, service: str, revision: str, deployed: Mapping[str, str]) -> Mapping[str, StagePosition]:
        self._called("standings", service, revision, dict(deployed))
        listed = {commit.sha for commit in self._log(service, revision)}
        found: dict[str, StagePosition] = {}
        for stage, sha in deployed.items():
            try:
                newest = next(iter(self._log(service, sha)), None)
            except UsageError:
                newest = self.script.apart.get(sha)
            found[stage] = StagePosition(newest, newest is not None and newest.sha in listed)
        return found

    def stories(self, service: str, sha: str, cells: Mapping[str, Cell]) -> tuple[CommitStageStatus, ...]:
        self._called("stories", service, sha)
        default = (NotVerified(f"{sha[:7]} was never verified"), NotApplicable())
        return tuple(CommitStageStatus(stage, *self.script.stories.get((sha, stage), default)) for stage in cells)

    def detail(self, service: str, sha: str) -> CommitDetail:
        self._called("detail", service, sha)
        if sha in self.script.details:
            return self.script.details[sha]
        every = (*self._log(service, None), *world.COMMITS, *self.script.apart.values())
        found = next((commit for commit in every if commit.sha == sha), None)
        if found is None:
            raise GitError(service, f"{sha[:7]} is not in this clone", "run `git fetch` there")
        return CommitDetail(found, "", world.sha("base"), (), 0)

    def files(self, service: str, base: str | None, head: str) -> tuple[FileChange, ...]:
        self._called("files", service, base, head)
        return self.script.files

    def between(self, service: str, base: str | None, head: str) -> Between:
        self._called("between", service, base, head)
        return self.script.between

    def resolve(self, service: str, revision: str) -> str:
        self._called("resolve", service, revision)
        if revision not in self.script.revisions:
            raise UsageError(service, f"{revision} is not a commit or a branch", "run `git fetch` in the repository")
        return self.script.revisions[revision]

    def commit_drift(self, service: str, cells: Mapping[str, Cell]) -> Mapping[str, CommitDrift]:
        self._called("commit_drift", service)
        return {stage: found for (name, stage), found in self.script.commit_drifts.items() if name == service}

    def config_drift(self, service: str, cells: Mapping[str, Cell]) -> Mapping[str, ConfigDrift]:
        self._called("config_drift", service)
        return {stage: found for (name, stage), found in self.script.config_drifts.items() if name == service}

    def stack_drift(self, target: Target, stack_id: str) -> StackDrift:
        self._called("stack_drift", str(target))
        return self.script.stack_drifts.get((target.service, target.stage), StackDrift())

    def detect_drift(self, target: Target, stack_id: str, on_wait: Callable[[float], None] | None = None) -> StackDrift:
        if on_wait is not None:
            on_wait(12.0)
        self._called("detect_drift", str(target))
        return self.script.detected.get((target.service, target.stage), StackDrift((), self.clock.now()))

    def patch(
        self, service: str, base: str | None, head: str, path: str | None = None, limit: int = 1_000_000
    ) -> Patch:
        self._called("patch", service, base, head, path)
        return self.script.patch if path is None else self.script.patches[path]

    def remote_url(self, service: str) -> str | None:
        self._called("remote_url", service)
        return self.script.remote

    def notes(self, services: Collection[str], source: str, target: str) -> Notes:
        self._called("notes", tuple(services), source, target)
        return self.script.notes

    def default_branch(self, service: str) -> str:
        self._called("default_branch", service)
        return self.script.branches.get(service, world.BRANCHES)[0].name

    def holding(self, wanted: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[str, ...]]:
        self._called("holding", len(wanted))
        return {(name, sha): self.script.holding.get(sha, ()) for name, sha in wanted}

    def onward(self, run: Run) -> Onward | None:
        self._called("onward", run.id)
        following = next((stage for stage in self.pipeline.stages if stage.after == run.stage), None)
        if following is None:
            return None
        return self.script.onward or Onward(following.name, run.to_commit, following.branches, "main")

    def fetch(self) -> tuple[PromoteError, ...]:
        self._called("fetch")
        return self.script.unfetched

    def logins(self, cells: Collection[CellKey]) -> tuple[LoginNeed, ...]:
        self._called("logins", tuple(cells))
        keys = set(cells)
        served = [
            LoginNeed(need.login, tuple(target for target in need.targets if (target.service, target.stage) in keys))
            for need in self.script.logins
        ]
        return tuple(need for need in served if need.targets)

    def give_code(self, need: LoginNeed, code: str) -> None:
        self._called("give_code", need, code)
        if code != self.script.code:
            raise CredentialsError("dev", "AWS did not take the MFA code of profile dev", "wait for the next code")

    def decide(self, wanted: Wanted) -> Decision:
        self._called("decide", wanted)
        commit = world.sha(wanted.revision) if wanted.revision else None
        return Decision(
            self.clock.now(),
            wanted.kind,
            wanted.service,
            wanted.stage,
            commit,
            self.script.me,
            f"arn:aws:iam::111111111111:user/{self.script.me}",
            wanted.reason,
            item=wanted.item,
            expires_at=wanted.expires_at,
        )

    def possible(
        self, service: str, stage: str, commit: str | None, *, foreign: bool = False
    ) -> tuple[PossibleDecision, ...]:
        self._called("possible", service, stage, commit)
        where = self.pipeline.stage(stage)
        heard = bool(self.pipeline.notify)
        about = Situation(
            stage,
            where.rules,
            self.script.decisions,
            self.script.me,
            self.clock.now(),
            (),
            bool(commit),
            foreign,
            heard,
        )
        return possible_decisions(about)

    def counted(self, approval: Decision) -> ApprovalEffect:
        self._called("counted", approval.who)
        rule = self.pipeline.stage(approval.stage or "").rules.approvals
        return approval_effect(approval, rule, (*self.script.decisions, approval))

    def adopt(
        self,
        service: str,
        stage: str,
        reason: str,
        revision: str | None = None,
        on_step: Callable[[str], None] = lambda _step: None,
    ) -> Run:
        self._called("adopt", service, stage, reason, *([revision] if revision else []))
        cell = self.script.cells[service, stage].cell
        on_step("packaging")
        sha = revision or (cell.commit if isinstance(cell, Deployed) else "")
        assert sha
        plan = replace(planned("a1", world.plan(world.draft(service, stage)), self.clock.now()), kind="adopted")
        return Run(replace(plan, to_commit=sha, reason=reason))

    def ask(self, service: str, stage: str, revision: str, reason: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        self._called("ask", service, stage, revision, reason)
        return world.sha(revision), self.script.untold

    def run_checks(
        self,
        service: str,
        stage: str,
        revision: str,
        on_step: Callable[[str], None] = lambda _step: None,
        on_end: Callable[[CheckEnd], None] = lambda _end: None,
        on_poll: Callable[[], None] = lambda: None,
    ) -> tuple[CheckEnd, ...]:
        self._called("run_checks", service, stage, revision)
        on_step("running npm test")
        if self.script.checking is not None:
            self.script.checking(on_poll)
        ends = self.script.checked
        for end in ends:
            on_end(end)
        return ends

    def draft(self, service: str, stage: str, revision: str | None = None, terms: Terms = NORMAL) -> Draft:
        if terms != NORMAL:
            self._called("terms", terms)
        self._called("draft", service, stage, revision)
        if revision and (service, stage, revision) in self.script.drafts:
            return _on(terms, self.script.drafts[service, stage, revision])
        if (service, stage) in self.script.drafts:
            return _on(terms, self.script.drafts[service, stage])
        try:
            self.pipeline.service(service).target(stage)
        except KeyError:
            raise UsageError(f"{service}/{stage}", "there is no such service or stage") from None
        return world.draft(service, stage)

    def rollback(self, service: str, stage: str, revision: str | None = None, *, break_glass: bool = False) -> Draft:
        self._called("rollback", service, stage, revision)
        terms = Terms("rollback", break_glass=break_glass)
        return replace(self.draft(service, stage, revision), terms=terms)

    def ran_before(self, service: str, stage: str) -> tuple[str, ...]:
        self._called("ran_before", service, stage)
        return self.script.ran_before

    def plan(self, draft: Draft, on_step: Callable[[str], None] | None = None) -> Plan:
        self._called("plan", draft)
        for step in self.script.steps:
            if on_step is not None:
                on_step(step)
        where = draft.target
        ready = self.script.plans.get((where.service, where.stage))
        number = len(self.called("plan"))
        return ready or world.plan(draft, f"plan-{number:04d}", self.clock.now())

    def reconsider(self, plan: Plan, draft: Draft) -> Plan:
        self._called("reconsider", plan, draft)
        early = {gate.name for gate in plan.draft.gates}
        late = tuple(gate for gate in plan.gates if gate.name not in early)
        return replace(plan, draft=draft, gates=(*draft.gates, *late))

    def discard(self, plan: Plan) -> None:
        self._called("discard", plan.id)
        self.discarded.append(plan.id)

    def start(self, approved: ApprovedPlan, run: str = "") -> str:
        self._called("start", approved)
        run = f"run-{len(self.ledger) + 1:04d}"
        self.append(run, planned(run, approved.plan, self.clock.now()))
        if self.script.outcome is not None:
            for event in story(self.planned(run), self.script.outcome):
                self.append(run, event)
        return run

    def dry_run(self, approved: ApprovedPlan, say: Callable[[str], None]) -> bool:
        self._called("dry_run", approved)
        say(" ".join(approved.plan.command))
        return True

    def runs(self, wanted: RunFilter, cursor: str | None = None, limit: int = 50) -> RunPage:
        self._called("runs", wanted, cursor, limit)
        every = [run for run in self._runs() if _fits(run, wanted)]
        start = int(cursor or 0)
        page = tuple(every[start : start + limit])
        page = tuple(as_known(run, alive=run.id not in self.script.dead) for run in page)
        return RunPage(page, str(start + limit) if start + limit < len(every) else None)

    def gaps(self, runs: Sequence[Run], wanted: RunFilter, journalled: int = 0) -> tuple[str, ...]:
        self._called("gaps", len(runs), wanted)
        every = self._runs()
        cells = [Never(world.target(run.service, run.stage)) for run in every]
        return gaps(runs, CoverageContext(every, cells, wanted.since, alone=True, journalled=journalled))

    def metrics(self, services: Sequence[str], stage: str, since: datetime, until: datetime) -> Metrics:
        self._called("metrics", tuple(services), stage, since, until)
        return measure(self._runs(), {}, since, until)

    def run(self, name: str) -> Run:
        self._called("run", name)
        found = [run for run in self._runs() if run.id.startswith(name)]
        if len(found) != 1:
            raise UsageError(name, "no such run" if not found else "more than one run", "see promote-tui runs")
        return found[0]

    def events(self, run: str, after: int = 0) -> tuple[Recorded, ...]:
        self._called("events", run, after)
        with self._news:
            return tuple(Recorded(seq, event) for seq, event in enumerate(self.ledger.get(run, []), 1) if seq > after)

    def follow(self, run: str, after: int = 0) -> Iterator[Recorded]:
        self._called("follow", run, after)
        while True:
            with self._news:
                fresh = [Recorded(seq, event) for seq, event in enumerate(self.ledger[run], 1) if seq > after]
                if not fresh:
                    with self.waits_for_the_test():
                        self._news.wait(0.05)
            for recorded in fresh:
                after = recorded.seq
                yield recorded
                if isinstance(recorded.event, Released):
                    return

    def log_file(self, run: str) -> Path:
        return self.folder / f"{run}.log"

    def stack_events(self, run: Run, after: StackEvent | None = None) -> StackNews:
        try:
            self._called("stack_events", run.id, after.id if after else None)
        except PromoteError as error:
            return StackNews(trouble=error.cause)
        found = self.script.stack_events.get(run.id, [])
        return StackNews(tuple(found[found.index(after) + 1 :] if after in found else found))

    def usual(self, run: Run) -> TypicalDuration | None:
        self._called("usual", run.id)
        return self.script.usual

    def cancel(self, run: str) -> str:
        self._called("cancel", run)
        found = self.run(run)
        self.append(run, CancelRequested(self.clock.now(), "ana", found.submitted))
        return "the update is cancelled; CloudFormation rolls it back" if found.submitted else "stops before the deploy"

    def reconcile(self, run: str, say: Callable[[str], None] | None = None, *, gone: bool = False) -> Run | None:
        self._called("reconcile", run, *(["gone"] if gone else []))
        if say is not None:
            say("reading the stack")
        if self.run(run).live:
            self.finish(run, "rolled_back")
        return self.run(run)

    def settle(self, snapshot: Snapshot) -> tuple[Run, ...]:
        wanted = [view.run for view in snapshot.cells.values() if view.unsettled and view.run in self.script.settles]
        self._called("settle", *wanted)
        for run in wanted:
            self.script.cells = {
                key: replace(view, run=None, run_since=None, unsettled="") if view.run == run else view
                for key, view in self.script.cells.items()
            }
        return tuple(self.reconcile(run) for run in wanted if run)  # type: ignore[misc]

    def alive(self, run: Run) -> bool:
        self._called("alive", run.id)
        return run.live and run.id not in self.script.dead

    def unfinished(self) -> tuple[Run, ...]:
        self._called("unfinished")
        live = (run for run in self._runs() if run.live)
        return tuple(as_known(run, alive=run.id not in self.script.dead) for run in live)

    def doctor(
        self,
        on_check: Callable[[ToolCheck], None] | None = None,
        services: Sequence[str] = (),
        stage: str | None = None,
    ) -> tuple[ToolCheck, ...]:
        self._called("doctor", tuple(services), stage)
        for check in self.script.checks:
            if on_check is not None:
                on_check(check)
        return self.script.checks

    def prune(self) -> tuple[str, ...]:
        self._called("prune")
        return self.script.pruned

    def append(self, run: str, *events: Event) -> None:
        """Write events into a run, as its runner would; a first event has to be a Planned."""
        with self._news:
            self.ledger.setdefault(run, []).extend(events)
            self._news.notify_all()

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

    def _runs(self) -> list[Run]:
        with self._news:
            found = [fold(events) for events in self.ledger.values()]
        return sorted((run for run in found if run), key=lambda run: (run.started_at, run.id), reverse=True)


def _on(terms: Terms, draft: Draft) -> Draft:
    """Return the draft on these terms, with what they override open."""
    given = {each.gate: each.reason for each in terms.overrides}
    gates = tuple(
        replace(gate, passed=True, overridden=given[gate.name], warns=True, reason=f"overridden: {given[gate.name]}")
        if gate.name in given
        else gate
        for gate in draft.gates
    )
    return replace(draft, terms=terms, gates=gates) if given else draft


def _found(commit: Commit, search: Search) -> bool:
    said, who = commit.subject.lower(), commit.author.lower()
    by = not search.authors or any(name in who for name in search.authors)
    return by and all(word in said for word in search.words)


def _fits(run: Run, wanted: RunFilter) -> bool:
    pairs = (
        (wanted.service, run.service),
        (wanted.stage, run.stage),
        (wanted.key, run.planned.key),
        (wanted.status, run.status),
        (wanted.live, run.live),
        (wanted.who, run.planned.who),
    )
    since = wanted.since is None or run.started_at >= wanted.since
    until = wanted.until is None or run.started_at < wanted.until
    return since and until and all(want is None or want == have for want, have in pairs)


def planned(run: str, plan: Plan, at: datetime) -> Planned:
    """Return the first event of a run of this plan."""
    draft, mark = plan.draft, plan.fingerprint
    where = draft.target
    return Planned(
        at,
        run,
        plan.draft.terms.kind,
        where.service,
        where.stage,
        where.key,
        mark.deployed,
        draft.commit.sha,
        draft.commit.subject,
        mark.stack_id,
        mark.stack_status,
        mark.last_event_id,
        mark.digest,
        mark.config,
        "ana",
        "arn:aws:sts::111111111111:assumed-role/dev/ana",
    )


def opening(first: Planned, log: str = "/state/run.log") -> tuple[Event, ...]:
    """Return the events from the lock until the CLI runs."""
    at = first.at
    gates = (GateRecord("stage order", passed=True, reason="observed in staging"),)
    return (
        Locked(at + timedelta(seconds=1), 41, "laptop", 4711, "1"),
        Checked(at + timedelta(seconds=4), first.fingerprint, gates),
        Submitting(at + timedelta(seconds=5), ("npx", "osls", "deploy"), log),
        Submitted(at + timedelta(seconds=5), 4712, "1"),
    )


def story(first: Planned, outcome: Outcome, log: str = "/state/run.log") -> tuple[Event, ...]:
    """Return every event after `first` of a run that ends like this."""
    at = first.at
    opened = opening(first, log)
    if outcome == "not_submitted":
        stopped = NotSubmitted(at + timedelta(seconds=5), "stopped before the deploy", "promote again", cancelled=True)
        return (*opened[:2], stopped, Released(at + timedelta(seconds=6), 41))
    code = 0 if outcome == "succeeded" else 1
    exited = Exited(at + timedelta(seconds=95), code, "exited")
    return (*opened, exited, *_ending(first, outcome), Released(at + timedelta(seconds=99), 41))


def _ending(first: Planned, outcome: Outcome) -> tuple[Event, ...]:
    seen, end = first.at + timedelta(seconds=97), first.at + timedelta(seconds=98)
    cause = "OrdersTable (AWS::DynamoDB::Table) UPDATE_FAILED: the table has a custom name"
    if outcome == "unknown":
        return (OutcomeUnknown(end, "AWS did not answer", f"promote-tui runs reconcile {first.run}"),)
    if outcome == "succeeded":
        return (Observed(seen, "arn", "UPDATE_COMPLETE", first.to_commit, "e9"), Verified(end))
    read = Observed(seen, "arn", "UPDATE_ROLLBACK_COMPLETE", first.from_commit, "e9")
    if outcome == "rolled_back":
        return (read, RolledBack(end, cause, first.from_commit, "mend the cause, then promote again"))
    return (read, Failed(end, cause, first.from_commit, "see the log"))
