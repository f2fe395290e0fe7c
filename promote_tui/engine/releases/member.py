"""One member of a release, from its turn to the end of its run: prepared, held or started, followed, or taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from promote_tui.core.errors import LedgerError, PromoteError, UsageError
from promote_tui.core.gates.options import PromotionOptions
from promote_tui.core.model.cells import Halfway, Never, commit_of
from promote_tui.core.planning.plan import Confirmation, approve, confirmation_phrase
from promote_tui.core.releases.events import Member, MemberEnded, MemberHeld, MemberOutcome, Remains, RunPurpose
from promote_tui.core.releases.release import MemberState, Release
from promote_tui.core.releases.remains import remains_of_run
from promote_tui.core.releases.review import MemberReview, changed_resources
from promote_tui.core.releases.summary import review_plan
from promote_tui.core.runs.run import Outcome, Process
from promote_tui.core.text import list_first, short
from promote_tui.core.value import replace as changed
from promote_tui.engine.cells import read_cell
from promote_tui.engine.governance import Governance
from promote_tui.engine.planning.facts import require_reachable
from promote_tui.engine.planning.planner import discard_plan, make_draft, make_plan
from promote_tui.engine.process_log import log_exception
from promote_tui.engine.releases.hold import Held, Hold, require_open
from promote_tui.engine.releases.outsiders import note_event, require_untouched
from promote_tui.engine.releases.selection import deployed_commit, is_there
from promote_tui.engine.runs.control import start
from promote_tui.engine.runs.followed_run import FollowedRun, goes_on
from promote_tui.engine.verification import same_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.gates.model import Allowance
    from promote_tui.core.model.pipeline import Service, Stage, Target
    from promote_tui.core.planning.plan import ApprovedPlan, Draft, Plan
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
        """Prepare, start and follow the run, and return how it ended; trouble is an answer, never raised."""
        return self._answer(self._begin)

    def go_on(self) -> MemberEnded | MemberHeld:
        """Go on with a run that may have been started before, and return how it ended; trouble is an answer."""
        return self._answer(self._follow_late)

    def _begin(self) -> MemberEnded:
        if self._context.ledger.events(self.run):
            return self._follow_late()  # an earlier attempt has begun it
        return self._promote() if self.purpose == "promotion" else self._take_back()

    def _answer(self, work: Callable[[], MemberEnded]) -> MemberEnded | MemberHeld:
        try:
            return work()
        except Held as held:
            why = held.hold
            words = why.cause, why.remedy, why.review, why.found, why.losses
            return MemberHeld(self._context.clock.now(), self.service, why.why, *words)
        except PromoteError as error:
            return self._ended("not_submitted", _cause(error), error.remedy)
        except Exception as error:  # noqa: BLE001 - the release has to remember that it does not know how it ended
            log_exception()
            remedy = "see the log of the release, and `promote-tui runs`, then retry"
            return self._ended("unknown", f"unexpected {type(error).__name__}", remedy)

    def _follow_late(self) -> MemberEnded:
        """Return how a run ended that may be over for long; raises Held where the stage runs something else by now."""
        ended = self._follow()
        if ended.outcome != "verified" or self.purpose == "rollback":
            return ended
        now = commit_of(read_cell(self._context, self.governance.service(self.service).target(self.release.stage)))
        if now is not None and now != self._member.commit:
            cause = f"run {self.run} was verified, and {self.release.stage} runs {_name(now)} by now"
            raise Held(Hold("moved", cause, "retry to promote on top of it, or skip the service", found=now))
        return ended

    def _follow(self) -> MemberEnded:
        try:
            found = self._followed.settle()
            back = self._followed.settle_rollback(found) if found else None
        except PromoteError as error:
            return self._ended("unknown", _cause(error), error.remedy)
        if found is None:
            return self._ended("interrupted", "the process of the release ended before the run began")
        words = found.cause, found.remedy
        ended = self._went_back(found, back) if back else self._ended(_OUTCOMES[found.outcome], *words)
        return changed(ended, remains=self._remains_of(found, back))

    def _remains_of(self, *runs: Run | None) -> Remains:
        """Return what the stack runs after these runs of the release, the oldest first."""
        remains = self._progress.remains
        for run in filter(None, runs):
            remains = remains_of_run(run, self._member, remains)
        return remains

    def _went_back(self, failed: Run, back: Run) -> MemberEnded:
        """Return the end of a run that its stage has rolled back by itself."""
        if back.outcome is Outcome.VERIFIED:
            return self._ended("rolled_back", f"{failed.cause}; run {back.id} rolled it back", failed.remedy)
        cause = f"{failed.cause}; run {back.id}, which rolls it back, is {back.status.value}: {back.cause}"
        return self._ended("failed", cause, back.remedy)

    @property
    def _reviewed(self) -> MemberReview:
        """What a person has seen of what it would change."""
        return self._progress.accepted or self.release.reviews.get(self.service) or MemberReview()

    @property
    def _followed(self) -> FollowedRun:
        target = self.governance.service(self.service).target(self.release.stage)
        return FollowedRun(self.governance, self.me, target, self.run)

    @property
    def _context(self) -> Context:
        return self.governance.context

    @property
    def _member(self) -> Member:
        return self.release.member(self.service)

    @property
    def _progress(self) -> MemberProgress:
        return self.release.progress[self.service]

    def _promote(self) -> MemberEnded:
        context, service, stage = self.governance.governing(self.service, self.release.stage)
        given = tuple(override for name, override in self.release.overrides if name == self.service)
        options = PromotionOptions(overrides=given, release=self.release.name)
        draft = make_draft(context, service, stage, self._member.commit, options)
        require_reachable(draft.cell)
        if is_there(context, service, stage, draft):
            return self._ended("unchanged")
        self._require_unmoved(draft)
        self._require_needs(context)
        require_open(self.service, draft.packaging_blockers)
        return self._run(context, service, stage, draft, self._require_reviewed)

    def _require_unmoved(self, draft: Draft) -> None:
        """Raise Held where the stage runs a commit that is not the planned one, this one, or one that was agreed to.

        A stack that got stuck between two commits runs none: its gate says so.
        """
        if isinstance(draft.cell, Halfway):
            return
        planned, now = self._member.from_commit, deployed_commit(draft)
        if now not in self._ours:
            cause = f"{self.release.stage} runs {_name(now)} now, and ran {_name(planned)} when the release was planned"
            seen = note_event(self._context, draft.target, draft.cell, self._reviewed)
            raise Held(Hold("moved", cause, "retry to promote on top of it, or skip the service", seen, now))

    def _require_needs(self, context: Context) -> None:
        """Raise Held where a service that this one needs no longer runs what the release brought."""
        for name in self._member.needs:
            if self.release.progress[name].state not in {MemberState.VERIFIED, MemberState.UNCHANGED}:
                continue
            service, brought = self.governance.service(name), self.release.member(name).commit
            now = commit_of(require_reachable(read_cell(context, service.target(self.release.stage))))
            if now is None or not same_code(context, service, {now, brought})(now, brought):
                cause = f"it needs {name} on {short(brought)}, and {self.release.stage} runs {_name(now or '')} there"
                raise Held(Hold("blocked", cause, f"bring {name} back to it, then retry, or skip the service"))

    def _require_reviewed(self, plan: Plan) -> None:
        """Raise Held where other resources change than a person has seen, or where a gate is blocked."""
        reviewed = self._reviewed
        now = review_plan(plan, reviewed.typical_seconds)
        differs = changed_resources(reviewed, now)
        if differs:
            cause = f"it would change otherwise than it was reviewed: {list_first(differs)}"
            remedy = "look at it, then retry to accept it, or skip the service"
            raise Held(Hold("changed", cause, remedy, now, losses=self._losses(plan)))
        require_untouched(self._context, plan.draft.target, reviewed, now)
        self._require_allowed(plan)

    def _take_back(self) -> MemberEnded:
        """Roll back to what ran before the release, once the promotion is over."""
        self._settle_promotion()
        context, service, stage = self.governance.governing(self.service, self.release.stage)
        before = self._member.from_commit
        if not before:
            return self._take_away(context, service, stage)
        options = PromotionOptions("rollback", release=self.release.name)
        draft = make_draft(context, service, stage, before, options)
        if is_there(context, service, stage, draft):
            return self._ended("unchanged")
        self._require_ours(draft)
        require_open(self.service, draft.packaging_blockers)
        return self._run(context, service, stage, draft, self._require_allowed)

    def _require_allowed(self, plan: Plan) -> None:
        """Raise Held where a gate is blocked, or where nobody has allowed by name what may lose data."""
        require_open(self.service, plan.blocked_gates(self._confirmation(plan).allowances))

    def _losses(self, plan: Plan) -> tuple[Allowance, ...]:
        """Return what may lose its data by this plan, and was not allowed by name."""
        given = self._confirmation(plan).allowances
        return tuple(each for each in plan.missing_allowances if each not in given)

    def _require_ours(self, draft: Draft) -> None:
        """Raise Held where a rollback would undo what somebody else has brought since."""
        now = deployed_commit(draft)
        if isinstance(draft.cell, Halfway) or now in self._ours:
            return
        cause = f"{self.release.stage} runs {_name(now)} now, which this release did not bring"
        raise Held(Hold("moved", cause, "retry to roll that back, too, or skip the service", found=now))

    @property
    def _ours(self) -> set[str | None]:
        return {self._member.commit, self._member.from_commit, *self._progress.agreed}

    def _settle_promotion(self) -> None:
        if goes_on(self._context, self._progress.run):
            replace(self._followed, run=self._progress.run).settle()

    def _take_away(self, context: Context, service: Service, stage: Stage) -> MemberEnded:
        """Return that there is nothing to take back; raises UsageError where there is, but nothing to go back to."""
        before = self._member.from_commit
        if before is None and isinstance(read_cell(context, service.target(stage.name)), Never):
            return self._ended("unchanged")
        cause = "nothing ran there before the release" if before is None else "what ran there before is unknown"
        raise UsageError(f"{self.service}/{stage.name}", cause, "skip it to leave it as it is")

    def _run(
        self, context: Context, service: Service, stage: Stage, draft: Draft, check: Callable[[Plan], None]
    ) -> MemberEnded:
        plan = make_plan(context, draft, lambda _step: None)
        try:
            check(plan)
            approved = approve(plan, self._confirmation(plan), context.clock.now())
        except BaseException:
            discard_plan(context, plan.id)
            raise
        self._start(context, approved, service.target(stage.name))
        return self._follow()

    def _start(self, context: Context, approved: ApprovedPlan, target: Target) -> None:
        """Start the runner; raises DeployError where it died before it began, and frees the lock that it left."""
        self._followed.begin(lambda: start(context, approved, [target], self.run))

    def _confirmation(self, plan: Plan) -> Confirmation:
        """Return what was confirmed for the whole release, as this service's plan wants it."""
        phrase = confirmation_phrase(plan.draft.target, self.release.name)
        typed = next((each for each in self.release.typed if each == phrase), "")
        given = self.release.allowances_for(self.service, self.purpose)
        reason = self.release.confirmed.reason if self.release.confirmed else ""
        return Confirmation("yes" in self.release.typed or bool(typed), typed, reason, given)

    def _ended(self, outcome: MemberOutcome, cause: str = "", remedy: str = "") -> MemberEnded:
        now = self._context.clock.now()
        return MemberEnded(now, self.service, self.run, outcome, cause, remedy, self.purpose)


def _cause(error: PromoteError) -> str:
    """Return why a member is in trouble; of the ledger and the state folder, where: its row names the service alone."""
    return f"{error.subject}: {error.cause}" if isinstance(error, LedgerError) else error.cause


def _name(commit: str | None) -> str:
    return "nothing" if commit is None else short(commit) or "an unnamed commit"
