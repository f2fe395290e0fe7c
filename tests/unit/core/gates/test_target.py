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
from promote_tui.core.gates.package import SameArtifactGate
from promote_tui.core.model.cells import Deployed, InProgress, Never, Unreachable
from promote_tui.core.next_steps import NextStep
from promote_tui.core.package.artifact_diff import Comparison, Sameness
from promote_tui.core.package.package import Package, ResolvedTarget
from promote_tui.core.runs.verification import VerifiedBy
from promote_tui.core.value import replace
from tests.support.gates import blocked, passes
from tests.support.values import ACCOUNT, DEPLOYER, NOW, STAGING, TARGET, A, B, deployed, stack

if TYPE_CHECKING:
    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.model.pipeline import SameArtifact

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
    deployer=DEPLOYER,
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


WAIT = "wait until CloudFormation has finished, then refresh"
PROFILE = "fix the stage's profile"
SERVERLESS = "fix serverless.yml or the configuration"


def elsewhere(stack_id: str) -> Deployed:
    """A cell whose stack has another id."""
    return replace(deployed(A), stack=replace(stack(A), id=stack_id))


CLOSED = [
    (
        replace(OPEN, cell=deployed(A, "UPDATE_ROLLBACK_FAILED")),
        blocked(
            "stack",
            "orders-staging is UPDATE_ROLLBACK_FAILED",
            "continue its rollback (ContinueUpdateRollback), then promote again",
            step=NextStep("console"),
        ),
    ),
    (
        replace(OPEN, cell=InProgress(TARGET, stack(A, "UPDATE_IN_PROGRESS"), A)),
        blocked("stack", "orders-staging is UPDATE_IN_PROGRESS", WAIT, opened_by="time"),
    ),
    (
        replace(OPEN, cell=deployed(A, "UPDATE_IN_PROGRESS")),
        blocked("stack", "orders-staging is UPDATE_IN_PROGRESS", WAIT, opened_by="time"),
    ),
    (
        replace(OPEN, cell=Never(TARGET, stack(None, "ROLLBACK_COMPLETE"))),
        blocked(
            "stack",
            "orders-staging is ROLLBACK_COMPLETE",
            "delete the stack (it never worked), then promote again",
            step=NextStep("console"),
        ),
    ),
    (
        replace(OPEN, cell=Unreachable(TARGET, "the token is expired", "log in", login=True)),
        blocked("stack", "the token is expired", "log in", step=NextStep("login")),
    ),
    (
        replace(OPEN, cell=Unreachable(TARGET, "AWS does not answer", "wait")),
        blocked("stack", "AWS does not answer", "wait", step=NextStep("again")),
    ),
    (
        replace(OPEN, account="999999999999"),
        blocked("account", "the credentials are for account 999999999999, staging is 222222222222", PROFILE),
    ),
    (
        replace(OPEN, account=None, account_problem="no credentials"),
        blocked("account", "no credentials", "log in, then try again", step=NextStep("login")),
    ),
    (
        replace(OPEN, account=None),
        blocked("account", "the account could not be checked", "log in, then try again", step=NextStep("login")),
    ),
    (
        replace(OPEN, expiry="they expire in 4m"),
        replace(
            blocked("credentials", "they expire in 4m", "log in again for long enough", step=NextStep("login")),
            allows_review=True,
        ),
    ),
    (
        replace(OPEN, cell=elsewhere("arn:aws:cloudformation:eu-west-1:999999999999:stack/orders-staging/1")),
        blocked("account", "the stack is in account 999999999999", PROFILE),
    ),
    (
        replace(OPEN, cell=elsewhere("orders-staging")),
        blocked("account", "the stack is in account unknown", PROFILE),
    ),
    (
        replace(OPEN, package=replace(PACKAGE, resolved=ResolvedTarget("orders", "staging", "eu-west-1", "other"))),
        blocked("target", "the Serverless CLI would deploy to stack other, not orders-staging", SERVERLESS),
    ),
    (
        replace(OPEN, package=replace(PACKAGE, resolved=ResolvedTarget("o", "dev", "eu-west-2", "orders-staging"))),
        blocked(
            "target",
            "the Serverless CLI would deploy to stage dev, not staging; region eu-west-2, not eu-west-1",
            SERVERLESS,
        ),
    ),
    (
        replace(OPEN, package=replace(PACKAGE, reports_commit=False)),
        blocked(
            "commit output",
            "the package would not report its commit",
            "see `output` in the configuration",
        ),
    ),
]


@pytest.mark.parametrize(("facts", "says"), CLOSED, ids=[f"{row[1].name}: {row[1].reason}" for row in CLOSED])
def test_a_closed_gate_says_why_and_what_to_do_and_closes_no_other(facts: PromotionFacts, says: GateResult) -> None:
    assert [gate for gate in evaluate(facts) if not gate.passed] == [says]


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (OPEN, passes("stack", "orders-staging is UPDATE_COMPLETE")),
        (replace(OPEN, cell=Never(TARGET)), passes("stack", "orders-staging does not exist yet; it will be created")),
        (OPEN, passes("account", "222222222222 in eu-west-1")),
        (replace(OPEN, cell=Never(TARGET)), passes("account", "222222222222 in eu-west-1")),
        (OPEN, passes("target", "the CLI resolves to orders-staging in eu-west-1")),
        (OPEN, passes("commit output", "the package of 1 file reports bbbbbbb")),
        (
            replace(OPEN, package=replace(PACKAGE, remark="beside an output of its own")),
            passes("commit output", "the package of 1 file reports bbbbbbb; beside an output of its own"),
        ),
    ],
)
def test_an_open_gate_says_what_it_found(facts: PromotionFacts, says: GateResult) -> None:
    assert [gate for gate in evaluate(facts) if gate.name == says.name] == [says]


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
