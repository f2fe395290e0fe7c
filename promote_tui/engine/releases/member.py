"""One member of a release, from its turn to the end of its run: prepared, held or started, followed, or taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError, UsageError
from promote_tui.core.gates.options import PromotionOptions
from promote_tui.core.planning.plan import Confirmation, approve
from promote_tui.core.releases.events import HoldCause, MemberEnded, MemberHeld, MemberOutcome, RunPurpose
from promote_tui.core.releases.release import Release
from promote_tui.core.releases.review import MemberReview, changed_resources
from promote_tui.core.releases.summary import review_plan
from promote_tui.core.runs.run import Outcome, Process
from promote_tui.core.text import list_first, short
from promote_tui.engine.governance import Governance
from promote_tui.engine.planning.planner import discard_plan, make_draft, make_plan
from promote_tui.engine.releases.selection import deployed_commit, is_there
from promote_tui.engine.runs.control import follow, start
from promote_tui.engine.runs.reconcile import PLAN_FILE, read_run, reconcile

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.gates.options import Override
    from promote_tui.core.model.pipeline import Service, Stage
    from promote_tui.core.planning.plan import Draft, Plan
    from promote_tui.core.releases.release import MemberProgress
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.context import Context

_OUTCOMES: dict[Outcome, MemberOutcome] = {
    Outcome.VERIFIED: "verified",
    Outcome.FAILED: "failed",
    Outcome.ROLLED_BACK: "rolled_back",
    Outcome.NOT_SUBMITTED: "not_submitted",
    Outcome.UNKNOWN: "unknown",
    Outcome.PENDING: "unknown",
}


class _Held(Exception):  # noqa: N818 - it is an answer, not an error
    """Raised where a member cannot be started as it was planned."""

    def __init__(self, why: HoldCause, cause: str, remedy: str = "", review: MemberReview | None = None) -> None:
        super().__init__(cause)
        self.why, self.cause, self.remedy, self.review = why, cause, remedy, review


@dataclass(frozen=True, slots=True)
class MemberRun:
    """The run `run` of a member of a release as it was when its turn came."""

    governance: Governance
    me: Process
    release: Release
    service: str
    run: str
    purpose: RunPurpose

    def execute(self) -> MemberEnded | MemberHeld:
        """Prepare, start and follow the run, and return how it ended; expected trouble is an answer, never raised."""
        try:
            return self._promote() if self.purpose == "promotion" else self._take_back()
        except _Held as held:
            return MemberHeld(self._context.clock.now(), self.service, held.why, held.cause, held.remedy, held.review)
        except PromoteError as error:
            return self._ended("not_submitted", error.cause, error.remedy)

    def go_on(self) -> MemberEnded:
        """Go on with a run that an earlier process of the release has started, and return how it ended."""
        try:
            if not self._context.ledger.events(self.run):
                return self._never_begun()
            for _ in follow(self._context, self.run):
                pass
            found = read_run(self._context, self.run)
            if not found.released:
                found = reconcile(self.governance.of_run(found), found.id, self.me, lambda _note: None, patient=False)
        except PromoteError as error:
            return self._ended("unknown", error.cause, error.remedy)
        return self._ended_as(found)

    @property
    def _context(self) -> Context:
        return self.governance.context

    @property
    def _progress(self) -> MemberProgress:
        return self.release.progress[self.service]

    def _never_begun(self) -> MemberEnded:
        """Make sure that a runner which was on its way finds no plan any more."""
        try:
            plan = (self._context.folders.run(self.run) / PLAN_FILE).read_text(encoding="utf-8")
        except OSError:
            plan = ""
        if plan:
            discard_plan(self._context, plan)
        return self._ended("interrupted", "the process of the release ended before the run began")

    def _promote(self) -> MemberEnded:
        context, service, stage = self.governance.governing(self.service, self.release.stage)
        options = PromotionOptions(overrides=self._overrides, release=self.release.name)
        draft = make_draft(context, service, stage, self.release.member(self.service).commit, options)
        if is_there(context, service, stage, draft):
            return self._ended("unchanged")
        self._require_unmoved(draft)
        _require_open(draft.packaging_blockers)
        return self._run(context, service, stage, draft, self._require_reviewed)

    def _require_unmoved(self, draft: Draft) -> None:
        planned, now = self.release.member(self.service).from_commit, deployed_commit(draft)
        if now != planned and not self._progress.moved:
            cause = f"{self.release.stage} runs {_name(now)} now, and ran {_name(planned)} when the release was planned"
            raise _Held("moved", cause, "retry to promote on top of it, or skip the service")

    def _require_reviewed(self, plan: Plan) -> None:
        reviewed = self._progress.accepted or self.release.reviews.get(self.service)
        now = review_plan(plan, reviewed.typical_seconds if reviewed else None)
        differs = changed_resources(reviewed, now) if reviewed else ()
        if differs:
            cause = f"it would change otherwise than it was reviewed: {list_first(differs)}"
            raise _Held("changed", cause, "look at it, then retry to accept it, or skip the service", now)
        _require_open(plan.blocked_gates(self._confirmation.allowances))

    def _take_back(self) -> MemberEnded:
        context, service, stage = self.governance.governing(self.service, self.release.stage)
        before = self.release.member(self.service).from_commit
        if not before:
            cause = "nothing ran there before the release" if before is None else "what ran there before is unknown"
            raise UsageError(f"{self.service}/{stage.name}", cause, "skip it to leave it as it is")
        draft = make_draft(context, service, stage, before, PromotionOptions("rollback", release=self.release.name))
        if is_there(context, service, stage, draft):
            return self._ended("unchanged")
        _require_open(draft.packaging_blockers)
        return self._run(context, service, stage, draft, lambda plan: _require_open(plan.blocked_gates()))

    def _run(
        self, context: Context, service: Service, stage: Stage, draft: Draft, check: Callable[[Plan], None]
    ) -> MemberEnded:
        plan = make_plan(context, draft, lambda _step: None)
        try:
            check(plan)
            approved = approve(plan, self._confirmation, context.clock.now())
        except BaseException:
            discard_plan(context, plan.id)
            raise
        start(context, approved, [service.target(stage.name)], self.run)
        for _ in follow(context, self.run):
            pass
        return self._ended_as(read_run(context, self.run))

    @property
    def _overrides(self) -> tuple[Override, ...]:
        given = self.release.confirmed.overrides if self.release.confirmed else ()
        return tuple(override for service, override in given if service == self.service)

    @property
    def _confirmation(self) -> Confirmation:
        """What was confirmed for the whole release, or by the last answer, as this service's plan wants it."""
        confirmed = self.release.confirmed
        typed = next((each.typed for each in reversed(self.release.answers) if each.typed), "")
        allowances = (
            tuple(each for service, each in confirmed.allowances if service == self.service) if confirmed else ()
        )
        reason = confirmed.reason if confirmed else ""
        typed = typed or (confirmed.typed if confirmed else "")
        return Confirmation(yes=True, typed=typed, reason=reason, allowances=allowances)

    def _ended_as(self, run: Run) -> MemberEnded:
        return self._ended(_OUTCOMES[run.outcome], run.cause, run.remedy)

    def _ended(self, outcome: MemberOutcome, cause: str = "", remedy: str = "") -> MemberEnded:
        now = self._context.clock.now()
        return MemberEnded(now, self.service, self.run, outcome, cause, remedy, self.purpose)


def _require_open(closed: tuple[GateResult, ...]) -> None:
    if closed:
        reasons = "; ".join(f"{gate.name}: {gate.reason}" for gate in closed)
        raise _Held("blocked", reasons, closed[0].remedy)


def _name(commit: str | None) -> str:
    return "nothing" if commit is None else short(commit) or "an unnamed commit"
