"""What the faces talk to: everything that promote-tui can do, one method each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError, UsageError
from promote_tui.core.gates.evaluate import NORMAL, Terms
from promote_tui.core.git.branches import branch_to_show
from promote_tui.core.git.commits import EVERYTHING, Between
from promote_tui.core.runs.run import Process
from promote_tui.core.runs.unsettled import as_known
from promote_tui.engine.adoption import adopt
from promote_tui.engine.checks import CheckEnd, run_checks
from promote_tui.engine.code_drift import AlteredFunctions
from promote_tui.engine.commits import standings, stories
from promote_tui.engine.decisions import Wanted, ask, count, decide, possible_now
from promote_tui.engine.doctor import examine
from promote_tui.engine.drift import commit_drifts, config_drifts, detect, stack_drift
from promote_tui.engine.export import gaps_of
from promote_tui.engine.governance import Governance
from promote_tui.engine.logins import find_logins
from promote_tui.engine.metrics import metrics
from promote_tui.engine.planning.planner import discard, make_draft, make_plan, reconsider
from promote_tui.engine.prune import prune, prune_plans
from promote_tui.engine.release_notes import make_notes
from promote_tui.engine.runs.control import cancel, find, follow, start
from promote_tui.engine.runs.details import StackNews, stack_events, usual_of
from promote_tui.engine.runs.dry_run import walk
from promote_tui.engine.runs.external import record_foreign
from promote_tui.engine.runs.reconcile import free_unwritten, reconcile
from promote_tui.engine.runs.settle import settle
from promote_tui.engine.snapshot import take_snapshot
from promote_tui.engine.takeover import alive
from promote_tui.engine.verification import onward, ran_before, rollback_commit
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from promote_tui.core.changes.stack_drift import StackDrift
    from promote_tui.core.drift.commits import CommitDrift
    from promote_tui.core.drift.config import ConfigDrift
    from promote_tui.core.gates.approvals import ApprovalEffect
    from promote_tui.core.gates.choices import PossibleDecision
    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.git.commits import CommitDetail, Patch, Search
    from promote_tui.core.login import LoginNeed
    from promote_tui.core.matrix import CellKey, CellView, Snapshot
    from promote_tui.core.model.pipeline import Branch, Cell, Commit, FileChange, Pipeline, Target
    from promote_tui.core.model.stack_status import StackEvent
    from promote_tui.core.planning.next_stage import Onward
    from promote_tui.core.planning.plan import ApprovedPlan, Draft, Plan
    from promote_tui.core.release_notes.model import Notes
    from promote_tui.core.runs.dora import Metrics
    from promote_tui.core.runs.run import Run
    from promote_tui.core.runs.typical_duration import TypicalDuration
    from promote_tui.core.stage_positions import CommitStageStatus, StagePosition
    from promote_tui.engine.context import Context
    from promote_tui.ports import Clock, Recorded, RunPage, ToolCheck

PATCH_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine with its ports; every method blocks, and may be called from any thread."""

    governance: Governance
    me: Process
    altered: AlteredFunctions = field(default_factory=AlteredFunctions, repr=False)

    @property
    def context(self) -> Context:
        """The ports, under the configuration that people see."""
        return self.governance.context

    @property
    def pipeline(self) -> Pipeline:
        """The configuration as people see it."""
        return self.context.pipeline

    @property
    def clock(self) -> Clock:
        """The clock that everything here goes by."""
        return self.context.clock

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

    def checked(self, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot with the functions that were changed behind CloudFormation's back.

        What may not be read stays unchecked; nothing raises. It reads more than a snapshot, and comes after it.
        """
        return self.altered.mark(self.context, snapshot)

    def branches(self, service: str) -> tuple[Branch, ...]:
        """Return the service's branches, newest first; raises UsageError, GitError."""
        return self.context.graph.branches(self.governance.service(service))

    def log(
        self,
        service: str,
        revision: str | None = None,
        *,
        skip: int = 0,
        limit: int = 50,
        search: Search = EVERYTHING,
    ) -> tuple[Commit, ...]:
        """Return a page of service commits of a revision that the search fits; without one, of the default branch."""
        found = self.governance.service(service)
        name = revision or self.default_branch(service)
        return self.context.graph.log(found, name, skip=skip, limit=limit, search=search)

    def count(self, service: str, revision: str) -> int:
        """Return how many commits a revision has, those of other services too; raises UsageError, GitError."""
        return self.context.graph.count(self.governance.service(service), revision)

    def standings(self, service: str, revision: str, deployed: Mapping[str, str]) -> Mapping[str, StagePosition]:
        """Return on which commit each stage stands, by the hashes that they run; raises UsageError, GitError.

        One commit is read for each stage, however long the history is.
        """
        return standings(self.context, self.governance.service(service), revision, deployed)

    def stories(self, service: str, sha: str, cells: Mapping[str, Cell]) -> tuple[CommitStageStatus, ...]:
        """Return what a commit is to each of these stages, by what their stacks said; raises GitError."""
        return stories(self.context, self.governance.service(service), sha, cells)

    def detail(self, service: str, sha: str) -> CommitDetail:
        """Return a commit with its message and files, compared with its first parent; raises GitError."""
        return self.context.graph.detail(self.governance.service(service), sha)

    def files(self, service: str, base: str | None, head: str) -> tuple[FileChange, ...]:
        """Return the service's files that differ from `base` (None: nothing) to `head`; raises GitError."""
        return self.context.graph.changed_files(self.governance.service(service), base, head)

    def between(self, service: str, base: str | None, head: str) -> Between:
        """Return the service's commits that `head` has and `base` (None: nothing) lacks, and the reverse.

        At most 200 of each, newest first; raises GitError.
        """
        graph, found = self.context.graph, self.governance.service(service)
        removes = graph.between(found, head, base) if base else ()
        return Between(graph.between(found, base, head), removes)

    def resolve(self, service: str, revision: str) -> str:
        """Return the 40 hex digits of any revision that git knows; raises UsageError, GitError."""
        return self.context.graph.resolve(self.governance.service(service), revision)

    def commit_drift(self, service: str, cells: Mapping[str, Cell]) -> Mapping[str, CommitDrift]:
        """Return for each stage which commits lie between it and the one before, by what their stacks said."""
        return commit_drifts(self.context, self.governance.service(service), cells)

    def config_drift(self, service: str, cells: Mapping[str, Cell]) -> Mapping[str, ConfigDrift]:
        """Return for each stage what its deployed template sets differently from that of the stage before.

        Each template is read once; what cannot be read is said in the answer, never raised.
        """
        return config_drifts(self.context, self.governance.service(service), cells)

    def stack_drift(self, target: Target, stack_id: str) -> StackDrift:
        """Return what the last drift detection found in a stack; trouble is a value, never raised."""
        return stack_drift(self.context, target, stack_id)

    def detect_drift(self, target: Target, stack_id: str, on_wait: Callable[[float], None] | None = None) -> StackDrift:
        """Let CloudFormation look for drift now, and wait for its answer; trouble is a value, never raised.

        `on_wait` hears for how many seconds it has been waited, and may raise to wait no longer.
        """
        return detect(self.context, target, stack_id, on_wait or (lambda _seconds: None))

    def patch(
        self, service: str, base: str | None, head: str, path: str | None = None, limit: int = PATCH_BYTES
    ) -> Patch:
        """Return the unified diff of the service's files, or of one of them, at most `limit` bytes; raises GitError."""
        return self.context.graph.patch(self.governance.service(service), base, head, path, limit)

    def remote_url(self, service: str) -> str | None:
        """Return the address that the service's repository is fetched from, without credentials; raises GitError."""
        return self.context.graph.remote_url(self.governance.service(service))

    def notes(self, services: Collection[str], source: str, target: str) -> Notes:
        """Return the release notes of what `source` has and `target` lacks: stages, or what git knows.

        Raises UsageError where a name is neither or nothing was deployed to `source`, GitError, AwsError.
        """
        return make_notes(self.context, [self.governance.service(name) for name in services], source, target)

    def default_branch(self, service: str) -> str:
        """Return the branch that is shown first: the remote's default one, else what is deployed on merge.

        Else it is main or master, else the newest. Raises UsageError where the repository has no branch, GitError.
        """
        names = [branch.name for branch in self.branches(service)]
        default = self.context.graph.default_branch(self.governance.service(service))
        found = branch_to_show(self.pipeline, service, names, default)
        if found is None:
            raise UsageError(service, "its repository has no branch yet", "commit something first")
        return found

    def holding(self, wanted: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """Return for each (service, commit) the branches that hold the commit; none where that cannot be read."""
        found: dict[tuple[object, ...], tuple[str, ...]] = {}
        services = {name: self.governance.service(name) for name, _ in wanted}
        asked = {(name, sha): (services[name].repo, services[name].remote, sha) for name, sha in wanted}
        for (name, sha), clone in asked.items():
            if clone not in found:
                try:
                    found[clone] = self.context.graph.branches_containing(services[name], sha)
                except PromoteError:
                    found[clone] = ()
        return {key: found[clone] for key, clone in asked.items()}

    def onward(self, run: Run) -> Onward | None:
        """Return the stage after a run's and the commit that may go there; None after the last stage."""
        return onward(self.governance.of_run(run), self.governance.service(run.service), run)

    def fetch(self) -> tuple[PromoteError, ...]:
        """Bring every mirror up to date, a repository once, and the branches of the configuration's own repository.

        Return what could not be fetched, never raise it.
        """
        firsts = {service.repo: service for service in reversed(self.pipeline.services)}
        troubles: list[PromoteError] = []
        for service in firsts.values():
            try:
                self.context.graph.fetch(service)
            except PromoteError as error:
                troubles.append(error)
        if self.pipeline.policy is not None:
            try:
                self.context.ports.policy.fetch(self.pipeline.policy.ref)
            except PromoteError as error:
                troubles.append(error)
        return tuple(troubles)

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

    def draft(self, service: str, stage: str, revision: str | None = None, terms: Terms = NORMAL) -> Draft:
        """Return what a promotion would do, without packaging.

        Without a revision: the tip of the stage's deploy_on_merge branch, else the newest commit
        verified in the stage before that this stage allows, else, in the first stage, the tip of the
        default branch; raises UsageError where there is none.
        """
        ruling, found, where = self.governance.ruled(service, stage)
        return make_draft(ruling, found, where, revision, terms)

    def rollback(self, service: str, stage: str, revision: str | None = None, *, break_glass: bool = False) -> Draft:
        """Return what a rollback would do: to a revision, else to the last code verified there that runs no more.

        `break_glass`: without the team's ledger, on an engine that journals on this machine. Raises UsageError
        where there is nothing to go back to.
        """
        ruling, found, where = self.governance.ruled(service, stage)
        wanted = revision or rollback_commit(self.context, found, where)
        terms = Terms("rollback", break_glass=break_glass)
        return make_draft(ruling, found, where, wanted, terms)

    def ran_before(self, service: str, stage: str) -> tuple[str, ...]:
        """Return the commits that are on record as having run in a stage and run there no more, the newest first."""
        _, found, where = self.governance.ruled(service, stage)
        return ran_before(self.context, found, where)

    def plan(self, draft: Draft, on_step: Callable[[str], None] | None = None) -> Plan:
        """Package the commit and return the plan; `on_step` hears what is being done, in words.

        Raises Refused where a gate of the draft is closed, GitError, AwsError, DeployError, LedgerError.
        """
        prune_plans(self.context, self.clock.now(), {run.id for run in self.unfinished()})
        ruling = self.governance.ruling(draft.target.service, draft.target.stage)
        return make_plan(ruling, draft, on_step or (lambda _step: None))

    def reconsider(self, plan: Plan, draft: Draft) -> Plan:
        """Return the plan with its gates asked again, for a newer draft of the same commit: its package stays.

        Raises PlanStale where the draft is of another commit, GitError, AwsError, LedgerError.
        """
        ruling = self.governance.ruling(draft.target.service, draft.target.stage)
        return reconsider(ruling, plan, draft)

    def discard(self, plan: Plan) -> None:
        """Delete a plan that will not be run, with its package."""
        discard(self.context, plan.id)

    def start(self, approved: ApprovedPlan, run: str = "") -> str:
        """Start a process of its own for the run and return the run's id once it is in the ledger.

        `run` is the id where others were told of one beforehand.

        That is: once everything was checked again under the lock. Raises LockHeld, PlanStale, Refused or
        LedgerError as the runner met them; nothing was deployed then.
        """
        target = approved.plan.draft.target
        self.governance.require_writable(str(target))
        return start(self.context, approved, self.governance.service(target.service).targets, run)

    def dry_run(self, approved: ApprovedPlan, say: Callable[[str], None]) -> bool:
        """Walk through the run with a deployer that says what it would do and a ledger that forgets.

        True where the run would have been started; raises LockHeld, AwsError.
        """
        target = approved.plan.draft.target
        return walk(self.governance.ruling(target.service, target.stage), approved, say)

    def decide(self, wanted: Wanted) -> Decision:
        """Write a person's decision into the ledger; who it is STS says.

        Raises UsageError where it would mean nothing, Refused under --read-only, GitError, AwsError, LedgerError.
        """
        self.governance.service(wanted.service)
        if wanted.stage is not None:
            self.governance.stage(wanted.stage)
        self.governance.require_writable(f"{wanted.service}/{wanted.stage}" if wanted.stage else wanted.service)
        ruling = self.governance.ruling(wanted.service, wanted.stage) if wanted.stage else self.context
        return decide(ruling, wanted)

    def possible(
        self, service: str, stage: str, commit: str | None, *, foreign: bool = False
    ) -> tuple[PossibleDecision, ...]:
        """Return what can be decided now about a stage and the commit that would go there.

        Raises Refused under --read-only, AwsError, LedgerError, GitError.
        """
        self.governance.require_writable(f"{service}/{stage}")
        ruling, found, where = self.governance.ruled(service, stage)
        return possible_now(ruling, found, where, commit, foreign=foreign)

    def counted(self, approval: Decision) -> ApprovalEffect:
        """Return what an approval is worth and what still lacks; raises LedgerError, GitError."""
        return count(self.governance.ruling(approval.service, approval.stage or ""), approval)

    def ask(self, service: str, stage: str, revision: str, reason: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Ask others for their approval of a commit; return its hash, and (channel, why) of those that were not told.

        Raises UsageError where the stage asks for none or nobody would hear of it, GitError, AwsError.
        """
        ruling, found, where = self.governance.ruled(service, stage)
        return ask(ruling, found, where, revision, reason)

    def run_checks(  # noqa: PLR0913, PLR0917 - what is checked, and who watches
        self,
        service: str,
        stage: str,
        revision: str,
        on_step: Callable[[str], None] = lambda _step: None,
        on_end: Callable[[CheckEnd], None] = lambda _end: None,
        on_poll: Callable[[], None] = lambda: None,
    ) -> tuple[CheckEnd, ...]:
        """Run the stage's checks on a commit, and write down how each ended; what `on_poll` raises stops them.

        Raises UsageError where it has none, Refused under --read-only, GitError, AwsError, DeployError, LedgerError.
        """
        self.governance.require_writable(f"{service}/{stage}")
        _, found, where = self.governance.ruled(service, stage)
        return run_checks(self.context, found, where, revision, on_step, on_end, on_poll)

    def runs(self, wanted: RunFilter, cursor: str | None = None, limit: int = 50) -> RunPage:
        """Return a page of runs, newest first; one without a verdict that nobody works on is unknown."""
        page = self.context.ledger.runs(wanted, cursor, limit)
        return replace(page, runs=tuple(self._as_known(run) for run in page.runs))

    def record_foreign(self, service: str, stage: str) -> tuple[Run, ...]:
        """Write down what others did to a stack since its newest run, and return that as runs.

        Raises UsageError, Refused under --read-only, LockHeld, AwsError, LedgerError.
        """
        self.governance.require_writable(f"{service}/{stage}")
        target = self.governance.service(service).target(self.governance.stage(stage).name)
        return tuple(self.run(name) for name in record_foreign(self.context, target))

    def adopt(
        self,
        service: str,
        stage: str,
        reason: str,
        revision: str | None = None,
        on_step: Callable[[str], None] = lambda _step: None,
    ) -> Run:
        """Let what somebody else put on a stage count as verified there; return that as a run.

        `revision` says what runs on a stack that names no commit: with proof, where its package is what runs, else with
        a reason. Raises UsageError where that means nothing, Refused without proof or reason and under --read-only,
        GitError, LockHeld, AwsError, LedgerError.
        """
        self.governance.require_writable(f"{service}/{stage}")
        ruling, found, where = self.governance.ruled(service, stage)
        return adopt(ruling, found.target(where.name), reason, revision, on_step)

    def gaps(self, runs: Sequence[Run], wanted: RunFilter, journalled: int = 0) -> tuple[str, ...]:
        """Return in words what the runs that a filter wants leave out; asks their stacks for others' updates.

        `journalled`: so many runs wait on this machine for their import. Raises LedgerError.
        """
        return gaps_of(self.context, runs, wanted, journalled)

    def metrics(self, services: Sequence[str], stage: str, since: datetime, until: datetime) -> Metrics:
        """Return the DORA figures of services in a stage over a time; raises UsageError, LedgerError."""
        found = [self.governance.service(name) for name in services]
        return metrics(self.context, found, self.governance.stage(stage), since, until)

    def run(self, name: str) -> Run:
        """Return a run by its id or by an unambiguous beginning of it; raises UsageError."""
        return find(self.context, name)

    def events(self, run: str, after: int = 0) -> tuple[Recorded, ...]:
        """Return a run's events with a seq above `after`."""
        return self.context.ledger.events(run, after)

    def follow(self, run: str, after: int = 0) -> Iterator[Recorded]:
        """Yield a run's events as they are written, until it has given its lock back or its runner is gone."""
        return follow(self.context, run, after)

    def log_file(self, run: str) -> Path:
        """Return where the run's log is, whether or not it exists yet."""
        return self.context.folders.log(run)

    def stack_events(self, run: Run, after: StackEvent | None = None) -> StackNews:
        """Return what CloudFormation did in a run, live or past, behind `after`; trouble is a value, never raised."""
        return stack_events(self.context, run, after)

    def usual(self, run: Run) -> TypicalDuration | None:
        """Return how long a run like this usually took before; None where none ended well. Raises LedgerError."""
        return usual_of(self.context, run)

    def cancel(self, run: str) -> str:
        """Ask a run to stop, and return in words what will happen; raises Refused where it cannot."""
        self.governance.require_writable(f"run {run}")
        found = find(self.context, run)
        target = self.governance.service(found.service).target(found.stage)
        return cancel(self.context, found, self.context.identity(target).person)

    def reconcile(self, run: str, say: Callable[[str], None] | None = None, *, gone: bool = False) -> Run | None:
        """Find out what happened to a run whose runner died, write it down and free the lock.

        Waits for a runner, a CLI or a stack that may still be at work, and says so. None where the runner died
        before it wrote anything: nothing was deployed, and its lock is free now. `gone` says that the
        machine that ran it is off for good.
        """
        self.governance.require_writable(f"run {run}")
        note = say or (lambda _note: None)
        try:
            found = find(self.context, run)
        except UsageError:
            free_unwritten(self.context, run, note)
            return None
        return reconcile(self.governance.of_run(found), found.id, self.me, note, gone=gone)

    def settle(self, snapshot: Snapshot) -> tuple[Run, ...]:
        """Reconcile the runs whose end is not known and whose stacks answer; return those that are settled now.

        A runner that is alive is not disturbed, nothing is waited for, and --read-only writes nothing. Nothing raises.
        """
        return () if self.pipeline.read_only else settle(self.governance, snapshot, self.me)

    def unfinished(self) -> tuple[Run, ...]:
        """Return the runs that still hold a lock, as `runs` has them."""
        return self.runs(RunFilter(live=True), limit=500).runs

    def _as_known(self, run: Run) -> Run:
        return as_known(run, alive=alive(self.context, run)) if run.live else run

    def alive(self, run: Run) -> bool:
        """Tell whether the process that owns the run lives; where not, the run wants to be reconciled."""
        return alive(self.context, run)

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
        for check in examine(self.context, wanted, stages):
            found.append(check)
            if on_check:
                on_check(check)
        return tuple(found)

    def prune(self) -> tuple[str, ...]:
        """Remove expired plans, leftover checkouts and old run folders; return what went, in words."""
        return prune(self.context)
