"""What the faces talk to: the whole of promote-tui, as facades."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promote_tui.core.runs.run import Process
from promote_tui.engine.api.commits import Commits
from promote_tui.engine.api.decisions import Decisions
from promote_tui.engine.api.descriptions import Descriptions
from promote_tui.engine.api.drift import Drift
from promote_tui.engine.api.plans import Plans
from promote_tui.engine.api.previews import Previews
from promote_tui.engine.api.record import Record
from promote_tui.engine.api.recoveries import Recoveries
from promote_tui.engine.api.releases import Releases
from promote_tui.engine.api.runs import Runs
from promote_tui.engine.api.sync import Sync
from promote_tui.engine.cells import read_cell
from promote_tui.engine.code_drift import CodeDrift
from promote_tui.engine.doctor import check_everything
from promote_tui.engine.governance import Governance
from promote_tui.engine.history import RecordSource
from promote_tui.engine.inbox.reading import read_inbox
from promote_tui.engine.job_sources import find_job_sources
from promote_tui.engine.logins import find_logins
from promote_tui.engine.member_accounts import read_accounts
from promote_tui.engine.prune import prune
from promote_tui.engine.snapshot import take_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from promote_tui.core.iam.trust import JobSource
    from promote_tui.core.inbox.item import Inbox
    from promote_tui.core.login import LoginNeed
    from promote_tui.core.matrix import CellView, Snapshot
    from promote_tui.core.model.cells import Cell, CellKey
    from promote_tui.core.model.deployer import DeployerFacts
    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.core.organization.report import AccountsReport
    from promote_tui.engine.context import Context
    from promote_tui.engine.inbox.reading import Hear
    from promote_tui.ports import Clock, ToolCheck


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine with its ports; every method blocks, and may be called from any thread."""

    governance: Governance
    me: Process
    code_drift: CodeDrift = field(default_factory=CodeDrift, repr=False)

    @property
    def context(self) -> Context:
        """The ports, under the configuration that people see."""
        return self.governance.context

    @property
    def pipeline(self) -> Pipeline:
        """The configuration as people see it."""
        return self.context.pipeline

    @property
    def deployer(self) -> DeployerFacts:
        """What messages have to know of the deployer."""
        return self.context.deployer.facts

    @property
    def clock(self) -> Clock:
        """The clock that everything here goes by."""
        return self.context.clock

    @property
    def commits(self) -> Commits:
        """A service's commits and branches as git knows them, and what they are to its stages."""
        return Commits(self.governance)

    @property
    def previews(self) -> Previews:
        """The stages of branches: listed, deployed and removed."""
        return Previews(self.governance, self.me)

    @property
    def plans(self) -> Plans:
        """Drafts and plans: what a promotion or a rollback would do, before a person confirms it."""
        return Plans(self.governance)

    @property
    def decisions(self) -> Decisions:
        """What people decide about commits and stages, and the checks that they run."""
        return Decisions(self.governance)

    @property
    def runs(self) -> Runs:
        """Runs: starting, following, stopping and reconciling them, and what the record says."""
        return Runs(self.governance, self.me)

    @property
    def recoveries(self) -> Recoveries:
        """Stuck stacks: what would free one, and freeing it as a run on record."""
        return Recoveries(self.governance)

    @property
    def releases(self) -> Releases:
        """Releases: several services that go into a stage as one."""
        return Releases(self.governance)

    @property
    def sync(self) -> Sync:
        """What is due in the stages by their branches and by what is verified, and deploying that."""
        return Sync(self.governance, self.me)

    @property
    def record(self) -> Record:
        """What ran where at a past moment, and how it had come there, by the ledger alone."""
        context = self.context
        source = RecordSource(context.pipeline, context.ledger, context.clock, self.deployer, lambda: context.graph)
        return Record(source)

    @property
    def drift(self) -> Drift:
        """How stages differ from each other, and a stack from its template."""
        return Drift(self.governance, self.code_drift)

    @property
    def descriptions(self) -> Descriptions:
        """What was deployed to a stage, beside its cell."""
        return Descriptions(self.governance, self.code_drift)

    def snapshot(
        self,
        on_view: Callable[[CellKey, CellView], None] | None = None,
        services: tuple[str, ...] = (),
    ) -> Snapshot:
        """Return every cell (of some services); `on_view` hears of each as it becomes known, from any thread.

        A cell is reported twice: as the stack says, and again with its drift and verification.
        """
        wanted = [self.governance.service(name) for name in services] if services else list(self.pipeline.services)
        return take_snapshot(self.context, wanted, on_view)

    def cell(self, service: str, stage: str) -> Cell:
        """Return what a stage runs, read now; trouble is a cell too."""
        target = self.governance.service(service).target(self.governance.stage(stage).name)
        return read_cell(self.context, target)

    def inbox(self, snapshot: Snapshot | None = None, on_items: Hear | None = None) -> Inbox:
        """Return what waits for the person at the keyboard over all services, by a matrix (None: it is read now).

        `on_items` hears of items as they are known, from any thread; what cannot be read is an item, too.
        """
        return read_inbox(self.governance, snapshot or self.snapshot(), on_items)

    def logins(self, cells: Collection[CellKey]) -> tuple[LoginNeed, ...]:
        """Return what a person has to do so that these cells can be read and promoted to, each log-in once.

        The team's ledger is one of the things that are needed. AWS is asked now; an empty answer means that nothing
        is missing.
        """
        wanted = sorted(cells, key=lambda cell: [stage.name for stage in self.pipeline.stages].index(cell[1]))
        ledger = self.context.ledger.target() if wanted else None
        targets = [self.governance.service(service).target(stage) for service, stage in wanted]
        return find_logins(self.context, [*targets, *([ledger] if ledger else [])])

    def give_code(self, need: LoginNeed, code: str) -> None:
        """Log in with an MFA code, for all targets of the need, until the role ends; raises CredentialsError, AwsError.

        The role stays in this process's memory, and goes to the runner of a promotion through a pipe.
        """
        self.context.accounts.give_code(need.targets[0], code)

    def doctor(
        self,
        on_check: Callable[[ToolCheck], None] | None = None,
        services: Sequence[str] = (),
        stage: str | None = None,
    ) -> tuple[ToolCheck, ...]:
        """Check the tools, each stage's credentials and account, and each service's resolved targets.

        Of some services, or of one stage; raises UsageError where there is none of that name.
        """
        wanted = [self.governance.service(name) for name in services] or self.pipeline.services
        stages = [self.governance.stage(stage)] if stage else self.pipeline.stages
        found = []
        for check in check_everything(self.context, wanted, stages):
            found.append(check)
            if on_check:
                on_check(check)
        return tuple(found)

    def accounts(self) -> AccountsReport:
        """Return the organization's accounts and the stages', and what is wrong with them; AWS is asked now."""
        return read_accounts(self.context)

    def job_sources(self, stage: str, account: str) -> tuple[JobSource, ...]:
        """Return the repositories whose CI jobs deploy to a stage's stacks in an account, and on which branches."""
        return find_job_sources(self.context, self.governance.stage(stage), account)

    def prune(self) -> tuple[str, ...]:
        """Remove expired plans, leftover checkouts and old run folders; return what went, in words."""
        return prune(self.context)
