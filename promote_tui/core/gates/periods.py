"""When a period of the configuration begins and ends: weekly or by date, in any time zone.

A period is given in local time, in which daylight saving skips an hour or repeats it: such a time means two moments.
Whoever asks says whether the period is then the longer one or the shorter one.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeAlias, assert_never
from zoneinfo import ZoneInfo

from promote_tui.core.model.team_rules import Dates, Weekly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from promote_tui.core.model.team_rules import Period

Span: TypeAlias = tuple[datetime, datetime]
"""When it begins and when it ends (aware, UTC)."""
_Moments: TypeAlias = tuple[datetime, datetime]
"""The earlier and the later moment that a local time can mean."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK = timedelta(days=7)
YEAR = timedelta(days=366)
"""How far ahead it is looked: weekly periods can leave no time between them."""


def longest_spans(period: Period, now: datetime) -> Iterator[Span]:
    """Yield the times around now: those that may hold, and the next one; in doubt each is longer."""
    for (begin, _), (_, end) in _around(period, now):
        yield begin, end


def shortest_spans(period: Period, now: datetime) -> Iterator[Span]:
    """Yield the times around now: those that may hold, and the next one; in doubt each is shorter, or there is none."""
    for (_, begin), (end, _) in _around(period, now):
        if begin < end:
            yield begin, end


def holding_until(spans: Callable[[datetime], Iterable[Span]], now: datetime) -> datetime | None:
    """Return when none of the spans around a moment holds any more: adjacent ones count as one; None: none holds now.

    It looks at most a year ahead.
    """
    end = _last_end(spans(now), now)
    while end is not None and end - now < YEAR and (later := _last_end(spans(end), end)):
        end = later
    return end


def _last_end(spans: Iterable[Span], now: datetime) -> datetime | None:
    return max((end for begin, end in spans if begin <= now < end), default=None)


def _around(period: Period, now: datetime) -> Iterator[tuple[_Moments, _Moments]]:
    zone = ZoneInfo(period.timezone)
    match period:
        case Dates(start=start, end=end):
            after = date.fromisoformat(end) + timedelta(days=1)
            yield _moments(date.fromisoformat(start), time(), zone), _moments(after, time(), zone)
        case Weekly(begins=begins_at, ends=ends_at):
            local = now.astimezone(zone).date()
            monday = local - timedelta(days=local.weekday())
            (first, at), (last, to) = _week_time(begins_at), _week_time(ends_at)
            wraps = _WEEK if (last, to) <= (first, at) else timedelta()
            for week in (monday - _WEEK, monday, monday + _WEEK, monday + 2 * _WEEK):
                yield _moments(week + first, at, zone), _moments(week + last + wraps, to, zone)
        case _:
            assert_never(period)


def _week_time(text: str) -> tuple[timedelta, time]:
    day, clock = text.split()
    return timedelta(days=_DAYS.index(day)), time.fromisoformat(clock)


def _moments(day: date, at: time, zone: ZoneInfo) -> _Moments:
    """Return the moments that a local time can mean: two where the clock is put back or forward then."""
    both = [datetime.combine(day, at, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    return min(both), max(both)
