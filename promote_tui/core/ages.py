"""How long ago, and how long: short words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

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
