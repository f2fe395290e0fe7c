"""What is signed off for a release as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.gates.decisions import Decision, DecisionKind
from promote_tui.core.model.pipeline import Aws, Stage
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.releases.sign_offs import ReleaseSignOff, join_sign_offs, judge_sign_offs
from tests.unit.core.releases.test_schedule import AT

if TYPE_CHECKING:
    from promote_tui.core.releases.sign_offs import MemberSignOffs

RULES = Rules(approvals=Approvals(1), checklist=("QA", "Support"))
PROD = Stage("prod", Aws("eu-west-1", "333333333333", "acme-prod"), rules=RULES)
ANA = "arn:aws:iam::333333333333:user/ana"


def decision(kind: DecisionKind, who: str, item: str = "") -> Decision:
    arn = f"arn:aws:iam::333333333333:user/{who}"
    return Decision(AT, kind, "any", "prod", "a" * 40, who, arn, item=item)


def read(service: str, *decisions: Decision, rules: Rules = RULES) -> MemberSignOffs:
    stage = Stage("prod", Aws("eu-west-1", "333333333333", "acme-prod"), rules=rules)
    return judge_sign_offs(service, stage, decisions, ANA)


BOB, BOBS_TICK = decision("approve", "bob"), decision("check", "mia", "QA")


def test_what_is_given_for_every_service_is_given() -> None:
    found = join_sign_offs([read("orders", BOB, BOBS_TICK), read("billing", BOB, BOBS_TICK)])
    assert [(each.kind, each.name, each.is_given, each.words) for each in found] == [
        ("approvals", "approvals", True, "by bob"),
        ("item", "QA", True, "by mia"),
        ("item", "Support", False, "missing"),
    ]


def test_what_is_given_for_some_says_for_whom_it_is_missing() -> None:
    approvals, qa, _ = join_sign_offs([read("orders", BOB, BOBS_TICK), read("billing"), read("web")])
    assert (approvals.given, approvals.missing) == (("orders",), ("billing", "web"))
    assert approvals.words == "missing for billing, web: 0 of 1 approval so far (by bob for the others)"
    assert qa.words == "missing for billing, web (by mia for the others)"


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("ana", "missing: 0 of 1 approval so far; that of who promotes does not count"),
        ("zoe", "missing: 0 of 1 approval of leads so far; zoe not of leads"),
    ],
)
def test_an_approval_that_does_not_count_says_why(who: str, words: str) -> None:
    rule = Approvals(1, people=("bob",), groups=("leads",)) if who == "zoe" else Approvals(1)
    found = read("orders", decision("approve", who), rules=Rules(approvals=rule))
    assert join_sign_offs([found])[0].words == words


def test_services_without_rules_ask_for_nothing() -> None:
    assert join_sign_offs([read("orders", rules=Rules())]) == ()


def test_a_service_whose_stage_asks_for_less_is_not_missing() -> None:
    (found,) = join_sign_offs([read("orders", rules=Rules(checklist=("QA",))), read("web", rules=Rules())])
    assert found == ReleaseSignOff("item", "QA", (), ("orders",), ())
