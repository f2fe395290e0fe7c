"""Each gate of every promotion, open and closed, with its reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promote_tui.core import wildcard
from promote_tui.core.gates.evaluate import evaluate_gates
from promote_tui.core.gates.facts import GateFacts, PromotionFacts
from promote_tui.core.gates.gate import GateContext
from promote_tui.core.gates.package import SameArtifact as SameArtifactGate
from promote_tui.core.model.pipeline import InProgress, Never, SameArtifact, Unreachable
from promote_tui.core.next_steps import NextStep
from promote_tui.core.package.artifact_diff import Comparison, Sameness
from promote_tui.core.package.package import Package, ResolvedTarget
from promote_tui.core.runs.verification import NotVerified, Observed, VerifiedBy
from promote_tui.core.value import replace
from tests.support.values import ACCOUNT, NOW, STAGING, TARGET, A, B, C, deployed, stack

if TYPE_CHECKING:
    from promote_tui.core.gates.model import GateResult

PACKAGE = Package(
    "/p", (("a.zip", "0"),), "c", ResolvedTarget("orders", "staging", "eu-west-1", "orders-staging"), True
)
OPEN = PromotionFacts(
    target=TARGET,
    stage=STAGING,
    commit=B,
    before="dev",
    verification=VerifiedBy("g1", B, NOW),
    containing=("feature/x", "develop"),
    cell=deployed(A),
    account=ACCOUNT,
    package=PACKAGE,
)


def context(facts: PromotionFacts) -> GateContext:
    """What the gates are asked about, where a stage has no rules of its own."""
    return GateContext(facts, GateFacts(NOW))


def evaluate(facts: PromotionFacts) -> tuple[GateResult, ...]:
    """What the gates of every promotion say."""
    return evaluate_gates(context(facts))


def same_artifact(facts: PromotionFacts) -> GateResult | None:
    """What the gate of the artifact says."""
    return SameArtifactGate().check(context(facts))


def closed(facts: PromotionFacts) -> dict[str, str]:
    """The gates that are closed, with their reasons."""
    return {gate.name: gate.reason for gate in evaluate(facts) if not gate.passed}


def test_with_good_facts_every_gate_is_open_and_says_why() -> None:
    gates = evaluate(OPEN)
    assert [gate.name for gate in gates] == ["stage order", "branch", "stack", "account", "target", "commit output"]
    assert all(gate.passed and gate.reason for gate in gates)


def test_a_draft_has_no_gates_that_need_a_package() -> None:
    names = [gate.name for gate in evaluate(replace(OPEN, package=None))]
    assert names == ["stage order", "branch", "stack", "account"]


@pytest.mark.parametrize(
    ("verdict", "rule", "passed", "warns"),
    [
        ("equal", "warn", True, False),
        ("different", "warn", True, True),
        ("unknown", "warn", True, True),
        ("equal", "require", True, False),
        ("different", "require", False, False),
        ("unknown", "require", False, False),
    ],
)
def test_another_artifact_warns_and_is_refused_where_the_same_is_required(
    verdict: Sameness, rule: SameArtifact, *, passed: bool, warns: bool
) -> None:
    facts = replace(OPEN, stage=replace(STAGING, same_artifact=rule), artifact=Comparison(verdict, "because"))
    gate = same_artifact(facts)
    assert gate is not None
    assert (gate.passed, gate.warns, gate.reason) == (passed, warns, "because")
    assert gate.remedy == ("" if passed else "promote this commit to dev again, then here")
    told = replace(facts, artifact=Comparison(verdict, "because", remedy="do that"))
    other = same_artifact(told)
    assert other is not None
    assert other.remedy == ("" if passed else "do that")


def test_without_a_stage_before_or_anything_to_compare_there_is_no_gate_of_the_artifact() -> None:
    assert same_artifact(replace(OPEN, artifact=None)) is None
    assert same_artifact(replace(OPEN, before=None, artifact=Comparison("equal", "because"))) is None


ELSEWHERE = replace(stack(A), id="arn:aws:cloudformation:eu-west-1:999999999999:stack/orders-staging/1")
CLOSED = [
    (replace(OPEN, verification=NotVerified("bbbbbbb was never verified in dev")), "stage order", "never verified"),
    (replace(OPEN, containing=("feature/x",)), "branch", "bbbbbbb is only on feature/x; staging allows develop, main"),
    (replace(OPEN, containing=()), "branch", "on no branch"),
    (replace(OPEN, containing=("developer",)), "branch", "only on developer"),
    (replace(OPEN, cell=deployed(A, "UPDATE_ROLLBACK_FAILED")), "stack", "UPDATE_ROLLBACK_FAILED"),
    (replace(OPEN, cell=InProgress(TARGET, stack(A, "UPDATE_IN_PROGRESS"), A)), "stack", "UPDATE_IN_PROGRESS"),
    (replace(OPEN, cell=Never(TARGET, stack(None, "ROLLBACK_COMPLETE"))), "stack", "ROLLBACK_COMPLETE"),
    (replace(OPEN, cell=Unreachable(TARGET, "the token is expired", "log in")), "stack", "the token is expired"),
    (replace(OPEN, account="999999999999"), "account", "for account 999999999999, staging is 222222222222"),
    (replace(OPEN, account=None, account_problem="no credentials"), "account", "no credentials"),
    (replace(OPEN, cell=replace(deployed(A), stack=ELSEWHERE)), "account", "the stack is in account 999999999999"),
    (
        replace(OPEN, package=replace(PACKAGE, resolved=ResolvedTarget("orders", "staging", "eu-west-1", "other"))),
        "target",
        "stack other, not orders-staging",
    ),
    (
        replace(OPEN, package=replace(PACKAGE, resolved=ResolvedTarget("o", "dev", "eu-west-2", "orders-staging"))),
        "target",
        "stage dev, not staging; region eu-west-2, not eu-west-1",
    ),
    (replace(OPEN, package=replace(PACKAGE, reports_commit=False)), "commit output", "would not report"),
]


@pytest.mark.parametrize(("facts", "gate", "reason"), CLOSED, ids=[f"{row[1]}: {row[2]}" for row in CLOSED])
def test_a_closed_gate_says_why(facts: PromotionFacts, gate: str, reason: str) -> None:
    found = closed(facts)
    assert list(found) == [gate]
    assert reason in found[gate]


@pytest.mark.parametrize("row", CLOSED, ids=[row[2] for row in CLOSED])
def test_a_closed_gate_says_what_to_do(row: tuple[PromotionFacts, str, str]) -> None:
    assert all(gate.remedy for gate in evaluate(row[0]) if not gate.passed)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (replace(OPEN, before=None, verification=None), "staging is the first stage"),
        (replace(OPEN, verification=Observed(B, NOW)), "runs in dev"),
        (replace(OPEN, verification=VerifiedBy("g1", C, NOW)), "verified in dev by run g1 as ccccccc, the same code"),
    ],
)
def test_the_stage_order_tells_where_its_trust_comes_from(facts: PromotionFacts, says: str) -> None:
    gate = evaluate(facts)[0]
    assert gate.passed
    assert gate.reason == says


def test_a_stack_that_does_not_exist_will_be_created() -> None:
    assert not closed(replace(OPEN, cell=Never(TARGET)))


@pytest.mark.parametrize(
    ("pattern", "branch", "fits"),
    [
        ("*", "anything/at/all", True),
        ("main", "main", True),
        ("main", "maintenance", False),
        ("feature/*", "feature/a/b", True),
        ("feature/*", "feature", False),
        ("*-rc", "v1-rc", True),
        ("*-rc", "v1-rc2", False),
        ("release/*/hot*", "release/1/2/hotfix", True),
        ("a*a", "a", False),
        ("a*b*c", "abc", True),
        ("a*b*c", "acb", False),
        ("ma[i]n", "main", False),
        ("", "main", False),
    ],
)
def test_a_star_matches_slashes_too_and_nothing_else_is_special(pattern: str, branch: str, fits: bool) -> None:
    assert wildcard.matches(pattern, branch) is fits


@given(st.text("ab/*", max_size=8), st.text("ab/", max_size=10))
def test_patterns_match_as_their_regular_expression_does(pattern: str, branch: str) -> None:

    oracle = re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), branch) is not None
    assert wildcard.matches(pattern, branch) is oracle


@pytest.mark.parametrize(
    ("facts", "name", "step"),
    [
        (replace(OPEN, verification=NotVerified("never")), "stage order", NextStep("promote", ("dev",))),
        (replace(OPEN, containing=("feature/x",)), "branch", NextStep("choose")),
        (replace(OPEN, account=None), "account", NextStep("login")),
        (replace(OPEN, cell=Unreachable(TARGET, "expired", "log in", login=True)), "stack", NextStep("login")),
        (replace(OPEN, cell=Unreachable(TARGET, "no answer", "wait")), "stack", NextStep("again")),
        (replace(OPEN, cell=deployed(A, "UPDATE_ROLLBACK_FAILED")), "stack", NextStep("console")),
        (replace(OPEN, cell=deployed(A, "UPDATE_IN_PROGRESS")), "stack", None),
    ],
)
def test_the_next_step_of_a_closed_gate_is_a_value_too(facts: PromotionFacts, name: str, step: NextStep | None) -> None:
    (result,) = (gate for gate in evaluate(facts) if gate.name == name)
    assert (result.passed, result.step) == (False, step)
