"""Each gate of a team's rules, the minute before and after, with its reason and its next step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.gates import commit, sign_off, stops
from promote_tui.core.gates.decisions import Decision, DecisionKind
from promote_tui.core.gates.facts import Alarm, GateFacts, PromotionFacts, Signature
from promote_tui.core.gates.gate import GateContext
from promote_tui.core.model.team_rules import Approvals, Rules, Weekly
from promote_tui.core.next_steps import NextStep
from promote_tui.core.runs.verification import NotVerified, Observed, Verification, VerifiedBy
from promote_tui.core.value import replace
from tests.support.values import NOW, STAGING, TARGET, A, deployed

if TYPE_CHECKING:
    from promote_tui.core.gates.gate import Gate
    from promote_tui.core.gates.model import GateResult

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
    return GateContext(PromotionFacts(target, stage, A, "staging", verification, ("main",), deployed(A)), facts)


def one(result: GateResult | None) -> GateResult:
    """The result, which is there."""
    assert result is not None
    assert result.reason
    assert result.passed or result.remedy
    return result


@pytest.mark.parametrize(
    "gate",
    [stops.Soak(), stops.Freeze(), sign_off.Approvals(), sign_off.Checklist(), sign_off.Checks(), sign_off.Alarms()],
)
def test_what_nobody_asks_for_is_not_there(gate: Gate) -> None:
    assert gate.check(context(RULES)) is None


@pytest.mark.parametrize("gate", [stops.Veto(), stops.Hold(), commit.Signed(), commit.Pushed()])
def test_what_nobody_decided_is_not_there(gate: Gate) -> None:
    assert gate.check(context(RULES)) is None


SOAK = Rules(soak=4 * 3600)


@pytest.mark.parametrize("make", [lambda at: VerifiedBy("k3", A, at), lambda at: Observed(A, at)])
def test_soak_opens_to_the_minute(make: object) -> None:
    early = one(stops.Soak().check(context(SOAK, verification=make(NOW - 4 * HOUR + MINUTE))))  # type: ignore[operator]
    assert (early.passed, early.remedy, early.opens_at) == (False, "wait 1m", NOW + MINUTE)
    assert early.opened_by == "time"
    assert early.reason.startswith("verified 3h 59m ago; 4h required, passes ")
    late = one(stops.Soak().check(context(SOAK, verification=make(NOW - 4 * HOUR))))  # type: ignore[operator]
    assert (late.passed, late.reason) == (True, "verified 4h ago; 4h required")


@pytest.mark.parametrize("verdict", [Observed(A, None), NotVerified("never")])
def test_soak_is_closed_where_its_beginning_is_not_known(verdict: Verification) -> None:
    found = one(stops.Soak().check(context(SOAK, verification=verdict)))
    assert not found.passed
    assert found.reason == "unknown when it was verified in the stage before; 4h required"


def test_the_first_stage_has_nothing_to_soak_in() -> None:
    assert one(stops.Soak().check(context(SOAK))).passed


def test_a_freeze_says_why_and_until_when_on_its_own_clock() -> None:
    begins = NOW.strftime("%a %H:%M").lower()
    ends = (NOW + 2 * HOUR).strftime("%a %H:%M").lower()
    rules = Rules(freezes=(Weekly(begins, ends, "UTC", "release day"),))
    here = (NOW).replace(second=0, microsecond=0)
    closed = one(stops.Freeze().check(context(rules, now=here)))
    until = f"{here + 2 * HOUR:%a} {(here + 2 * HOUR).day} {here + 2 * HOUR:%b %H:%M} UTC"
    assert (closed.reason, closed.remedy) == (f"release day, until {until}", f"wait until {until}")
    assert (closed.opens_at, closed.opened_by) == (here + 2 * HOUR, "time")
    assert not closed.passed
    before = one(stops.Freeze().check(context(rules, now=here - MINUTE)))
    assert (before.passed, before.reason.startswith("the next freeze begins ")) == (True, True)
    assert one(stops.Freeze().check(context(rules, now=here + 2 * HOUR))).passed


def test_a_freeze_ends_on_the_clock_of_its_time_zone() -> None:
    rules = Rules(freezes=(Weekly("fri 16:00", "tue 09:00", "Europe/Berlin", "no Friday deploys"),))
    closed = one(stops.Freeze().check(context(rules, now=datetime(2026, 11, 27, 16, 55, tzinfo=UTC))))
    assert closed.reason == "no Friday deploys, until Tue 1 Dec 09:00 Berlin"


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
    found = one(sign_off.Approvals().check(context(rules, *given)))
    assert (found.passed, found.reason) == (passed, reason)


def test_a_role_is_a_person_unless_its_session_names_are_trusted() -> None:
    arn = "arn:aws:sts::333333333333:assumed-role/deployer/{}"
    given = [decision("approve", "ben", arn=arn.format("ben"))]
    me = arn.format("ana")
    rules = Rules(approvals=Approvals())
    assert not one(sign_off.Approvals().check(context(rules, *given, promoter=me))).passed
    assert one(sign_off.Approvals().check(context(rules, *given, promoter=me, trusted=("deployer",)))).passed


@pytest.mark.parametrize("gate", [sign_off.Approvals(), sign_off.Checklist(), sign_off.Checks()])
def test_decisions_that_cannot_be_read_close_the_gate(gate: Gate) -> None:
    rules = Rules(approvals=Approvals(), checklist=("QA",), checks=(("npm", "test"),))
    good = (decision("approve", "ben"), decision("check", "ben", item="QA"), decision("tested", "ben", item="npm test"))
    assert one(gate.check(context(rules, *good))).passed
    found = one(gate.check(context(rules, *good, problem="the ledger is out of reach")))
    assert (found.passed, found.reason) == (False, "the ledger is out of reach")


def test_whoever_promotes_has_to_be_known() -> None:
    found = one(sign_off.Approvals().check(context(TWO, promoter=None)))
    assert (found.passed, found.reason) == (
        False,
        "the promoter is unknown, so nobody counts as somebody else",
    )


LIST = Rules(checklist=("QA signed off", "Seen on staging"))


def test_a_checklist_names_what_is_missing_and_who_ticked_the_rest() -> None:
    first = decision("check", "ben", item="QA signed off")
    outside = decision("check", "eve", item="Seen on staging", on_behalf="Kim of Sales", evidence="mail of Monday")
    part = one(sign_off.Checklist().check(context(LIST, first)))
    assert (part.passed, part.reason) == (False, "1 of 2 items ticked; missing: Seen on staging")
    assert part.remedy == f'promote-tui check "Seen on staging" orders --to prod --commit {A[:7]}'
    whole = one(sign_off.Checklist().check(context(LIST, first, outside)))
    told = "QA signed off (ben); Seen on staging (Kim of Sales, reported by eve: mail of Monday)"
    assert (whole.passed, whole.reason) == (True, told)
    taken = decision("withdraw", "ben", minutes=1, item="QA signed off")
    assert not one(sign_off.Checklist().check(context(LIST, first, outside, taken))).passed


def test_a_check_counts_by_its_last_end_on_this_code() -> None:
    rules = Rules(checks=(("npm", "test"), ("npm", "run", "lint rules")))
    good = decision("tested", "ben", item="npm test")
    bad = decision("tested", "ben", item="npm run 'lint rules'", passed=False)
    missing = one(sign_off.Checks().check(context(rules, good)))
    assert missing.reason == "not run on this code: npm run 'lint rules'"
    failed = one(sign_off.Checks().check(context(rules, good, bad)))
    assert failed.reason.startswith("npm run 'lint rules' failed ")
    assert failed.remedy == f"promote-tui check --run orders --to prod --commit {A[:7]}"
    again = replace(bad, passed=True)
    assert (
        one(sign_off.Checks().check(context(rules, good, bad, again))).reason
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
    found = one(sign_off.Alarms().check(context(Rules(alarms=("errors",)), alarms=(alarm,) if alarm else ())))
    assert (found.passed, found.reason) == (reason.startswith("OK"), reason)


@pytest.mark.parametrize(
    ("signature", "reason"),
    [
        (Signature("good", "ana@example.com"), "signed by ana@example.com"),
        (Signature("none"), f"{A[:7]} is not signed"),
        (Signature("bad"), f"the signature of {A[:7]} is bad"),
        (Signature("unknown", "SHA256:abc"), "signed by SHA256:abc, which git does not trust here"),
        (Signature("none", problem="gpg is not installed"), "gpg is not installed"),
        (None, "its signature was not checked"),
    ],
)
def test_a_commit_is_signed_by_a_key_that_git_trusts(signature: Signature | None, reason: str) -> None:
    found = one(commit.Signed().check(context(Rules(signed=True), signature=signature)))
    assert (found.passed, found.reason) == (reason.startswith("signed by ana"), reason)


def test_a_commit_is_pushed_when_a_branch_of_the_remote_has_it() -> None:
    rules = Rules(pushed=True)
    assert one(commit.Pushed().check(context(rules))).reason == "on the remote's main"
    found = context(rules)
    nowhere = one(commit.Pushed().check(replace(found, promotion=replace(found.promotion, containing=()))))
    assert (nowhere.passed, nowhere.reason) == (False, f"{A[:7]} is on no branch of the remote")
    alone = one(commit.Pushed().check(context(rules, remote=False)))
    assert (alone.passed, alone.reason) == (False, "the repository has no remote that it could be pushed to")
    bare = one(commit.Pushed().check(context(rules, tracks=False)))
    assert (bare.passed, bare.reason) == (
        False,
        "unknown whether it was pushed: a bare clone has no branches of its remote",
    )
    assert "git config remote.origin.fetch" in bare.remedy


def test_a_hold_stands_until_it_is_lifted_or_over() -> None:
    hold = decision("hold", "ben", reason="incident 42", commit=None, expires_at=NOW + MINUTE)
    found = one(stops.Hold().check(context(RULES, hold)))
    assert not found.passed
    assert found.reason.startswith("on hold by ben since ")
    assert found.reason.endswith(": incident 42")
    assert (found.opens_at, found.remedy) == (NOW + MINUTE, "promote-tui unhold orders prod --reason WHY")
    assert found.opened_by == "person"
    assert stops.Hold().check(context(RULES, hold, now=NOW + MINUTE)) is None
    lifted = decision("unhold", "eve", minutes=1, commit=None)
    assert stops.Hold().check(context(RULES, hold, lifted)) is None
    again = decision("hold", "eve", minutes=0, commit=None)
    assert not one(stops.Hold().check(context(RULES, hold, lifted, again))).passed


def test_a_hold_of_another_stage_holds_nothing_here() -> None:
    assert stops.Hold().check(context(RULES, decision("hold", "ben", stage="dev", commit=None))) is None
    assert not one(stops.Hold().check(context(RULES, decision("hold", "ben", stage=None, commit=None)))).passed


def test_a_veto_is_for_ever() -> None:
    veto = decision("veto", "ben", reason="loses money", stage=None, minutes=60 * 24 * 400)
    found = one(stops.Veto().check(context(RULES, veto, decision("unhold", "eve", commit=None))))
    assert found.opened_by == "another commit"
    assert not found.passed
    assert found.reason.endswith(": loses money")


TWO = Rules(checklist=("QA", "Seen"), checks=(("npm", "test"),), approvals=Approvals())


@pytest.mark.parametrize(
    ("result", "step"),
    [
        (one(stops.Hold().check(context(RULES, decision("hold", "ben")))), NextStep("lift")),
        (one(sign_off.Checklist().check(context(TWO))), NextStep("tick", ("QA", "Seen"))),
        (
            one(sign_off.Checklist().check(context(TWO, decision("check", "ben", item="QA")))),
            NextStep("tick", ("Seen",)),
        ),
        (one(sign_off.Checks().check(context(TWO))), NextStep("checks")),
        (one(sign_off.Approvals().check(context(TWO))), NextStep("approve")),
        (one(stops.Veto().check(context(RULES, decision("veto", "ben")))), NextStep("choose")),
    ],
)
def test_what_opens_a_gate_is_a_value_too_wherever_its_words_are_a_command(result: GateResult, step: NextStep) -> None:
    """The command line prints the words, the terminal UI has a key for the step."""
    assert (result.passed, result.step) == (False, step)
