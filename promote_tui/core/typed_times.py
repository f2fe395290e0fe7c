"""Times that people type: `3d`, `12h`, `2026-03-01`, `2026-03-01T14:30`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import parse_length, parse_local_time
from promote_tui.core.errors import UsageError
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from datetime import datetime


def parse_since(text: str, now: datetime) -> datetime:
    """Return the time that is meant, a date as its beginning in local time; raises UsageError."""
    return _time(text, now, end=False)


def parse_until(text: str, now: datetime) -> datetime:
    """Return the time that is meant, a date as its end in local time; raises UsageError."""
    return _time(text, now, end=True)


def parse_past(text: str, now: datetime) -> datetime:
    """Return the moment that is meant, a date as its beginning in local time; raises UsageError for one to come."""
    found = parse_since(text, now)
    if found > now:
        raise UsageError(clean(text, limit=40), "this is in the future", "write a past time, such as 4h")
    return found


def parse_later(text: str, now: datetime) -> datetime:
    """Return the time to come that is meant: `4h` is from now on, a date its end; raises UsageError."""
    return _to_come(text, now, end=True)


def parse_start(text: str, now: datetime) -> datetime:
    """Return the time to come that something starts at: `4h` is from now on, a date its start; raises UsageError."""
    return _to_come(text, now, end=False)


def _to_come(text: str, now: datetime, *, end: bool) -> datetime:
    ahead = parse_length(text)
    found = now + ahead if ahead is not None else _time(text, now, end=end)
    if found <= now:
        raise UsageError(clean(text, limit=40), "this is in the past", "write a future time, such as 4h")
    return found


def _time(text: str, now: datetime, *, end: bool) -> datetime:
    ago = parse_length(text)
    try:
        found = now - ago if ago is not None else parse_local_time(text, end=end)
    except OverflowError:
        found = None
    if found is None:
        remedy = "write 3d, 12h, 2026-03-01 or 2026-03-01T14:30"
        raise UsageError(clean(text, limit=40), "this is not a time", remedy)
    return found
