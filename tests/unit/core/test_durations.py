"""Ages and durations are short words, rounded down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from promote_tui.core.durations import (
    age,
    duration,
    local_time,
    on_utc_clock,
    parse_length,
    parse_utc_date,
    timestamp,
    to_seconds,
    utc_minute,
)

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = 60, 3_600, 86_400


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5, "0s"),
        (0, "0s"),
        (59.9, "59s"),
        (MINUTE, "1m"),
        (HOUR - 1, "59m"),
        (HOUR, "1h"),
        (DAY - 1, "23h"),
        (DAY, "1d"),
        (14 * DAY - 1, "13d"),
        (14 * DAY, "2w"),
        (700 * DAY, "100w"),
        (730 * DAY, "2y"),
        (20_000 * DAY, "54y"),
    ],
)
def test_an_age_is_told_in_its_largest_whole_unit(seconds: float, expected: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), NOW) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-1, "0s"), (9.9, "9s"), (59, "59s"), (60, "1m00s"), (171, "2m51s"), (3_599, "59m59s"), (3_720, "1h02m")],
)
def test_a_duration_has_two_units_at_most(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("10m", timedelta(minutes=10)),
        ("4h", timedelta(hours=4)),
        ("1d", timedelta(days=1)),
        ("2w", timedelta(weeks=2)),
        ("0s", timedelta()),
        ("", None),
        ("4", None),
        ("4 h", None),
        ("-4h", None),
        ("4y", None),
        ("1234567s", None),
    ],
)
def test_a_length_is_a_number_and_a_unit(text: str, expected: timedelta | None) -> None:
    assert parse_length(text) == expected


def test_what_is_no_length_has_no_seconds() -> None:
    assert to_seconds("4h") == 4 * HOUR
    with pytest.raises(ValueError, match="4y"):
        to_seconds("4y")


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-03", "2026-03-01", "2026-04-01"),
        ("2026-12-", "2026-12-01", "2027-01-01"),
        ("2026-12-31", "2026-12-31", "2027-01-01"),
        ("2026-02-30", None, None),
        ("2026-13", None, None),
        ("9999", "9999-01-01", None),
        ("3d", None, None),
    ],
)
def test_a_date_in_utc_is_a_day_a_month_or_a_year(text: str, begin: str | None, end: str | None) -> None:
    found = parse_utc_date(text), parse_utc_date(text, end=True)
    assert tuple(at and f"{at:%Y-%m-%d}" for at in found) == (begin, end)


def test_times_are_written_in_utc() -> None:
    at = datetime(2026, 1, 31, 13, 0, 59, tzinfo=timezone(timedelta(hours=1)))
    assert (timestamp(at), utc_minute(at)) == ("2026-01-31T12:00:59Z", "2026-01-31 12:00 UTC")


@pytest.mark.parametrize(
    ("hours", "name", "expected"),
    [
        (0, "GMT", "Sat 31 Jan 12:00 UTC"),
        (1, "CET", "Sat 31 Jan 13:00 CET (12:00 UTC)"),
        (-10, "HST", "Sat 31 Jan 02:00 HST (12:00 UTC)"),
        (14, "+14", "Sun 1 Feb 02:00 +14 (Sat 31 Jan 12:00 UTC)"),
    ],
)
def test_a_local_time_names_its_clock_and_has_utc_in_brackets(hours: int, name: str, expected: str) -> None:
    local = NOW.astimezone(timezone(timedelta(hours=hours), name))
    assert local_time(local) == expected
    assert local_time(on_utc_clock(local)) == "Sat 31 Jan 12:00 UTC"
