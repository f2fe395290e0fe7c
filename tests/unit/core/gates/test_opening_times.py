"""A freeze and a window, the minute before and after, each with its reason and what opens next."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from promote_tui.core.gates.opening_times import FreezeGate, WindowGate
from promote_tui.core.model.team_rules import Dates, Period, Rules, Weekly
from tests.support.gates import blocked, context, passes

if TYPE_CHECKING:
    from promote_tui.core.gates.model import GateResult


def at(text: str) -> datetime:
    """A moment in UTC, written as 2026-11-27 16:55."""
    return datetime.fromisoformat(f"{text}+00:00")


def waits(name: str, reason: str, opens: str, remedy: str = "wait until then") -> GateResult:
    """What a gate says that time opens."""
    return blocked(name, reason, remedy, opens_at=at(opens), opened_by="time")


BERLIN = Weekly("fri 16:00", "tue 09:00", "Europe/Berlin", "no Friday deploys")
NEW_YORK = Weekly("fri 16:00", "fri 18:00", "America/New_York")
DAY = Dates("2026-11-26", "2026-11-26", "UTC", "audit")


@pytest.mark.parametrize(
    ("freezes", "now", "says"),
    [
        ((BERLIN,), "2026-11-27 14:59", passes("freeze", "the next freeze begins Fri 27 Nov 15:00 UTC")),
        (
            (BERLIN,),
            "2026-11-27 15:00",
            waits("freeze", "no Friday deploys, until Tue 1 Dec 08:00 UTC", "2026-12-01 08:00"),
        ),
        ((BERLIN,), "2026-12-01 08:00", passes("freeze", "the next freeze begins Fri 4 Dec 15:00 UTC")),
        ((BERLIN, DAY), "2026-11-24 12:00", passes("freeze", "the next freeze begins Thu 26 Nov 00:00 UTC")),
        ((NEW_YORK,), "2026-11-27 22:00", waits("freeze", "until Fri 27 Nov 23:00 UTC", "2026-11-27 23:00")),
        ((DAY,), "2026-11-26 12:00", waits("freeze", "audit, until Fri 27 Nov 00:00 UTC", "2026-11-27 00:00")),
        ((DAY,), "2026-11-27 00:00", passes("freeze", "no freeze ahead")),
    ],
)
def test_a_freeze_says_why_and_until_when(freezes: tuple[Period, ...], now: str, says: GateResult) -> None:
    assert FreezeGate().check(context(Rules(freeze=freezes), now=at(now))) == says


@pytest.mark.parametrize(
    ("zone", "until"),
    [
        ("Europe/Berlin", "Tue 1 Dec 09:00 CET (08:00 UTC)"),
        ("America/New_York", "Tue 1 Dec 03:00 EST (08:00 UTC)"),
        ("Pacific/Honolulu", "Mon 30 Nov 22:00 HST (Tue 1 Dec 08:00 UTC)"),
        ("Europe/London", "Tue 1 Dec 08:00 UTC"),
    ],
)
def test_a_freeze_is_told_on_the_clock_of_who_reads(zone: str, until: str) -> None:
    it = context(
        Rules(freeze=(BERLIN,)), now=at("2026-11-28 12:00"), local=lambda moment: moment.astimezone(ZoneInfo(zone))
    )
    found = FreezeGate().check(it)
    assert found
    assert found.reason == f"no Friday deploys, until {until}"


OFFICE = Weekly("tue 10:00", "tue 16:00", "Europe/Berlin", "release day")
LATE = Weekly("tue 07:00", "tue 08:00", "UTC")
LAUNCH = Dates("2026-11-28", "2026-11-28", "UTC", "launch")


@pytest.mark.parametrize(
    ("windows", "now", "says"),
    [
        ((OFFICE,), "2026-12-01 09:00", passes("window", "open until Tue 1 Dec 15:00 UTC")),
        (
            (OFFICE,),
            "2026-12-01 08:59",
            waits("window", "release day, closed until Tue 1 Dec 09:00 UTC", "2026-12-01 09:00"),
        ),
        (
            (OFFICE,),
            "2026-12-01 15:00",
            waits("window", "release day, closed until Tue 8 Dec 09:00 UTC", "2026-12-08 09:00"),
        ),
        (
            (LATE, OFFICE),
            "2026-12-01 08:00",
            waits("window", "release day, closed until Tue 1 Dec 09:00 UTC", "2026-12-01 09:00"),
        ),
        ((LATE,), "2026-12-01 06:00", waits("window", "closed until Tue 1 Dec 07:00 UTC", "2026-12-01 07:00")),
        ((LAUNCH,), "2026-11-29 00:00", blocked("window", "no window ahead", "add a window to the configuration")),
    ],
)
def test_a_window_says_how_long_it_is_open_or_when_it_opens(
    windows: tuple[Period, ...], now: str, says: GateResult
) -> None:
    assert WindowGate().check(context(Rules(window=windows), now=at(now))) == says


def test_a_freeze_that_ends_before_the_window_opens_says_the_later_of_both() -> None:
    rules = Rules(freeze=(BERLIN,), window=(OFFICE,))
    now = at("2026-11-28 12:00")
    frozen = waits(
        "freeze",
        "no Friday deploys, until Tue 1 Dec 08:00 UTC",
        "2026-12-01 09:00",
        "wait until the window opens, Tue 1 Dec 09:00 UTC",
    )
    closed = waits("window", "release day, closed until Tue 1 Dec 09:00 UTC", "2026-12-01 09:00")
    assert [gate.check(context(rules, now=now)) for gate in (FreezeGate(), WindowGate())] == [frozen, closed]


def test_a_window_that_is_frozen_says_the_next_one_that_is_not() -> None:
    rules = Rules(freeze=(Dates("2026-12-01", "2026-12-01", "UTC", "audit"),), window=(OFFICE,))
    found = WindowGate().check(context(rules, now=at("2026-11-28 12:00")))
    remedy = "wait until Tue 8 Dec 09:00 UTC: a freeze takes the time before"
    assert found == waits("window", "release day, closed until Tue 1 Dec 09:00 UTC", "2026-12-08 09:00", remedy)


def test_a_stage_whose_windows_are_all_frozen_needs_another_window() -> None:
    rules = Rules(freeze=(BERLIN,), window=(LAUNCH,))
    add = "add a window to the configuration"
    frozen = blocked("freeze", "no Friday deploys, until Tue 1 Dec 08:00 UTC; no window is open after it", add)
    assert FreezeGate().check(context(rules, now=at("2026-11-28 12:00"))) == frozen
    closed = blocked("window", "launch, closed until Sat 28 Nov 00:00 UTC, and every window ahead is frozen", add)
    assert WindowGate().check(context(rules, now=at("2026-11-27 20:00"))) == closed
