"""An engine on stand-ins: everything in memory, but plans and runs in a real folder."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError, DeployError, GitError, PromoteError
from promote_tui.core.model.channels import Channel
from promote_tui.core.model.ci import CiReading, CiReport, CiSettings
from promote_tui.core.model.pipeline import Aws, DeploySettings, Pipeline, Service, StackOutput, Stage, Target
from promote_tui.core.planning.plan import Confirmation, approve
from promote_tui.core.runs.external import Actor
from promote_tui.core.runs.run import Process
from promote_tui.engine.commit_resolution import CommitResolvingStacks
from promote_tui.engine.context import Context, Ports
from promote_tui.engine.engine import Engine
from promote_tui.engine.governance import Governance
from promote_tui.engine.plan_store import read_plan, read_recovery, read_removal
from promote_tui.engine.releases.execution import ReleaseExecution
from promote_tui.engine.runs.control import REFUSAL_FILE, encode_refusal
from promote_tui.engine.runs.execute import RunExecution
from promote_tui.engine.runs.reconcile import clean_up, read_run
from promote_tui.engine.runs.recovery import RecoveryExecution
from promote_tui.engine.runs.removal import RemovalExecution
from promote_tui.engine.state_dir import Folders, write_private
from promote_tui.ports import ToolCheck
from tests.support.fakes.accounts import FakeAccounts
from tests.support.fakes.alarms import FakeAlarms
from tests.support.fakes.buckets import FakeBuckets
from tests.support.fakes.checkouts import FakeCheckouts
from tests.support.fakes.deployer import FakeDeployer
from tests.support.fakes.git import FakeGraph, FakeRepository
from tests.support.fakes.inspector import FakeFunctions, FakeInspector
from tests.support.fakes.ledger import MemoryLedger
from tests.support.fakes.logs import FakeLogs
from tests.support.fakes.organization import FakeOrganization
from tests.support.fakes.permissions import FakePermissions
from tests.support.fakes.stacks import FakeStacks
from tests.support.fakes.values import FakeValues
from tests.support.fakes.web import FakeWeb

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.planning.plan import Plan
    from promote_tui.core.previews.removal import Removal
    from promote_tui.core.recovery.recovery import Recovery
    from promote_tui.core.runs.run import Run
    from promote_tui.ports import Job

ME = Process(1, "me")


class Died(BaseException):
    """The runner is killed here."""


@dataclass
class FakeClock:
    """Time moves when somebody sleeps, and a little with every look."""

    at: datetime = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
    slept: float = 0.0

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def local(self, at: datetime) -> datetime:
        return at.astimezone(UTC)

    def monotonic(self) -> float:
        return self.now().timestamp()

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.at += timedelta(seconds=seconds)


@dataclass
class FakeTools:
    """A machine with these tools."""

    found: tuple[ToolCheck, ...] = ()

    def check(self) -> tuple[ToolCheck, ...]:
        return self.found


@dataclass
class FakePolicy:
    """The configuration's remote: the tip of its default branch, or why it cannot be asked."""

    found: str = ""
    fails: str = ""
    default: str = "origin/main"
    fetched: list[str] = field(default_factory=list)

    def fetch(self, ref: str) -> None:
        if self.fails:
            raise GitError(ref, self.fails)
        self.fetched.append(ref)

    def tip(self, ref: str) -> tuple[str, str]:
        if self.fails:
            raise GitError(ref, self.fails)
        return self.found, self.default


@dataclass
class FakeNotifier:
    """Channels: what was sent to each, in order; `fails` raises, `hangs` waits for it."""

    sent: list[tuple[Channel, str]] = field(default_factory=list)
    payloads: list[bytes] = field(default_factory=list)
    fails: Exception | None = None
    hangs: threading.Event | None = None

    def send(self, channel: Channel, text: str, target: Target, payload: bytes) -> None:
        if self.hangs is not None:
            self.hangs.wait()
        if self.fails is not None:
            raise self.fails
        self.sent.append((channel, text))
        self.payloads.append(payload)


@dataclass
class FakeCi:
    """A host that says this of every commit, and whom it was asked for."""

    says: CiReading = field(default_factory=CiReading)
    asked: list[tuple[str | None, str]] = field(default_factory=list)
    told: list[CiReport] = field(default_factory=list)
    fails: str = ""

    def read(self, remote: str | None, settings: CiSettings, commit: str) -> CiReading:
        self.asked.append((remote, commit))
        return self.says

    def write(self, _remote: str | None, _settings: CiSettings, report: CiReport) -> None:
        if self.fails:
            raise DeployError("ci", self.fails)
        self.told.append(report)


@dataclass
class FakeTrail:
    """CloudTrail: who did what when, or why nothing is told."""

    known: list[tuple[datetime, Actor]] = field(default_factory=list)
    fails: str = ""

    def actors(self, target: Target, since: datetime, until: datetime) -> tuple[tuple[datetime, Actor], ...]:
        if self.fails:
            raise AwsError(str(target), self.fails)
        return tuple(each for each in self.known if since <= each[0] <= until)


@dataclass
class HereLauncher:
    """Runs the runner's work at once, in this thread; `die` is called where a runner might be killed."""

    world: World

    def launch(self, run: str, plan_folder: Path, log: Path, handed: bytes = b"") -> Callable[[], bool]:
        world, context = self.world, self.world.context
        context.accounts.take_over(handed)
        with contextlib.suppress(Died):
            try:
                removal, governance = read_removal(plan_folder), world.engine.governance
                if removal is not None:
                    self._remove(run, removal)
                    return lambda: True
                recovery = read_recovery(plan_folder)
                if recovery is not None:
                    self._recover(run, recovery)
                    return lambda: True
                approved = approve(*read_plan(plan_folder), context.clock.now())
                target = approved.plan.draft.target
                governance = governance.with_preview(target.preview) if target.preview else governance
                ruling = governance.ruling(target.service, target.stage)
                promotion = RunExecution(
                    replace(ruling, ports=replace(ruling.ports, ledger=world.runner_ledger)), approved, run
                )
                promotion.execute(ME)
            except PromoteError as error:
                log.write_text(str(error), encoding="utf-8")
                if not context.ledger.events(run):
                    write_private(context.folders.run(run) / REFUSAL_FILE, encode_refusal(error))
            else:
                clean_up(ruling, read_run(context, run))
                if promotion.back.approved:
                    world.engine.runs.start(promotion.back.approved, promotion.back.run)
        return lambda: True

    def _remove(self, run: str, removal: Removal) -> None:
        governance = self.world.engine.governance
        ruling = governance.with_preview(removal.target.preview).context
        ports = replace(ruling.ports, ledger=self.world.runner_ledger)
        RemovalExecution(replace(ruling, ports=ports), removal, run, governance.configured).execute(ME)
        clean_up(ruling, read_run(ruling, run))

    def _recover(self, run: str, recovery: Recovery) -> None:
        ruling = self.world.engine.governance.ruling(recovery.target.service, recovery.target.stage)
        ports = replace(ruling.ports, ledger=self.world.runner_ledger)
        RecoveryExecution(replace(ruling, ports=ports), recovery, run).execute(ME)
        clean_up(ruling, read_run(ruling, run))

    def launch_release(self, name: str, config: Path, log: Path, handed: bytes = b"") -> Callable[[], bool]:
        world, context = self.world, self.world.context
        context.accounts.take_over(handed)
        with contextlib.suppress(Died):
            try:
                ReleaseExecution(Governance(world.process_context, world.governing), name, ME).execute()
            except PromoteError as error:
                log.write_text(f"{config}: {error}", encoding="utf-8")
                write_private(context.folders.release(name) / REFUSAL_FILE, encode_refusal(error))
        return lambda: True


@dataclass
class World:
    """Services in three stages, each in a repository of its own, and everything that the engine asks.

    `services` are by name, with what each depends on. `runner_ledger` is what runners write to, `process_ledger` what
    the processes of releases do.
    """

    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    repository: FakeRepository = field(default_factory=FakeRepository)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    stacks: FakeStacks = field(default_factory=FakeStacks)
    inspector: FakeInspector = field(default_factory=FakeInspector)
    functions: FakeFunctions = field(default_factory=FakeFunctions)
    buckets: FakeBuckets = field(default_factory=FakeBuckets)
    alarms: FakeAlarms = field(default_factory=FakeAlarms)
    logs: FakeLogs = field(default_factory=FakeLogs)
    permissions: FakePermissions = field(default_factory=FakePermissions)
    values: FakeValues = field(default_factory=FakeValues)
    web: FakeWeb = field(default_factory=FakeWeb)
    deployer: FakeDeployer = field(default_factory=FakeDeployer)
    tools: FakeTools = field(default_factory=FakeTools)
    policy: FakePolicy = field(default_factory=FakePolicy)
    notifier: FakeNotifier = field(default_factory=FakeNotifier)
    ci: FakeCi = field(default_factory=FakeCi)
    trail: FakeTrail = field(default_factory=FakeTrail)
    organization: FakeOrganization | None = None
    services: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"orders": ()})

    def __post_init__(self) -> None:
        self.pipeline = pipeline(self.services)
        self.governing: Pipeline | None = None
        self.ledger = MemoryLedger(self.clock)
        self.runner_ledger = self.process_ledger = self.ledger
        self.repositories = {name: FakeRepository() for name in self.services} | {"orders": self.repository}
        repositories = {f"/repos/{name}": repository for name, repository in self.repositories.items()}
        self.checkouts = FakeCheckouts(repositories, self.folder / "trees", self.clock)
        self.deployer.ship = self.ships
        self.ids = 0
        self._counting = threading.Lock()

    @property
    def ports(self) -> Ports:
        """The ports."""
        graph = FakeGraph(self.checkouts.repositories)
        return Ports(
            graph=graph,
            accounts=self.accounts,
            stacks=CommitResolvingStacks(self.stacks, graph, self.pipeline.services),
            inspector=self.inspector,
            recoverer=self.stacks,
            functions=self.functions,
            buckets=self.buckets,
            alarms=self.alarms,
            logs=self.logs,
            permissions=self.permissions,
            values=self.values,
            web=self.web,
            checkouts=self.checkouts,
            deployer=self.deployer,
            ledger=self.ledger,
            tools=self.tools,
            launcher=HereLauncher(self),
            clock=self.clock,
            folders=Folders(self.folder / "state"),
            policy=self.policy,
            notifier=self.notifier,
            ci=self.ci,
            trail=self.trail,
            organization=self.organization,
            new_id=self.new_id,
        )

    @property
    def context(self) -> Context:
        """The ports, under the configuration."""
        return Context(self.ports, self.pipeline)

    @property
    def engine(self) -> Engine:
        """The engine."""
        return Engine(Governance(self.context, self.governing), ME)

    def new_id(self) -> str:
        """Ids in order: r1, r2, ..."""
        with self._counting:
            self.ids += 1
            return f"r{self.ids}"

    @property
    def process_context(self) -> Context:
        """The ports as the process of a release has them, under the configuration."""
        return Context(replace(self.ports, ledger=self.process_ledger), self.pipeline)

    def target(self, stage: str, service: str = "orders") -> Target:
        """Where a service lands."""
        return self.pipeline.service(service).target(stage)

    def commit(self, text: str, branch: str = "main", service: str = "orders") -> str:
        """Commit a change of a service."""
        files = {f"{service}/handler.js": text, f"{service}/serverless.yml": "x"}
        return self.repositories[service].commit(files, text, branch=branch)

    def ships(self, job: Job, _poll: Callable[[], None]) -> int:
        """Deploy successfully."""
        self.stacks.deploy(job.target, job.commit)
        return 0

    def plan(self, stage: str, revision: str | None = None, service: str = "orders") -> Plan:
        """Return a plan."""
        return self.engine.plans.make(self.engine.plans.draft(service, stage, revision))

    def promote(self, stage: str, revision: str | None = None, service: str = "orders") -> Run:
        """Promote with every confirmation and return the run as it ended."""
        return self.run(self.plan(stage, revision, service))

    def run(self, plan: Plan) -> Run:
        """Run a plan and return the run as it ended."""
        target = plan.draft.target
        answer = Confirmation(yes=True, typed=f"{target.service} {target.stage}")
        return self.engine.runs.find(self.engine.runs.start(approve(plan, answer, self.clock.now())))


def engine_on(ports: Ports, pipeline: Pipeline) -> Engine:
    """Return an engine on these ports, without a committed configuration."""
    return Engine(Governance(Context(ports, pipeline)), ME)


def pipeline(services: Mapping[str, tuple[str, ...]] = MappingProxyType({"orders": ()})) -> Pipeline:
    """Services with what they depend on, from dev through staging to prod."""
    accounts = {"dev": "111111111111", "staging": "222222222222", "prod": "333333333333"}
    aws = {name: Aws("eu-west-1", account, f"acme-{name}") for name, account in accounts.items()}
    stages = (
        Stage("dev", aws["dev"], ("*",), ("main",), "none"),
        Stage("staging", aws["staging"], ("develop", "main"), (), "ask", "dev"),
        Stage("prod", aws["prod"], ("main",), (), "type", "staging"),
    )
    made = tuple(_service(name, needs, stages) for name, needs in services.items())
    return Pipeline("acme", stages, made, "0" * 64, "/promote-tui.yml")


def _service(name: str, needs: tuple[str, ...], stages: tuple[Stage, ...]) -> Service:
    targets = tuple(Target(name, stage.name, f"{name}-{stage.name}", stage.name, stage.aws) for stage in stages)
    settings = DeploySettings(("serverless",))
    return Service(name, f"/repos/{name}", name, (), StackOutput(), settings, targets, depends_on=needs)
