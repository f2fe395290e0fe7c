"""The gates on where a commit comes from: the stage that verified it, and the branches that hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.gate import FORWARD, Gate
from promote_tui.core.git.branches import is_allowed
from promote_tui.core.next_steps import NextStep
from promote_tui.core.runs.verification import NothingOnRecord, NotVerified, ObservedDeploy, RollbackRefusal, VerifiedBy
from promote_tui.core.text import short
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.core.gates.facts import PromotionFacts
    from promote_tui.core.gates.gate import GateContext
    from promote_tui.core.gates.model import GateResult, Opener
    from promote_tui.core.runs.verification import RollbackVerification


class BreakGlassGate(Gate):
    """The team's ledger is out of reach, and a person rolls back all the same."""

    name = "break glass"

    def check(self, context: GateContext) -> GateResult | None:
        """Return a warning where a person goes on without the ledger; else None."""
        if not context.options.break_glass:
            return None
        words = "the team's ledger is out of reach: locks, holds and vetoes of others are unknown"
        return self.allow(words, warns=True)


class VerifiedHereGate(Gate):
    """A rollback goes to code that was verified in the stage itself, or that the record says nothing about."""

    name = "verified here"
    kinds = frozenset({"rollback"})
    on_record = True

    def check(self, context: GateContext) -> GateResult:
        """Return whether the code ran well in this stage."""
        stage = context.stage
        match context.rollback_verification:
            case VerifiedBy(run=run):
                return self.allow(f"verified in {stage} by run {run}")
            case ObservedDeploy(since=None):
                return self.allow(f"it ran in {stage} before the first run on record")
            case ObservedDeploy():
                return self.allow(f"it runs in {stage} now")
            case NothingOnRecord() as found:
                words = f"nothing {'else ' if found.except_current else ''}is on record as verified in {stage}"
                return self.allow(f"{words}: unknown whether it worked there", warns=True)
            case here:
                return self._refused(context, here)

    def _refused(self, context: GateContext, here: NotVerified | RollbackRefusal | None) -> GateResult:
        reason = here.reason if here else f"unknown whether it was verified in {context.stage}"
        remedy, step = _way_back(context.promotion, here)
        opener: Opener = "person" if step.kind == "adopt" else "another commit"
        return self.block(reason, remedy, step=step, opened_by=opener)


def _way_back(facts: PromotionFacts, here: RollbackVerification | None) -> tuple[str, NextStep]:
    """Return the way back where this code is refused: a command and a next step."""
    service, stage = facts.target.service, facts.stage.name
    back = f"promote-tui rollback {service} --stage {stage}"
    match here:
        case RollbackRefusal(instead="adopt"):
            return f"promote-tui adopt {service} {stage} --commit REV", NextStep("adopt", (stage,))
        case RollbackRefusal(instead="older"):
            return f"{back} --commit REV, older than what runs there", NextStep("older")
        case _:
            return back, NextStep("choose", (stage,))


class StageOrderGate(Gate):
    """The commit, or one with the same service tree, is verified in the stage before."""

    name = "stage order"
    kinds = FORWARD

    def check(self, context: GateContext) -> GateResult:
        """Return whether the code is verified in the stage before; a hotfix names the stages that it leaves out."""
        found, options = self._order(context.promotion), context.options
        if options.kind != "hotfix" or not options.skipped:
            return found
        words = f"a hotfix that skips {' and '.join(options.skipped)}; {found.reason}"
        return replace(found, reason=words, warns=found.passed)

    def _order(self, facts: PromotionFacts) -> GateResult:
        match facts.verification:
            case None:
                return self.allow(f"{facts.stage.name} is the first stage")
            case VerifiedBy(run=run, commit=commit):
                return self.allow(f"verified in {facts.before} by run {run}{_same_code(commit, facts)}")
            case ObservedDeploy(commit=commit):
                return self.allow(f"runs in {facts.before}{_same_code(commit, facts)}")
            case NotVerified(reason=reason):
                step = NextStep("promote", (facts.before,)) if facts.before else None
                return self.block(reason, f"promote it to {facts.before} first", step=step)


def _same_code(verified: str, facts: PromotionFacts) -> str:
    return "" if verified == facts.commit else f" as {short(verified)}, the same code"


class BranchGate(Gate):
    """The commit is on a branch that the stage allows."""

    name = "branch"
    kinds = FORWARD

    def check(self, context: GateContext) -> GateResult:
        """Return which of the commit's branches the stage allows."""
        facts = context.promotion
        fitting = [branch for branch in facts.containing if is_allowed(facts.stage, branch)]
        if fitting:
            return self.allow(f"on {fitting[0]}, which {facts.stage.name} allows")
        where = f"only on {', '.join(facts.containing[:3])}" if facts.containing else "on no branch"
        reason = f"{short(facts.commit)} is {where}; {facts.stage.name} allows {', '.join(facts.stage.branches)}"
        remedy = f"merge it into {' or '.join(facts.stage.branches)} first"
        return self.block(reason, remedy, step=NextStep("choose"))


GATES = (BreakGlassGate(), VerifiedHereGate(), StageOrderGate(), BranchGate())
