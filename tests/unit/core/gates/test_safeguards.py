"""The gates of safeguards: whether they block, warn or pass, and what they say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.gates.evaluate import evaluate_gates
from promote_tui.core.gates.facts import GateFacts
from promote_tui.core.gates.gate import GateContext
from promote_tui.core.gates.options import Override, PromotionOptions
from promote_tui.core.gates.safeguards import SafeguardCommandsGate, VpcGate
from promote_tui.core.model.team_rules import Rules, SafeguardLevel
from promote_tui.core.safeguards.model import Finding, SafeguardResult
from promote_tui.core.value import replace
from tests.support.gates import FACTS, blocked, passes
from tests.support.values import NOW, STAGING

if TYPE_CHECKING:
    from promote_tui.core.gates.model import GateResult

FIX = "fix it in the service, then plan again: see docs/safeguards.md"
F, G = Finding("F", "is in no VPC"), Finding("G", "its VPC is known only to the deploy", unknown=True)


def asked(*results: SafeguardResult, options: PromotionOptions | None = None) -> GateContext:
    """What the gates are asked about a package in which safeguards have found this."""
    stage = replace(STAGING, rules=Rules(overridable=("vpc",)))
    facts = replace(FACTS, stage=stage, safeguards=results)
    return GateContext(facts, GateFacts(NOW), options or PromotionOptions())


def vpc(level: SafeguardLevel, *findings: Finding) -> SafeguardResult:
    """What the safeguard vpc has found."""
    return SafeguardResult("vpc", level, findings)


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (None, None),
        (SafeguardResult("runtimes", "require", (F,)), None),
        (vpc("require"), passes("vpc", "nothing found")),
        (vpc("warn", F), passes("vpc", "F: is in no VPC", warns=True)),
        (vpc("require", F), blocked("vpc", "F: is in no VPC", FIX)),
        (vpc("require", G), blocked("vpc", "G: its VPC is known only to the deploy: not checked", FIX)),
        (
            vpc("require", G, F),
            blocked("vpc", "F: is in no VPC, G: its VPC is known only to the deploy: not checked", FIX),
        ),
    ],
)
def test_a_gate_says_what_its_safeguard_found(result: SafeguardResult | None, says: GateResult | None) -> None:
    assert VpcGate().check(asked(*([result] if result else []))) == says


def test_commands_are_one_gate_and_the_strictest_that_failed_decides() -> None:
    name = "safeguard_commands"
    quiet, loud = Finding("guard", "ended with exit code 1"), Finding("owners", "ended with exit code 3")
    warned, failed = SafeguardResult(name, "warn", (quiet,)), SafeguardResult(name, "require", (loud,))
    fine = SafeguardResult(name, "require")
    gate = SafeguardCommandsGate()
    assert gate.check(asked(fine)) == passes(gate.name, "nothing found")
    assert gate.check(asked(warned, fine)) == passes(gate.name, "guard: ended with exit code 1", warns=True)
    both = "guard: ended with exit code 1, owners: ended with exit code 3"
    assert gate.check(asked(warned, failed)) == blocked(gate.name, both, FIX)


def said(context: GateContext) -> GateResult:
    """What the gate vpc comes to among all gates."""
    return next(each for each in evaluate_gates(context) if each.name == "vpc")


def test_a_rollback_is_only_warned() -> None:
    found = said(asked(vpc("require", F), options=PromotionOptions("rollback")))
    assert (found.passed, found.warns, found.reason) == (True, True, "F: is in no VPC")


def test_a_stage_may_let_people_override_it_and_the_plan_can_be_read_meanwhile() -> None:
    found = said(asked(vpc("require", F)))
    assert (found.passed, found.overridable, found.allows_review) == (False, True, True)
    given = PromotionOptions(overrides=(Override("vpc", "moves next week"),))
    assert said(asked(vpc("require", F), options=given)).overridden == "moves next week"
