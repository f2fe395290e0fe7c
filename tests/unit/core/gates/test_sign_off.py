"""Checks, the checklist, alarms and approvals, each with its reason and its next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.gates import sign_off
from promote_tui.core.model.alarms import Alarm
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.value import replace
from tests.support.values import A

if TYPE_CHECKING:
    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.gates.gate import Gate
from tests.support.gates import context, decision, one

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
    found = one(sign_off.ApprovalsGate().check(context(rules, *given)))
    assert (found.passed, found.reason) == (passed, reason)


def test_a_role_is_a_person_unless_its_session_names_are_trusted() -> None:
    arn = "arn:aws:sts::333333333333:assumed-role/deployer/{}"
    given = [decision("approve", "ben", arn=arn.format("ben"))]
    me = arn.format("ana")
    rules = Rules(approvals=Approvals())
    assert not one(sign_off.ApprovalsGate().check(context(rules, *given, promoter=me))).passed
    assert one(sign_off.ApprovalsGate().check(context(rules, *given, promoter=me, trusted=("deployer",)))).passed


@pytest.mark.parametrize("gate", [sign_off.ApprovalsGate(), sign_off.ChecklistGate(), sign_off.ChecksGate()])
def test_decisions_that_cannot_be_read_close_the_gate(gate: Gate) -> None:
    rules = Rules(approvals=Approvals(), checklist=("QA",), checks=(("npm", "test"),))
    good = (decision("approve", "ben"), decision("check", "ben", item="QA"), decision("tested", "ben", item="npm test"))
    assert one(gate.check(context(rules, *good))).passed
    found = one(gate.check(context(rules, *good, problem="the ledger is out of reach")))
    assert (found.passed, found.reason) == (False, "the ledger is out of reach")


def test_whoever_promotes_has_to_be_known() -> None:
    found = one(sign_off.ApprovalsGate().check(context(TWO, promoter=None)))
    assert (found.passed, found.reason) == (
        False,
        "the promoter is unknown, so nobody counts as somebody else",
    )


LIST = Rules(checklist=("QA signed off", "Seen on staging"))


def test_a_checklist_names_what_is_missing_and_who_ticked_the_rest() -> None:
    first = decision("check", "ben", item="QA signed off")
    outside = decision("check", "eve", item="Seen on staging", on_behalf="Kim of Sales", evidence="mail of Monday")
    part = one(sign_off.ChecklistGate().check(context(LIST, first)))
    assert (part.passed, part.reason) == (False, "1 of 2 items ticked; missing: Seen on staging")
    assert part.remedy == f'promote-tui check "Seen on staging" orders --to prod --commit {A[:7]}'
    whole = one(sign_off.ChecklistGate().check(context(LIST, first, outside)))
    told = "QA signed off (ben); Seen on staging (Kim of Sales, reported by eve: mail of Monday)"
    assert (whole.passed, whole.reason) == (True, told)
    taken = decision("withdraw", "ben", minutes=1, item="QA signed off")
    assert not one(sign_off.ChecklistGate().check(context(LIST, first, outside, taken))).passed


def test_a_check_counts_by_its_last_end_on_this_code() -> None:
    rules = Rules(checks=(("npm", "test"), ("npm", "run", "lint rules")))
    good = decision("tested", "ben", item="npm test")
    bad = decision("tested", "ben", item="npm run 'lint rules'", passed=False)
    missing = one(sign_off.ChecksGate().check(context(rules, good)))
    assert missing.reason == "not run on this code: npm run 'lint rules'"
    failed = one(sign_off.ChecksGate().check(context(rules, good, bad)))
    assert failed.reason.startswith("npm run 'lint rules' failed ")
    assert failed.remedy == f"promote-tui check --run orders --to prod --commit {A[:7]}"
    again = replace(bad, passed=True)
    assert (
        one(sign_off.ChecksGate().check(context(rules, good, bad, again))).reason
        == "passed: npm test, npm run 'lint rules'"
    )


@pytest.mark.parametrize(
    ("alarm", "reason"),
    [
        (Alarm("errors", "OK"), "OK: errors"),
        (Alarm("errors", "ALARM"), "errors is ALARM"),
        (Alarm("errors", "INSUFFICIENT_DATA"), "errors is INSUFFICIENT_DATA"),
        (Alarm("errors", None, "there is no such alarm"), "errors cannot be read: there is no such alarm"),
        (None, "errors cannot be read: was not read"),
    ],
)
def test_only_an_alarm_that_is_ok_is_ok(alarm: Alarm | None, reason: str) -> None:
    found = one(sign_off.AlarmsGate().check(context(Rules(alarms=("errors",)), alarms=(alarm,) if alarm else ())))
    assert (found.passed, found.reason) == (reason.startswith("OK"), reason)
