"""All gates together: by the kind of promotion, and what a person may pass over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.gates.decisions import Decision
from promote_tui.core.gates.evaluate import evaluate_gates
from promote_tui.core.gates.facts import GateFacts, PromotionFacts
from promote_tui.core.gates.gate import GateContext
from promote_tui.core.gates.options import Override, PromotionOptions
from promote_tui.core.model.policy_source import PolicyOrigin
from promote_tui.core.model.team_rules import Approvals, Dates, Rules
from promote_tui.core.runs.verification import NotVerified, ObservedDeploy, VerifiedBy
from promote_tui.core.value import replace
from tests.support.gates import passes
from tests.support.values import ACCOUNT, DEPLOYER, NOW, STAGING, TARGET, A, B, deployed

if TYPE_CHECKING:
    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.runs.verification import RollbackVerification

FACTS = PromotionFacts(
    TARGET, STAGING, B, "dev", VerifiedBy("k3", B, NOW), ("develop",), deployed(A), DEPLOYER, ACCOUNT
)
FROZEN = Dates("2026-03-20", "2026-03-20", "UTC", "audit")
RULES = Rules(
    soak=3600,
    approvals=Approvals(),
    checks=(("npm", "test"),),
    checklist=("QA",),
    freeze=(FROZEN,),
    alarms=("errors",),
)
NORMAL = PromotionOptions()
ME, BEN, EVE = (f"arn:aws:iam::{ACCOUNT}:user/{name}" for name in ("ana", "ben", "eve"))


def approval(arn: str) -> Decision:
    """An approval of this commit."""
    return Decision(NOW, "approve", "orders", "staging", B, arn.rpartition("/")[2], arn)


def asked(
    rules: Rules,
    facts: GateFacts,
    options: PromotionOptions,
    here: RollbackVerification | None,
    promotion: PromotionFacts = FACTS,
) -> GateContext:
    """What the gates are asked about: a promotion into a stage with these rules."""
    return GateContext(replace(promotion, stage=replace(promotion.stage, rules=rules)), facts, options, here)


def results(
    rules: Rules = RULES, options: PromotionOptions = NORMAL, facts: PromotionFacts = FACTS, *decisions: Decision
) -> dict[str, GateResult]:
    """Every gate's result by its name."""
    it = GateFacts(NOW, decisions, promoter=ME)
    return {each.name: each for each in evaluate_gates(asked(rules, it, options, ObservedDeploy(B, NOW), facts))}


def test_a_normal_promotion_is_asked_for_everything() -> None:
    wanted = ["soak", "freeze", "checks", "checklist", "alarms", "approvals"]
    found = results()
    assert [name for name, each in found.items() if not each.passed] == wanted
    assert all(each.reason and (each.passed or each.remedy) for each in found.values())


def test_without_rules_there_are_only_the_gates_of_every_promotion() -> None:
    assert list(results(Rules())) == ["stage order", "branch", "stack", "account"]


def test_a_rollback_is_not_held_up_by_time_order_and_checks() -> None:
    hold = Decision(NOW, "hold", "orders", "staging", None, "ben", BEN, "incident", expires_at=NOW + timedelta(hours=1))
    closed_order = replace(FACTS, verification=NotVerified("never"), containing=())
    found = results(RULES, PromotionOptions("rollback"), closed_order, hold, approval(BEN))
    assert list(found) == ["verified here", "stack", "account", "hold", "approvals"]
    assert all(each.passed for each in found.values())
    words = "on hold by ben since Fri 20 Mar 12:00 UTC, until Fri 20 Mar 13:00 UTC: incident"
    assert found["hold"] == passes("hold", words, warns=True)


def test_a_veto_holds_a_rollback_up_too() -> None:
    veto = Decision(NOW, "veto", "orders", None, B, "ben", BEN, "loses money")
    assert not results(Rules(), PromotionOptions("rollback"), FACTS, veto)["veto"].passed


def test_a_hotfix_names_the_stages_it_leaves_out_and_wants_one_approval_more() -> None:
    rules = Rules(approvals=Approvals())
    options = PromotionOptions("hotfix", ("qa",))
    order = results(rules, options)["stage order"]
    assert (order.passed, order.warns) == (True, True)
    assert order.reason == "a hotfix that skips qa; verified in dev by run k3"
    never = replace(FACTS, verification=NotVerified("never verified in dev"))
    assert not results(rules, options, never)["stage order"].passed
    assert results(rules, options, FACTS, approval(BEN))["approvals"].reason == "1 of 2 approvals by ben"
    assert results(rules, options, FACTS, approval(BEN), approval(EVE))["approvals"].passed
    assert results(Rules(), options)["approvals"].reason == "0 of 1 approval so far"


@pytest.mark.parametrize("rule", ["soak", "freeze", "approvals"])
def test_an_override_passes_what_may_be_passed_over_and_says_so(rule: str) -> None:
    options = PromotionOptions(overrides=(Override(rule, "the shop is down"),))
    refused = results(RULES, options)[rule]
    assert (refused.passed, refused.overridable) == (False, False)
    passed = results(replace(RULES, overridable=(rule,)), options)[rule]
    assert (passed.passed, passed.warns, passed.overridable) == (True, True, True)
    assert passed.reason == f"overridden: the shop is down; {refused.reason}"
    assert (passed.overridden, passed.remedy, passed.step, passed.opens_at) == ("the shop is down", "", None, None)
    assert not results(replace(RULES, overridable=(rule,)))[rule].passed


def test_a_package_can_be_made_and_read_while_only_people_or_time_are_waited_for() -> None:
    veto = Decision(NOW, "veto", "orders", None, B, "ben", BEN)
    closed = replace(FACTS, account="999999999999", containing=())
    found = results(
        replace(RULES, overridable=("freeze",)), PromotionOptions(overrides=(Override("freeze", "now"),)), closed, veto
    )
    assert {name for name, each in found.items() if each.allows_review} == {
        "soak",
        "checks",
        "checklist",
        "alarms",
        "approvals",
    }
    assert {name for name, each in found.items() if not (each.passed or each.allows_review)} == {
        "branch",
        "account",
        "veto",
    }
    glass = PromotionOptions("rollback", break_glass=True)
    assert not [name for name, each in results(RULES, glass).items() if each.allows_review]


def test_a_gate_that_only_warns_in_a_rollback_says_what_it_says_elsewhere() -> None:
    origin = PolicyOrigin("remote", ref="origin/main", sha="1a2b3c4" + "0" * 33, differs=("prod: soak",))
    fine, behind = (
        GateFacts(NOW, policy=origin),
        GateFacts(NOW, policy=origin, remote_advanced="origin/main has gone on"),
    )
    told = "as on origin/main@1a2b3c4; your file differs, which has no effect: prod: soak"
    for facts, words in ((fine, told), (behind, f"origin/main has gone on; {told}")):
        found = evaluate_gates(asked(RULES, facts, PromotionOptions("rollback"), ObservedDeploy(B, NOW)))
        assert next(each for each in found if each.name == "policy") == passes("policy", words, warns=True)
    quiet = GateFacts(NOW, policy=replace(origin, differs=()))
    found = evaluate_gates(asked(RULES, quiet, PromotionOptions("rollback"), ObservedDeploy(B, NOW)))
    assert next(each for each in found if each.name == "policy") == passes("policy", "as on origin/main@1a2b3c4")


def test_a_gate_that_is_open_is_not_passed_over() -> None:
    rules = Rules(soak=60, overridable=("soak",))
    old = replace(FACTS, verification=VerifiedBy("k3", B, NOW - timedelta(hours=1)))
    found = results(rules, PromotionOptions(overrides=(Override("soak", "in a hurry"),)), old)["soak"]
    assert (found.passed, found.reason) == (True, "verified 1h ago; 1m required")


def test_no_override_opens_the_gates_of_every_promotion() -> None:
    closed = replace(FACTS, account="999999999999")
    options = PromotionOptions(overrides=(Override("account", "trust me"),))
    assert not results(replace(RULES, overridable=("soak",)), options, closed)["account"].passed


def test_breaking_the_glass_opens_what_only_the_ledger_knows_and_says_so() -> None:
    rules = Rules(approvals=Approvals(), signed=True)
    options = PromotionOptions("rollback", break_glass=True)
    found = {each.name: each for each in evaluate_gates(asked(rules, GateFacts(NOW), options, None))}
    assert found["break glass"].warns
    for name in ("verified here", "approvals"):
        gate = found[name]
        assert (gate.passed, gate.warns, gate.reason) == (True, True, "unknown without the team's ledger")
        assert (gate.remedy, gate.step) == ("", None)
    back = PromotionOptions("rollback")
    closed = {each.name for each in evaluate_gates(asked(rules, GateFacts(NOW), back, None)) if not each.passed}
    assert closed >= {"verified here", "approvals"}
