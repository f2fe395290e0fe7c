"""A veto, a hold, a soak and a freeze, the minute before and after, each with its reason and its next step."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from promote_tui.core.gates import stops
from promote_tui.core.model.team_rules import Rules, Weekly
from promote_tui.core.runs.verification import NotVerified, ObservedDeploy, Verification, VerifiedBy
from tests.support.gates import HOUR, MINUTE, RULES, context, decision, one
from tests.support.values import NOW, A

SOAK = Rules(soak=4 * 3600)


@pytest.mark.parametrize("make", [lambda at: VerifiedBy("k3", A, at), lambda at: ObservedDeploy(A, at)])
def test_soak_opens_to_the_minute(make: object) -> None:
    early = one(stops.SoakGate().check(context(SOAK, verification=make(NOW - 4 * HOUR + MINUTE))))  # type: ignore[operator]
    assert (early.passed, early.remedy, early.opens_at) == (False, "wait 1m", NOW + MINUTE)
    assert early.opened_by == "time"
    assert early.reason.startswith("verified 3h 59m ago; 4h required, passes ")
    late = one(stops.SoakGate().check(context(SOAK, verification=make(NOW - 4 * HOUR))))  # type: ignore[operator]
    assert (late.passed, late.reason) == (True, "verified 4h ago; 4h required")


@pytest.mark.parametrize("verdict", [ObservedDeploy(A, None), NotVerified("never")])
def test_soak_is_closed_where_its_beginning_is_not_known(verdict: Verification) -> None:
    found = one(stops.SoakGate().check(context(SOAK, verification=verdict)))
    assert not found.passed
    assert found.reason == "unknown when it was verified in the stage before; 4h required"


def test_the_first_stage_has_nothing_to_soak_in() -> None:
    assert one(stops.SoakGate().check(context(SOAK))).passed


def test_a_freeze_says_why_and_until_when_on_its_own_clock() -> None:
    begins = NOW.strftime("%a %H:%M").lower()
    ends = (NOW + 2 * HOUR).strftime("%a %H:%M").lower()
    rules = Rules(freeze=(Weekly(begins, ends, "UTC", "release day"),))
    here = (NOW).replace(second=0, microsecond=0)
    closed = one(stops.FreezeGate().check(context(rules, now=here)))
    until = f"{here + 2 * HOUR:%a} {(here + 2 * HOUR).day} {here + 2 * HOUR:%b %H:%M} UTC"
    assert (closed.reason, closed.remedy) == (f"release day, until {until}", f"wait until {until}")
    assert (closed.opens_at, closed.opened_by) == (here + 2 * HOUR, "time")
    assert not closed.passed
    before = one(stops.FreezeGate().check(context(rules, now=here - MINUTE)))
    assert (before.passed, before.reason.startswith("the next freeze begins ")) == (True, True)
    assert one(stops.FreezeGate().check(context(rules, now=here + 2 * HOUR))).passed


def test_a_freeze_ends_on_the_clock_of_its_time_zone() -> None:
    rules = Rules(freeze=(Weekly("fri 16:00", "tue 09:00", "Europe/Berlin", "no Friday deploys"),))
    closed = one(stops.FreezeGate().check(context(rules, now=datetime(2026, 11, 27, 16, 55, tzinfo=UTC))))
    assert closed.reason == "no Friday deploys, until Tue 1 Dec 09:00 Berlin"


def test_a_hold_stands_until_it_is_lifted_or_over() -> None:
    hold = decision("hold", "ben", reason="incident 42", commit=None, expires_at=NOW + MINUTE)
    found = one(stops.HoldGate().check(context(RULES, hold)))
    assert not found.passed
    assert found.reason.startswith("on hold by ben since ")
    assert found.reason.endswith(": incident 42")
    assert (found.opens_at, found.remedy) == (NOW + MINUTE, "promote-tui unhold orders prod --reason WHY")
    assert found.opened_by == "person"
    assert stops.HoldGate().check(context(RULES, hold, now=NOW + MINUTE)) is None
    lifted = decision("unhold", "eve", minutes=1, commit=None)
    assert stops.HoldGate().check(context(RULES, hold, lifted)) is None
    again = decision("hold", "eve", minutes=0, commit=None)
    assert not one(stops.HoldGate().check(context(RULES, hold, lifted, again))).passed


def test_a_hold_of_another_stage_holds_nothing_here() -> None:
    assert stops.HoldGate().check(context(RULES, decision("hold", "ben", stage="dev", commit=None))) is None
    assert not one(stops.HoldGate().check(context(RULES, decision("hold", "ben", stage=None, commit=None)))).passed


def test_a_veto_is_for_ever() -> None:
    veto = decision("veto", "ben", reason="loses money", stage=None, minutes=60 * 24 * 400)
    found = one(stops.VetoGate().check(context(RULES, veto, decision("unhold", "eve", commit=None))))
    assert found.opened_by == "another commit"
    assert not found.passed
    assert found.reason.endswith(": loses money")
