"""Checks, the checklist, alarms and approvals, each with its reason and its next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.gates import sign_off
from promote_tui.core.gates.options import PromotionOptions
from promote_tui.core.model.alarms import Alarm
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.next_steps import NextStep
from promote_tui.core.value import replace
from tests.support.gates import blocked, context, decision, one, passes
from tests.support.values import A

if TYPE_CHECKING:
    from promote_tui.core.gates.decisions import Decision, DecisionKind
    from promote_tui.core.gates.gate import Gate
    from promote_tui.core.gates.model import GateResult

ABOUT = f"orders --to prod --commit {A[:7]}"
ASK = f"ask somebody else to run: promote-tui approve {ABOUT}"
TWO = Rules(approvals=Approvals(2))


LEADS = Rules(approvals=Approvals(1, ("ben@example.com", "eve"), ("leads",)))


APPROVALS: list[tuple[str, Rules, list[Decision], bool, str]] = [
    ("nobody", TWO, [], False, "0 of 2 approvals so far"),
    ("one of two", TWO, [decision("approve", "ben")], False, "1 of 2 approvals by ben"),
    ("two", TWO, [decision("approve", "ben"), decision("approve", "eve")], True, "ben, eve approved it"),
    (
        "the same one twice",
        TWO,
        [decision("approve", "ben"), decision("approve", "ben", minutes=5)],
        False,
        "1 of 2 approvals by ben",
    ),
    (
        "one person with two roles",
        TWO,
        [decision("approve", "ben"), decision("approve", "ben", role="Lead")],
        False,
        "1 of 2 approvals by ben",
    ),
    (
        "the promoter, with another role on",
        Rules(approvals=Approvals()),
        [decision("approve", "ana", role="Lead")],
        False,
        "0 of 1 approval so far (your own does not count)",
    ),
    (
        "withdrawn",
        Rules(approvals=Approvals()),
        [decision("approve", "ben"), decision("withdraw", "ben", minutes=5)],
        False,
        "0 of 1 approval so far",
    ),
    (
        "withdrawn by somebody else",
        Rules(approvals=Approvals()),
        [decision("approve", "ben"), decision("withdraw", "eve")],
        True,
        "ben approved it",
    ),
    (
        "given again",
        Rules(approvals=Approvals()),
        [decision("withdraw", "ben"), decision("approve", "ben", minutes=5)],
        True,
        "ben approved it",
    ),
    (
        "for another stage",
        Rules(approvals=Approvals()),
        [decision("approve", "ben", stage="staging")],
        False,
        "0 of 1 approval so far",
    ),
    (
        "not of the group",
        LEADS,
        [decision("approve", "joe")],
        False,
        "0 of 1 approval of leads so far (joe is not of leads)",
    ),
    (
        "of the group",
        LEADS,
        [decision("approve", "joe"), decision("approve", "ben")],
        True,
        "ben approved it (joe is not of leads)",
    ),
    ("of the group, by the short name", LEADS, [decision("approve", "eve")], True, "eve approved it"),
]


@pytest.mark.parametrize(
    ("rules", "given", "passed", "reason"), [row[1:] for row in APPROVALS], ids=[row[0] for row in APPROVALS]
)
def test_approvals(rules: Rules, given: list[Decision], passed: bool, reason: str) -> None:
    says = passes("approvals", reason) if passed else blocked("approvals", reason, ASK, step=NextStep("approve"))
    assert sign_off.ApprovalsGate().check(context(rules, *given)) == says


DEPLOYER = "arn:aws:sts::333333333333:assumed-role/deployer/{}"


def deployer(kind: DecisionKind, who: str) -> Decision:
    """What somebody decided under a role whose session names everybody chooses."""
    return decision(kind, who, arn=DEPLOYER.format(who))


@pytest.mark.parametrize(
    ("given", "trusted", "says"),
    [
        ([deployer("approve", "ben")], (), "0 of 1 approval so far (your own does not count)"),
        ([deployer("approve", "ben")], ("deployer",), "ben approved it"),
        ([deployer("approve", "ana")], ("deployer",), "0 of 1 approval so far (your own does not count)"),
        ([deployer("approve", "ben"), deployer("withdraw", "eve")], ("deployer",), "ben approved it"),
        ([deployer("approve", "ben"), deployer("withdraw", "ben")], ("deployer",), "0 of 1 approval so far"),
    ],
)
def test_a_role_is_a_person_unless_its_session_names_are_trusted(
    given: list[Decision], trusted: tuple[str, ...], says: str
) -> None:
    rules = Rules(approvals=Approvals())
    promoted = context(rules, *given, promoter=DEPLOYER.format("ana"), trusted=trusted)
    assert one(sign_off.ApprovalsGate().check(promoted)).reason == says


OUT_OF_REACH = "the ledger is out of reach"


@pytest.mark.parametrize(
    ("gate", "says"),
    [
        (sign_off.ApprovalsGate(), blocked("approvals", OUT_OF_REACH, "fix that, then plan again")),
        (sign_off.ChecklistGate(), blocked("checklist", OUT_OF_REACH, f'promote-tui check "QA" {ABOUT}')),
        (
            sign_off.ChecksGate(),
            blocked("checks", OUT_OF_REACH, f"promote-tui check --run {ABOUT}", step=NextStep("checks")),
        ),
    ],
)
def test_decisions_that_cannot_be_read_block_the_gate_whatever_was_decided(gate: Gate, says: GateResult) -> None:
    rules = Rules(approvals=Approvals(), checklist=("QA",), checks=(("npm", "test"),))
    good = (decision("approve", "ben"), decision("check", "ben", item="QA"), decision("tested", "ben", item="npm test"))
    assert one(gate.check(context(rules, *good))).passed
    assert gate.check(context(rules, *good, problem=OUT_OF_REACH)) == says


def test_whoever_promotes_has_to_be_known() -> None:
    assert sign_off.ApprovalsGate().check(context(TWO, promoter=None)) == blocked(
        "approvals", "the promoter is unknown, so nobody counts as somebody else", "fix that, then plan again"
    )


def test_a_rollback_was_approved_together_with_the_run_that_it_answers() -> None:
    back = replace(context(TWO), options=PromotionOptions("rollback", after="k3"))
    assert sign_off.ApprovalsGate().check(back) is None


LIST = Rules(checklist=("QA signed off", "Seen on staging"))
QA = decision("check", "ben", item="QA signed off")
SEEN = decision("check", "eve", item="Seen on staging", on_behalf="Kim of Sales", evidence="mail of Monday")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            [],
            blocked(
                "checklist",
                "0 of 2 items ticked; missing: QA signed off; Seen on staging",
                f'promote-tui check "QA signed off" {ABOUT}',
                step=NextStep("tick", ("QA signed off", "Seen on staging")),
            ),
        ),
        (
            [QA],
            blocked(
                "checklist",
                "1 of 2 items ticked; missing: Seen on staging",
                f'promote-tui check "Seen on staging" {ABOUT}',
                step=NextStep("tick", ("Seen on staging",)),
            ),
        ),
        (
            [QA, SEEN],
            passes(
                "checklist",
                "QA signed off (ben); Seen on staging (Kim of Sales, reported by eve: mail of Monday)",
            ),
        ),
        (
            [QA, SEEN, decision("withdraw", "eve", minutes=1, item="QA signed off")],
            blocked(
                "checklist",
                "1 of 2 items ticked; missing: QA signed off",
                f'promote-tui check "QA signed off" {ABOUT}',
                step=NextStep("tick", ("QA signed off",)),
            ),
        ),
    ],
)
def test_a_checklist_names_what_is_missing_or_who_ticked_it(given: list[Decision], says: GateResult) -> None:
    assert sign_off.ChecklistGate().check(context(LIST, *given)) == says


TESTS = Rules(checks=(("npm", "test"), ("npm", "run", "lint rules")))
GOOD = decision("tested", "ben", item="npm test")
BAD = decision("tested", "ben", item="npm run 'lint rules'", passed=False)
FAILED = "npm run 'lint rules' failed Fri 20 Mar 11:00 UTC"


@pytest.mark.parametrize(
    ("given", "passed", "reason"),
    [
        ([], False, "not run on this code: npm test, npm run 'lint rules'"),
        ([GOOD], False, "not run on this code: npm run 'lint rules'"),
        ([GOOD, BAD], False, FAILED),
        ([BAD], False, f"{FAILED}; not run on this code: npm test"),
        ([GOOD, replace(BAD, passed=True), BAD], False, FAILED),
        ([GOOD, BAD, replace(BAD, passed=True)], True, "passed: npm test, npm run 'lint rules'"),
    ],
)
def test_a_check_counts_by_its_last_end_on_this_code(given: list[Decision], reason: str, *, passed: bool) -> None:
    run = f"promote-tui check --run {ABOUT}"
    says = passes("checks", reason) if passed else blocked("checks", reason, run, step=NextStep("checks"))
    assert sign_off.ChecksGate().check(context(TESTS, *given)) == says


OK, LOUD, DUMB = Alarm("errors", "OK"), Alarm("errors", "ALARM"), Alarm("errors", "INSUFFICIENT_DATA")
GONE = Alarm("errors", None, "there is no such alarm")


@pytest.mark.parametrize(
    ("alarms", "passed", "reason"),
    [
        ((OK, Alarm("slow", "OK")), True, "OK: errors, slow"),
        ((LOUD, Alarm("slow", "OK")), False, "errors is ALARM"),
        ((DUMB, Alarm("slow", "OK")), False, "errors is INSUFFICIENT_DATA"),
        ((GONE, Alarm("slow", "OK")), False, "errors cannot be read: there is no such alarm"),
        ((LOUD,), False, "errors is ALARM; slow cannot be read: was not read"),
    ],
)
def test_only_an_alarm_that_is_ok_is_ok(alarms: tuple[Alarm, ...], reason: str, *, passed: bool) -> None:
    says = passes("alarms", reason) if passed else blocked("alarms", reason, "check the alarm, then plan again")
    assert sign_off.AlarmsGate().check(context(Rules(alarms=("errors", "slow")), alarms=alarms)) == says
