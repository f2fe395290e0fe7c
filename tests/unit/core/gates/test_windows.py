"""Windows, the minute before and after: in nights when the clock is changed, side by side, and beside freezes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from promote_tui.core.gates.windows import next_opening, next_window, open_until
from promote_tui.core.model.team_rules import Dates, Period, Rules, Weekly

MINUTE = timedelta(minutes=1)


def utc(text: str) -> datetime:
    """A moment, written as 2026-11-27 15:00."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


TUESDAY = Weekly("tue 10:00", "tue 16:00", "Europe/Berlin", "release day")
LAUNCH = Dates("2026-12-07", "2026-12-08", "Europe/Berlin", "launch")
SPANS: list[tuple[str, Period, str, str]] = [
    ("in winter", TUESDAY, "2026-12-01 09:00", "2026-12-01 15:00"),
    ("in summer", TUESDAY, "2026-07-07 08:00", "2026-07-07 14:00"),
    ("days of the calendar, both included", LAUNCH, "2026-12-06 23:00", "2026-12-08 23:00"),
    ("over the week's end", Weekly("sat 22:00", "mon 02:00", "UTC"), "2026-11-28 22:00", "2026-11-30 02:00"),
    # 25 October 2026, 3:00 becomes 2:00 in Berlin: 2:30 comes at 0:30 and at 1:30 UTC
    (
        "ends at a time that comes twice: at the first",
        Weekly("sat 22:00", "sun 02:30", "Europe/Berlin"),
        "2026-10-24 20:00",
        "2026-10-25 00:30",
    ),
    (
        "begins at a time that comes twice: at the second",
        Weekly("sun 02:30", "sun 06:00", "Europe/Berlin"),
        "2026-10-25 01:30",
        "2026-10-25 05:00",
    ),
    # 29 March 2026, 2:00 becomes 3:00 in Berlin at 1:00 UTC: there is no 2:30
    (
        "ends at a time that is missing: before it",
        Weekly("sat 22:00", "sun 02:30", "Europe/Berlin"),
        "2026-03-28 21:00",
        "2026-03-29 00:30",
    ),
    (
        "begins at a time that is missing: an hour later by the clock",
        Weekly("sun 02:30", "sun 06:00", "Europe/Berlin"),
        "2026-03-29 01:30",
        "2026-03-29 04:00",
    ),
]


@pytest.mark.parametrize(("window", "begin", "end"), [row[1:] for row in SPANS], ids=[row[0] for row in SPANS])
def test_a_window_is_open_from_its_first_minute_to_its_last(window: Period, begin: str, end: str) -> None:
    first, last = utc(begin), utc(end)
    assert open_until((window,), first - MINUTE) is None
    assert open_until((window,), first) == last
    assert open_until((window,), last - MINUTE) == last
    assert open_until((window,), last) is None
    assert next_window((window,), first - MINUTE) == (window, first)


def test_a_window_between_times_that_come_twice_stays_closed_for_that_week() -> None:
    """From 2:15 to 2:45: the first 2:45 comes before the second 2:15."""
    night = Weekly("sun 02:15", "sun 02:45", "Europe/Berlin")
    at = utc("2026-10-24 12:00")
    assert [open_until((night,), at + minutes * MINUTE) for minutes in range(0, 24 * 60, 5)] == [None] * 288
    assert next_window((night,), at) == (night, utc("2026-11-01 01:15"))
    assert next_window((night,), utc("2026-10-19 00:00")) == (night, utc("2026-11-01 01:15"))
    assert next_window((night,), utc("2026-10-18 00:45")) == (night, utc("2026-11-01 01:15"))


def test_a_window_that_begins_when_it_ends_is_none() -> None:
    """29 March 2026, 2:00 becomes 3:00 in Berlin: in doubt it begins at 3:30."""
    night = Weekly("sun 02:30", "sun 03:30", "Europe/Berlin")
    assert next_window((night,), utc("2026-03-28 12:00")) == (night, utc("2026-04-05 00:30"))


def test_windows_that_touch_close_together() -> None:
    evening = Weekly("tue 16:00", "tue 18:00", "Europe/Berlin")
    assert open_until((TUESDAY, evening), utc("2026-12-01 10:00")) == utc("2026-12-01 17:00")
    assert open_until((evening, TUESDAY), utc("2026-12-01 10:00")) == utc("2026-12-01 17:00")


def test_the_window_that_opens_next_is_the_earliest_of_all() -> None:
    assert next_window((TUESDAY, LAUNCH), utc("2026-12-01 15:00")) == (LAUNCH, utc("2026-12-06 23:00"))
    assert next_window((LAUNCH, TUESDAY), utc("2026-12-01 08:59")) == (TUESDAY, utc("2026-12-01 09:00"))
    assert next_window((LAUNCH,), utc("2026-12-06 23:00")) is None


AUDIT = Dates("2026-12-01", "2026-12-08", "UTC", "audit")
WEEKEND = Weekly("fri 16:00", "mon 09:00", "Europe/Berlin", "weekend")
MONDAY = Weekly("mon 10:00", "mon 16:00", "Europe/Berlin")
NEVER = (Weekly("mon 00:00", "thu 00:00", "UTC"), Weekly("thu 00:00", "mon 00:00", "UTC"))


@pytest.mark.parametrize(
    ("freezes", "windows", "now", "opens"),
    [
        ((), (), "2026-12-01 10:00", "2026-12-01 10:00"),
        ((), (TUESDAY,), "2026-12-01 10:00", "2026-12-01 10:00"),
        ((), (TUESDAY,), "2026-12-01 15:00", "2026-12-08 09:00"),
        ((), (LAUNCH,), "2026-12-08 23:00", None),
        ((WEEKEND,), (), "2026-11-28 12:00", "2026-11-30 08:00"),
        ((WEEKEND,), (MONDAY,), "2026-11-28 12:00", "2026-11-30 09:00"),
        ((AUDIT,), (TUESDAY,), "2026-12-01 08:00", "2026-12-15 09:00"),
        ((AUDIT,), (LAUNCH,), "2026-11-30 12:00", None),
        (NEVER, (), "2026-11-25 12:00", "2027-11-29 00:00"),
        (NEVER, (TUESDAY,), "2026-11-25 12:00", None),
        ((TUESDAY,), (TUESDAY,), "2026-12-01 10:00", None),
        ((), (Dates("2027-12-01", "2027-12-01", "UTC"),), "2026-12-01 00:00", "2027-12-01 00:00"),
        ((), (Dates("2027-12-02", "2027-12-02", "UTC"),), "2026-12-01 00:00", None),  # a leap year and no more
    ],
)
def test_a_stage_opens_when_no_freeze_holds_and_a_window_is_open(
    freezes: tuple[Period, ...], windows: tuple[Period, ...], now: str, opens: str | None
) -> None:
    found = next_opening(Rules(freeze=freezes, window=windows), utc(now))
    assert found == (utc(opens) if opens else None)
