"""Times as people type them: `3d`, `12h`, `2026-03-01`, `2026-03-01T14:30`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from promote_tui.core.errors import UsageError
from promote_tui.core.text import clean

_AGO = re.compile(r"(\d{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def since(text: str, now: datetime) -> datetime:
    """Return the moment that is meant, a date as its beginning in local time; raises UsageError."""
    return _moment(text, now, timedelta())


def until(text: str, now: datetime) -> datetime:
    """Return the moment that is meant, a date as its end in local time; raises UsageError."""
    return _moment(text, now, timedelta(days=1))


def later(text: str, now: datetime) -> datetime:
    """Return the moment to come that is meant: `4h` is from now on, a date its end; raises UsageError."""
    ahead = _AGO.fullmatch(text)
    found = now + timedelta(**{_UNITS[ahead[2]]: int(ahead[1])}) if ahead else until(text, now)
    if found <= now:
        raise UsageError(clean(text, limit=40), "this is over already", "write a time to come, such as 4h")
    return found


def _moment(text: str, now: datetime, rest_of_day: timedelta) -> datetime:
    try:
        ago = _AGO.fullmatch(text)
        if ago:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        found = datetime.fromisoformat(text) + (rest_of_day if _DATE.fullmatch(text) else timedelta())
        return found if found.tzinfo else found.astimezone()
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            clean(text, limit=40), "this is no time", "write 3d, 12h, 2026-03-01 or 2026-03-01T14:30"
        ) from None
