"""What single gates say, for tests of what is said."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.gates.decisions import Decision, DecisionKind
from promote_tui.core.gates.facts import GateFacts, PromotionFacts
from promote_tui.core.gates.gate import GateContext
from promote_tui.core.gates.model import GateResult
from promote_tui.core.gates.package import DataGate, ExportsGate, TemplateGate
from promote_tui.core.model.team_rules import Rules
from promote_tui.core.value import replace
from tests.support.values import ACCOUNT, DEPLOYER, NOW, STAGING, TARGET, A, B, deployed

if TYPE_CHECKING:
    from typing import Unpack

    from promote_tui.core.changes.model import ChangeReview
    from promote_tui.core.gates.gate import BlockDetails
    from promote_tui.core.gates.model import Allowance
    from promote_tui.core.runs.verification import Verification

FACTS = PromotionFacts(TARGET, STAGING, B, "dev", None, ("develop",), deployed(A), DEPLOYER, ACCOUNT)


def review_gates(review: ChangeReview, allowances: tuple[Allowance, ...] = (), *names: str) -> tuple[GateResult, ...]:
    """What the gates of a review say (by their names; without any: all of them): the template, data, exports."""
    context = GateContext(replace(FACTS, review=review, allowances=allowances), GateFacts(NOW))
    found = (gate.check(context) for gate in (TemplateGate(), DataGate(), ExportsGate()))
    return tuple(each for each in found if each is not None and (not names or each.name in names))


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SSO = "arn:aws:sts::333333333333:assumed-role/AWSReservedSSO_{}_0123456789abcdef/{}"
ME = SSO.format("Developer", "ana@example.com")
RULES = Rules()


def decision(kind: DecisionKind, who: str, *, role: str = "Developer", minutes: int = 60, **more: object) -> Decision:
    """What somebody decided some minutes ago."""
    arn = SSO.format(role, f"{who}@example.com")
    return replace(Decision(NOW - minutes * MINUTE, kind, "orders", "prod", A, who, arn), **more)  # type: ignore[arg-type]


def context(
    rules: Rules, *decisions: Decision, verification: Verification | None = None, **more: object
) -> GateContext:
    """What a gate is asked about: orders into prod, by ana."""
    facts = replace(GateFacts(NOW, decisions, promoter=ME), **more)  # type: ignore[arg-type]
    stage = replace(STAGING, name="prod", rules=rules)
    target = replace(TARGET, stage="prod")
    return GateContext(
        PromotionFacts(target, stage, A, "staging", verification, ("main",), deployed(A), DEPLOYER), facts
    )


def one(result: GateResult | None) -> GateResult:
    """The result, which is there: an open gate says why, a closed one also what to do about it."""
    assert result is not None
    assert result.reason
    assert result.passed is not bool(result.remedy)
    return result


def passes(name: str, reason: str, *, warns: bool = False) -> GateResult:
    """What a gate says that passes."""
    return GateResult(name, passed=True, reason=reason, warns=warns)


def blocked(name: str, reason: str, remedy: str, **opening: Unpack[BlockDetails]) -> GateResult:
    """What a blocked gate says, and what unblocks it."""
    return GateResult(name, passed=False, reason=reason, remedy=remedy, **opening)
