"""How long ago, and how long: short words for people."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_WEEK, _YEAR = 7 * _DAY, 365 * _DAY
_STEPS = ((_MINUTE, 1, "s"), (_HOUR, _MINUTE, "m"), (_DAY, _HOUR, "h"), (2 * _WEEK, _DAY, "d"), (2 * _YEAR, _WEEK, "w"))
"""(up to, counted in, letter), in seconds."""


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
