"""An engine on stand-ins: everything in memory, but plans and runs in a real folder."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError, GitError, PromoteError
from promote_tui.core.model.channels import Channel
from promote_tui.core.model.pipeline import Aws, DeploySettings, Pipeline, Service, StackOutput, Stage, Target
from promote_tui.core.planning.plan import Confirmation, approve
from promote_tui.core.runs.external import Actor
from promote_tui.core.runs.run import Process
from promote_tui.engine.commit_resolution import CommitResolvingStacks
from promote_tui.engine.context import Context, Ports
from promote_tui.engine.engine import Engine
from promote_tui.engine.governance import Governance
from promote_tui.engine.plan_store import read_plan
from promote_tui.engine.runs.control import REFUSAL_FILE, encode_refusal
from promote_tui.engine.runs.execute import RunExecution
from promote_tui.engine.runs.reconcile import clean_up, read_run
from promote_tui.engine.state_dir import Folders, write_private
from promote_tui.ports import ToolCheck
from tests.support.fakes.accounts import FakeAccounts
from tests.support.fakes.alarms import FakeAlarms
from tests.support.fakes.checkouts import FakeCheckouts
from tests.support.fakes.deployer import FakeDeployer
from tests.support.fakes.git import FakeGraph, FakeRepository
from tests.support.fakes.inspector import FakeFunctions, FakeInspector
from tests.support.fakes.ledger import MemoryLedger
from tests.support.fakes.stacks import FakeStacks
from tests.support.fakes.web import FakeWeb

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.planning.plan import Plan
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
    fails: Exception | None = None
    hangs: threading.Event | None = None

    def send(self, channel: Channel, text: str, target: Target) -> None:
        if self.hangs is not None:
            self.hangs.wait()
        if self.fails is not None:
            raise self.fails
        self.sent.append((channel, text))


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
                approved = approve(*read_plan(plan_folder), context.clock.now())
                ruling = world.engine.governance.ruling("orders", approved.plan.draft.target.stage)
                promotion = RunExecution(
                    replace(ruling, ports=replace(ruling.ports, ledger=world.runner_ledger)), approved, run
                )
                promotion.execute(ME)
            except PromoteError as error:
                log.write_text(str(error), encoding="utf-8")
                if not context.ledger.events(run):
                    write_private(context.folders.run(run) / REFUSAL_FILE, encode_refusal(error))
            else:
                clean_up(context, read_run(context, run))
                if promotion.back.approved:
                    world.engine.runs.start(promotion.back.approved, promotion.back.run)
        return lambda: True

    def launch_release(self, name: str, config: Path, log: Path, handed: bytes = b"") -> Callable[[], bool]:
        raise AssertionError(f"nothing launches a release here: {name}, {config}, {log}, {len(handed)} bytes")


@dataclass
class World:
    """One service in three stages, and everything that the engine asks."""

    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    repository: FakeRepository = field(default_factory=FakeRepository)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    stacks: FakeStacks = field(default_factory=FakeStacks)
    inspector: FakeInspector = field(default_factory=FakeInspector)
    functions: FakeFunctions = field(default_factory=FakeFunctions)
    alarms: FakeAlarms = field(default_factory=FakeAlarms)
    web: FakeWeb = field(default_factory=FakeWeb)
    deployer: FakeDeployer = field(default_factory=FakeDeployer)
    tools: FakeTools = field(default_factory=FakeTools)
    policy: FakePolicy = field(default_factory=FakePolicy)
    notifier: FakeNotifier = field(default_factory=FakeNotifier)
    trail: FakeTrail = field(default_factory=FakeTrail)

    def __post_init__(self) -> None:
        self.pipeline = pipeline()
        self.governing: Pipeline | None = None
        self.ledger = MemoryLedger(self.clock)
        self.runner_ledger = self.ledger
        repositories = {"/repos/orders": self.repository}
        self.checkouts = FakeCheckouts(repositories, self.folder / "trees", self.clock)
        self.deployer.ship = self.ships
        self.ids = 0

    @property
    def ports(self) -> Ports:
        """The ports."""
        graph = FakeGraph(self.checkouts.repositories)
        return Ports(
            graph=graph,
            accounts=self.accounts,
            stacks=CommitResolvingStacks(self.stacks, graph, self.pipeline.services),
            inspector=self.inspector,
            functions=self.functions,
            alarms=self.alarms,
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
            trail=self.trail,
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
        self.ids += 1
        return f"r{self.ids}"

    def target(self, stage: str) -> Target:
        """Where orders lands."""
        return self.pipeline.service("orders").target(stage)

    def commit(self, text: str, branch: str = "main") -> str:
        """Commit a change of the service."""
        return self.repository.commit({"orders/handler.js": text, "orders/serverless.yml": "x"}, text, branch=branch)

    def ships(self, job: Job, _poll: Callable[[], None]) -> int:
        """Deploy successfully."""
        self.stacks.deploy(job.target, job.commit)
        return 0

    def plan(self, stage: str, revision: str | None = None) -> Plan:
        """Return a plan."""
        return self.engine.plans.make(self.engine.plans.draft("orders", stage, revision))

    def promote(self, stage: str, revision: str | None = None) -> Run:
        """Promote with every confirmation and return the run as it ended."""
        return self.run(self.plan(stage, revision))

    def run(self, plan: Plan) -> Run:
        """Run a plan and return the run as it ended."""
        answer = Confirmation(yes=True, typed=f"orders {plan.draft.target.stage}")
        return self.engine.runs.find(self.engine.runs.start(approve(plan, answer, self.clock.now())))


def engine_on(ports: Ports, pipeline: Pipeline) -> Engine:
    """Return an engine on these ports, without a committed configuration."""
    return Engine(Governance(Context(ports, pipeline)), ME)


def pipeline() -> Pipeline:
    """Orders, from dev through staging to prod."""
    accounts = {"dev": "111111111111", "staging": "222222222222", "prod": "333333333333"}
    aws = {name: Aws("eu-west-1", account, f"acme-{name}") for name, account in accounts.items()}
    stages = (
        Stage("dev", aws["dev"], ("*",), ("main",), "none"),
        Stage("staging", aws["staging"], ("develop", "main"), (), "ask", "dev"),
        Stage("prod", aws["prod"], ("main",), (), "type", "staging"),
    )
    targets = tuple(Target("orders", stage.name, f"orders-{stage.name}", stage.name, stage.aws) for stage in stages)
    service = Service("orders", "/repos/orders", "orders", (), StackOutput(), DeploySettings(("serverless",)), targets)
    return Pipeline("acme", stages, (service,), "0" * 64, "/promote-tui.yml")
