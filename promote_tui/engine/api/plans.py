"""Drafts and plans: what a promotion or a rollback would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.gates.options import NORMAL, PromotionOptions
from promote_tui.engine.governance import Governance
from promote_tui.engine.planning.planner import discard_plan, make_draft, make_plan, reconsider
from promote_tui.engine.proposed_commits import earlier_commits, rollback_commit
from promote_tui.engine.prune import prune_plans
from promote_tui.engine.runs.dry_run import dry_run
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.planning.plan import ApprovedPlan, Draft, Plan
    from promote_tui.engine.context import Context


@dataclass(frozen=True, slots=True)
class Plans:
    """Drafts and plans: what a promotion or a rollback would do, before a person confirms it."""

    governance: Governance

    @property
    def _context(self) -> Context:
        return self.governance.context

    def draft(self, service: str, stage: str, revision: str | None = None, options: PromotionOptions = NORMAL) -> Draft:
        """Return what a promotion would do, without packaging.

        Without a revision it takes the tip of the stage's deploy_on_merge branch. Else it takes the newest commit that
        was verified in the stage before and that this stage allows. In the first stage it takes the tip of the default
        branch. Raises UsageError where there is none.
        """
        ruling, found, where = self.governance.governing(service, stage)
        return make_draft(ruling, found, where, revision, options)

    def draft_rollback(
        self, service: str, stage: str, revision: str | None = None, *, break_glass: bool = False
    ) -> Draft:
        """Return what a rollback would do: to a revision, else to the last code verified there that runs no more.

        `break_glass`: without the team's ledger, on an engine that journals on this machine. Raises UsageError
        where there is nothing to go back to.
        """
        ruling, found, where = self.governance.governing(service, stage)
        wanted = revision or rollback_commit(self._context, found, where)
        options = PromotionOptions("rollback", break_glass=break_glass)
        return make_draft(ruling, found, where, wanted, options)

    def earlier_commits(self, service: str, stage: str) -> tuple[str, ...]:
        """Return the commits that ran in a stage by its record and do not run there now, newest first."""
        _, found, where = self.governance.governing(service, stage)
        return earlier_commits(self._context, found, where)

    def make(self, draft: Draft, on_step: Callable[[str], None] | None = None, *, runs_checks: bool = True) -> Plan:
        """Package the commit and return the plan; `on_step` hears what is being done, in words.

        `runs_checks`: where the stage wants that, its checks run first, and what comes of them is on record.

        Raises Refused where a gate of the draft is blocked, GitError, AwsError, DeployError, LedgerError.
        """
        context = self._context
        live = {run.id for run in context.ledger.runs(RunFilter(live=True), limit=500).runs}
        prune_plans(context, context.clock.now(), live)
        ruling = self.governance.ruling(draft.target.service, draft.target.stage)
        return make_plan(ruling, draft, on_step or (lambda _step: None), runs_checks=runs_checks)

    def reconsider(self, plan: Plan, draft: Draft) -> Plan:
        """Return the plan with its gates asked again, for a newer draft of the same commit: its package stays.

        Raises PlanStale where the draft is of another commit, GitError, AwsError, LedgerError.
        """
        ruling = self.governance.ruling(draft.target.service, draft.target.stage)
        return reconsider(ruling, plan, draft)

    def discard(self, plan: Plan) -> None:
        """Delete a plan that will not be run, with its package."""
        discard_plan(self._context, plan.id)

    def dry_run(self, approved: ApprovedPlan, say: Callable[[str], None]) -> bool:
        """Walk through the run with a deployer that only says what it would do, and a ledger that forgets.

        Return whether the run would have been started. Raises LockHeld, AwsError.
        """
        target = approved.plan.draft.target
        return dry_run(self.governance.ruling(target.service, target.stage), approved, say)
