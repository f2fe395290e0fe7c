"""Freezes, the minute before and after: over midnight and the week's end, and in nights when the clock is changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promote_tui.core.gates.freezes import current_freeze, next_freeze
from promote_tui.core.model.team_rules import Dates, Period, Weekly

MINUTE = timedelta(minutes=1)
WEEKEND = Weekly("fri 16:00", "mon 09:00", "Europe/Berlin", "weekend")
YEAR_END = Dates("2026-12-20", "2027-01-02", "Europe/Berlin", "year end")


def utc(text: str) -> datetime:
    """A moment, written as 2026-11-27 15:00."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def frozen_until(freeze: Period, now: datetime) -> datetime | None:
    """When a freeze that stands alone ends; None where it does not hold."""
    found = current_freeze((freeze,), now)
    return found[1] if found else None


SPANS: list[tuple[str, Period, str, str]] = [
    ("over the weekend, in winter", WEEKEND, "2026-11-27 15:00", "2026-11-30 08:00"),
    ("over the weekend, in summer", WEEKEND, "2026-07-03 14:00", "2026-07-06 07:00"),
    ("begins in summer and ends in winter", WEEKEND, "2026-10-23 14:00", "2026-10-26 08:00"),
    ("begins in winter and ends in summer", WEEKEND, "2026-03-27 15:00", "2026-03-30 07:00"),
    ("over midnight", Weekly("tue 22:00", "wed 02:00", "UTC"), "2026-11-24 22:00", "2026-11-25 02:00"),
    ("within a day", Weekly("wed 11:00", "wed 13:00", "America/New_York"), "2026-11-25 16:00", "2026-11-25 18:00"),
    ("all week but an hour", Weekly("wed 13:00", "wed 12:00", "UTC"), "2026-11-18 13:00", "2026-11-25 12:00"),
    ("days of the calendar, both included", YEAR_END, "2026-12-19 23:00", "2027-01-02 23:00"),
    (
        "a day far in the east",
        Dates("2026-11-26", "2026-11-26", "Pacific/Kiritimati"),
        "2026-11-25 10:00",
        "2026-11-26 10:00",
    ),
    # 25 October 2026, 3:00 becomes 2:00 in Berlin: 2:30 comes at 0:30 and at 1:30 UTC
    (
        "ends at a time that comes twice: at the second",
        Weekly("sat 22:00", "sun 02:30", "Europe/Berlin"),
        "2026-10-24 20:00",
        "2026-10-25 01:30",
    ),
    (
        "begins at a time that comes twice: at the first",
        Weekly("sun 02:30", "sun 06:00", "Europe/Berlin"),
        "2026-10-25 00:30",
        "2026-10-25 05:00",
    ),
    # 29 March 2026, 2:00 becomes 3:00 in Berlin at 1:00 UTC: there is no 2:30
    (
        "ends at a time that is missing: an hour later by the clock",
        Weekly("sat 22:00", "sun 02:30", "Europe/Berlin"),
        "2026-03-28 21:00",
        "2026-03-29 01:30",
    ),
    (
        "begins at a time that is missing: before it",
        Weekly("sun 02:30", "sun 06:00", "Europe/Berlin"),
        "2026-03-29 00:30",
        "2026-03-29 04:00",
    ),
    (
        "the day that has no midnight",
        Dates("2026-09-06", "2026-09-06", "America/Santiago"),
        "2026-09-06 03:00",
        "2026-09-07 03:00",
    ),
]


@pytest.mark.parametrize(("freeze", "begin", "end"), [row[1:] for row in SPANS], ids=[row[0] for row in SPANS])
def test_a_freeze_holds_from_its_first_minute_to_its_last(freeze: Period, begin: str, end: str) -> None:
    first, last = utc(begin), utc(end)
    assert frozen_until(freeze, first - MINUTE) is None
    assert frozen_until(freeze, first) == last
    assert frozen_until(freeze, last - MINUTE) == last
    assert frozen_until(freeze, last) is None
    assert next_freeze((freeze,), first - MINUTE) == first


@pytest.mark.usefixtures("far_from_utc")
def test_what_the_machine_calls_today_changes_no_freeze() -> None:
    """It is Monday on the Line Islands while New York has breakfast on Sunday."""
    early = Weekly("mon 01:00", "mon 03:00", "Pacific/Kiritimati")
    ends = frozen_until(early, utc("2026-11-29 12:00"))
    assert (ends, ends and ends.tzinfo) == (utc("2026-11-29 13:00"), UTC)
    assert next_freeze((early,), utc("2026-11-29 12:00")) == utc("2026-12-06 11:00")


def test_a_weekly_freeze_comes_back_and_dates_do_not() -> None:
    assert next_freeze((WEEKEND,), utc("2026-11-30 09:00")) == utc("2026-12-04 15:00")
    assert next_freeze((YEAR_END,), utc("2027-01-03 00:00")) is None


def test_a_weekly_freeze_that_begins_now_begins_next_a_week_later() -> None:
    assert next_freeze((WEEKEND,), utc("2026-11-27 15:00")) == utc("2026-12-04 15:00")


def test_a_weekly_freeze_that_ends_when_it_begins_never_lets_go() -> None:
    """Each week of it touches the next: it is looked a year ahead."""
    always = Weekly("wed 13:00", "wed 13:00", "UTC")
    assert frozen_until(always, utc("2026-11-18 13:00")) == utc("2027-11-24 13:00")
    assert frozen_until(always, utc("2026-11-25 12:59")) == utc("2027-12-01 13:00")


def test_freezes_that_touch_are_over_together() -> None:
    """The Monday after the weekend is the first day of another one."""
    monday = Dates("2026-11-30", "2026-11-30", "Europe/Berlin", "audit")
    found = current_freeze((WEEKEND, monday), utc("2026-11-28 12:00"))
    assert found == (WEEKEND, utc("2026-11-30 23:00"))
    assert current_freeze((WEEKEND, monday), utc("2026-11-30 08:00")) == (monday, utc("2026-11-30 23:00"))
    assert current_freeze((WEEKEND, monday), utc("2026-12-01 00:00")) is None


def test_freezes_that_leave_nothing_between_them_have_an_end_that_is_far_away() -> None:
    odd, even = Weekly("mon 00:00", "thu 00:00", "UTC"), Weekly("thu 00:00", "mon 00:00", "UTC")
    assert current_freeze((odd, even), utc("2026-11-25 12:00")) == (odd, utc("2027-11-29 00:00"))
    assert current_freeze((odd, even), utc("2026-11-24 00:00")) == (odd, utc("2027-11-25 00:00"))


@given(
    st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-12-31"), timezones=st.just(UTC)),
    st.sampled_from([row[1] for row in SPANS]),
)
def test_whoever_waits_until_a_freeze_is_over_may_promote(at: datetime, freeze: Period) -> None:
    end = frozen_until(freeze, at)
    assert end is None or (end > at and frozen_until(freeze, end) is None)
