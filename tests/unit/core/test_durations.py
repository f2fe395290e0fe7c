"""Ages and durations are short words, rounded down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from promote_tui.core.durations import age, duration

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
