"""The gates on what a package would change: the template, data, exports, and the artifact itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.gate import FORWARD, Gate
from promote_tui.core.gates.model import Allowance

if TYPE_CHECKING:
    from promote_tui.core.changes.model import ChangeReview
    from promote_tui.core.gates.gate import GateContext
    from promote_tui.core.gates.model import GateResult


class TemplateGate(Gate):
    """CloudFormation accepts the template; the gate is left out unless CloudFormation refused it."""

    name = "template"

    def check(self, context: GateContext) -> GateResult | None:
        """Return CloudFormation's refusal; None where there is none."""
        review = context.promotion.review
        if review is None or not review.refused:
            return None
        return self.block(f"CloudFormation refuses it: {review.refused}", "fix the service's template, then plan again")


class DataGate(Gate):
    """No resource that holds data is replaced or removed, unless a person allows it by its name."""

    name = "data"

    def check(self, context: GateContext) -> GateResult | None:
        """Return what would be lost and is not allowed yet; None for a draft."""
        review = context.promotion.review
        if review is None:
            return None
        wanted = (
            *(Allowance("replace", each) for each in review.replaced_data),
            *(Allowance("remove", each) for each in review.removed_data),
        )
        missing = tuple(each for each in wanted if each not in context.promotion.allowances)
        if not wanted:
            return self._nothing(review)
        if not missing:
            return self.allow(f"allowed by name: {', '.join(map(str, wanted))}")
        remedy = f"type its name, or pass {' '.join(map(str, missing))}"
        return self.block("; ".join(_lost(review, each) for each in missing), remedy, missing_allowances=missing)

    def _nothing(self, review: ChangeReview) -> GateResult:
        if review.unknown:
            return self.block(review.unknown, "fix what keeps the changes unknown, then plan again")
        return self.allow("nothing that holds data is replaced or removed")


def _lost(review: ChangeReview, allowance: Allowance) -> str:
    found = next(each for each in review.changes if each.logical_id == allowance.logical_id)
    may = "may be" if found.replacement == "conditional" and allowance.kind == "replace" else "would be"
    after = "it stays in the account, outside the stack" if found.kept else "its data is lost"
    done = "replaced" if allowance.kind == "replace" else "removed"
    return f"{found.logical_id} ({found.resource_type}) {may} {done}: {after}"


class ExportsGate(Gate):
    """No export that another stack imports is removed."""

    name = "exports"

    def check(self, context: GateContext) -> GateResult | None:
        """Return who imports the exports that would be removed; None where none would."""
        review = context.promotion.review
        if review is None or not review.exports:
            return None
        used = [each for each in review.exports if each.importers]
        if used:
            told = "; ".join(f"{each.name} is imported by {', '.join(each.importers or ())}" for each in used)
            remedy = "keep the export until nothing imports it; CloudFormation would refuse the update"
            return self.block(f"it would be removed, but {told}", remedy)
        unasked = [each.name for each in review.exports if each.importers is None]
        if unasked:
            told = f"{', '.join(unasked)} would be removed, but its importers are unknown"
            return self.block(told, "allow cloudformation:ListImports, then plan again")
        return self.allow(f"{', '.join(each.name for each in review.exports)} is removed; no stack imports it")


class SameArtifactGate(Gate):
    """Where the stage requires it, the artifact is the one that was verified in the stage before."""

    name = "same artifact"
    overridable = True
    kinds = FORWARD

    def check(self, context: GateContext) -> GateResult | None:
        """Return how the package compares with what was verified; None where there is nothing to compare."""
        facts, found = context.promotion, context.promotion.artifact
        if found is None or facts.before is None:
            return None
        if found.sameness == "equal" or facts.stage.same_artifact == "warn":
            return self.allow(found.reason, warns=found.sameness != "equal")
        return self.block(found.reason, found.remedy or f"promote this commit to {facts.before} again, then here")


GATES = (TemplateGate(), DataGate(), ExportsGate(), SameArtifactGate())
