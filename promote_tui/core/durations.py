"""Lengths of time and times, out of what people type and into the short words that they read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_WEEK, _YEAR = 7 * _DAY, 365 * _DAY
_STEPS = ((_MINUTE, 1, "s"), (_HOUR, _MINUTE, "m"), (_DAY, _HOUR, "h"), (2 * _WEEK, _DAY, "d"), (2 * _YEAR, _WEEK, "w"))
"""(up to, counted in, letter), in seconds."""
_LENGTH = r"(\d{1,6})([smhdw])"
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAY_ALONE = r"\d{4}-\d{2}-\d{2}"
_DATE = r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?-?"


def age(then: datetime, now: datetime) -> str:
    """Return how long ago `then` was, rounded down: `40s`, `5m`, `2h`, `6d`, `3w`, `2y`; the future is `0s`."""
    seconds = max(0, int((now - then).total_seconds()))
    for limit, unit, letter in _STEPS:
        if seconds < limit:
            return f"{seconds // unit}{letter}"
    return f"{seconds // _YEAR}y"


def duration(seconds: float) -> str:
    """Return how long something took, rounded down: `9s`, `2m51s`, `1h02m`."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m{whole % _MINUTE:02d}s"
    return f"{whole // _HOUR}h{whole % _HOUR // _MINUTE:02d}m"


def span(length: timedelta) -> str:
    """Return a length of time in its two largest units, rounded down: `1d 4h`, `3h 20m`, `4h`, `0s`."""
    seconds = max(0, int(length.total_seconds()))
    units = ((seconds // _DAY, "d"), (seconds // _HOUR % 24, "h"), (seconds // _MINUTE % 60, "m"), (seconds % 60, "s"))
    first = next((at for at, (count, _) in enumerate(units) if count), len(units) - 1)
    return " ".join(f"{count}{letter}" for count, letter in units[first : first + 2] if count) or "0s"


def weekday_time(at: datetime) -> str:
    """Return a time of these days: `Fri 20 Mar 16:00 UTC`."""
    return f"{at.astimezone(UTC):%a %d %b %H:%M} UTC"


def local_time(local: datetime) -> str:
    """Return a time of these days that stands on the clock of who reads: `Tue 1 Dec 09:00 CET (08:00 UTC)`."""
    utc = local.astimezone(UTC)
    if not local.utcoffset():
        return f"{_day_time(utc)} UTC"
    detail = f"{utc:%H:%M}" if utc.date() == local.date() else _day_time(utc)
    return f"{_day_time(local)} {local:%Z} ({detail} UTC)"


def _day_time(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b %H:%M}"


def on_utc_clock(at: datetime) -> datetime:
    """Return a moment as the clock of UTC shows it."""
    return at.astimezone(UTC)


def timestamp(at: datetime) -> str:
    """Return a time as `2026-01-31T12:00:00Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_minute(at: datetime) -> str:
    """Return a time as `2026-01-31 12:00 UTC`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def parse_length(text: str) -> timedelta | None:
    """Return the length of `90s`, `10m`, `4h`, `1d` or `2w`; None for other texts."""
    found = re.fullmatch(_LENGTH, text)
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


def to_seconds(text: str) -> float:
    """Return the seconds of a text that is a length; raises ValueError for others."""
    found = parse_length(text)
    if found is None:
        raise ValueError(text)
    return found.total_seconds()


def parse_local_time(text: str, *, end: bool = False) -> datetime | None:
    """Return the time of `2026-03-01` or `2026-03-01T14:30`, in local time unless it names a zone; None for others.

    A date is its beginning, or with `end` the beginning of the next one.
    """
    try:
        found = datetime.fromisoformat(text) + timedelta(days=int(end and bool(re.fullmatch(_DAY_ALONE, text))))
        return found if found.tzinfo else found.astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def parse_utc_date(text: str, *, end: bool = False) -> datetime | None:
    """Return the beginning (or the end) of `2026`, `2026-03` or `2026-03-09` in UTC; None for other texts."""
    date = re.fullmatch(_DATE, text)
    if date is None:
        return None
    year, month, day = (int(part) if part else None for part in date.groups())
    try:
        begin = datetime(year or 1, month or 1, day or 1, tzinfo=UTC)
        return _end(begin, month, day) if end else begin
    except (ValueError, OverflowError):
        return None  # there is no such day


def _end(begin: datetime, month: int | None, day: int | None) -> datetime:
    if month is None:
        return begin.replace(year=begin.year + 1)
    if day is None:
        return begin.replace(year=begin.year + month // 12, month=month % 12 + 1)
    return begin + timedelta(days=1)
