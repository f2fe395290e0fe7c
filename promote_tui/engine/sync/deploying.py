"""One commit that is due: planned, confirmed by the configuration, started, and followed to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from promote_tui.core.errors import DeployError, LockHeld, PlanStale, PromoteError, Refused
from promote_tui.core.gates.model import Allowance
from promote_tui.core.planning.plan import Confirmation, approve
from promote_tui.core.runs.run import Outcome, Process
from promote_tui.core.sync.decision import Deploy, Failure, Waiting
from promote_tui.core.sync.gates import wait_for_gates
from promote_tui.engine.governance import Governance
from promote_tui.engine.planning.planner import discard_plan, make_draft, make_plan
from promote_tui.engine.runs.control import start
from promote_tui.engine.runs.followed_run import FollowedRun
from promote_tui.engine.runs.watcher import RunWatcher
from promote_tui.engine.sync.examination import SYNC, describe_trouble
from promote_tui.engine.sync.locks import wait_for_lock
from promote_tui.engine.sync.selection import SyncTarget

if TYPE_CHECKING:
    from promote_tui.core.planning.plan import ApprovedPlan, Plan
    from promote_tui.core.runs.run import Run
    from promote_tui.core.sync.decision import SyncDecision
    from promote_tui.core.sync.item import SyncItem
    from promote_tui.engine.context import Context


class SyncWatcher(RunWatcher, Protocol):
    """Who looks on while a sync works; called from its thread."""

    def begin(self, item: SyncItem) -> None:
        """Hear that a commit's turn has come."""

    def settle(self, item: SyncItem) -> None:
        """Hear what became of an item."""


@dataclass(frozen=True, slots=True)
class SyncDeploy:
    """The deploy of what is due on a target; `allowances` are resources that may lose data."""

    governance: Governance
    me: Process
    each: SyncTarget
    allowances: tuple[Allowance, ...]
    watcher: SyncWatcher

    def execute(self, item: SyncItem) -> SyncDecision:
        """Plan, start and follow it, and return what became of it; trouble is an answer, never raised."""
        try:
            return self._deploy(item)
        except LockHeld as error:
            held = Waiting(error.cause, error.remedy or "sync again", moved=True)
            return wait_for_lock(self.each.context, self.each.target) or held
        except PlanStale as error:
            return Waiting(error.cause, "sync again", moved=True)
        except Refused as error:
            return Waiting(error.cause, error.remedy)
        except DeployError as error:
            return Failure(error.cause, error.remedy)
        except PromoteError as error:
            return describe_trouble(error)

    def _deploy(self, item: SyncItem) -> SyncDecision:
        sha = item.commit.sha if item.commit else ""
        draft = make_draft(self._context, self.each.service, self.each.stage, sha, SYNC)
        held = wait_for_gates(draft.gates)
        if held is not None:
            return held
        plan = make_plan(self._context, draft, self.watcher.step)
        try:
            self.watcher.review(plan)
            approved = self._approve(plan, item)
        except BaseException:
            discard_plan(self._context, plan.id)
            raise
        if isinstance(approved, Waiting):
            discard_plan(self._context, plan.id)
            return approved
        return self._run(approved, item)

    @property
    def _context(self) -> Context:
        return self.each.context

    def _approve(self, plan: Plan, item: SyncItem) -> ApprovedPlan | Waiting:
        """Return the approved plan, or what still keeps it away: the configuration confirms, it allows no loss."""
        held = wait_for_gates(plan.gates, self.allowances)
        if held is not None:
            return held
        if plan.fingerprint.deployed != item.deployed:
            return Waiting(f"{item.stage} was moved while it was planned", "sync again", moved=True)
        origin = f"the tip of {item.source}" if item.trigger == "merge" else f"verified in {item.source}"
        answer = Confirmation(yes=True, reason=f"sync: {origin}", allowances=self.allowances)
        return approve(plan, answer, self._context.clock.now())

    def _run(self, approved: ApprovedPlan, item: SyncItem) -> SyncDecision:
        run = self._context.new_id()
        followed = FollowedRun(self.governance, self.me, self.each.target, run)
        targets = self.each.service.targets
        ended = followed.complete(lambda: start(self._context, approved, targets, run), self.watcher.follow)
        back = followed.settle_rollback(ended) if ended else None
        return _judge(ended, back, item)


def _judge(ended: Run | None, back: Run | None, item: SyncItem) -> SyncDecision:
    """Return what a run came to."""
    if ended is None:
        return Failure("its process ended before the run began", "sync again")
    if ended.outcome is Outcome.VERIFIED:
        return Deploy(item.decision.reason, ended.id)
    if ended.outcome is Outcome.NOT_SUBMITTED:
        return Waiting(ended.cause, ended.remedy)
    rolled = f"; run {back.id} rolls it back: {back.status.value.replace('_', ' ')}" if back else ""
    status = ended.status.value.replace("_", " ")
    return Failure(f"run {ended.id} is {status}: {ended.cause}{rolled}", ended.remedy, ended.id)
