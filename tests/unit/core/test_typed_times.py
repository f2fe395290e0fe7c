"""Times as people type them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import UsageError
from promote_tui.core.typed_times import parse_since, parse_until

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A local time that is not UTC."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", "2026-01-31T11:58:30+00:00"),
        ("30m", "2026-01-31T11:30:00+00:00"),
        ("12h", "2026-01-31T00:00:00+00:00"),
        ("3d", "2026-01-28T12:00:00+00:00"),
        ("2w", "2026-01-17T12:00:00+00:00"),
        ("2026-01-01", "2025-12-31T23:00:00+00:00"),
        ("2026-07-01", "2026-06-30T22:00:00+00:00"),
        ("2026-01-01T14:30", "2026-01-01T13:30:00+00:00"),
        ("2026-01-01 14:30", "2026-01-01T13:30:00+00:00"),
        ("2026-01-01T14:30Z", "2026-01-01T14:30:00+00:00"),
        ("2026-01-01T14:30+05:00", "2026-01-01T09:30:00+00:00"),
    ],
)
def test_since_reads_ages_and_local_times(text: str, expected: str) -> None:
    assert parse_since(text, NOW).astimezone(UTC).isoformat() == expected


def test_until_a_date_includes_that_day() -> None:
    assert parse_until("2026-01-30", NOW).astimezone(UTC).isoformat() == "2026-01-30T23:00:00+00:00"


def test_until_an_age_is_that_moment() -> None:
    assert parse_until("1d", NOW) == parse_since("1d", NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "3",
        "d",
        "-3d",
        "3 d",
        "2026-13-01",
        "2026-02-30",
        "999999w",
        "9999999d",
        "9999-12-31T23:59-23:00x",
    ],
)
def test_what_is_no_time_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match="this is not a time"):
        parse_until(text, NOW)
