"""Freezes: the times in which nothing is promoted, weekly or by date, in any time zone.

A freeze is given in local time, in which daylight saving skips an hour or repeats it. It then begins at the earlier and
ends at the later of the two moments, so that in doubt it is longer.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, assert_never
from zoneinfo import ZoneInfo

from promote_tui.core.model.team_rules import Dates, Weekly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.model.team_rules import Freeze

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK = timedelta(days=7)
_YEAR = timedelta(days=366)


def frozen_until(freeze: Freeze, now: datetime) -> datetime | None:
    """Return when the freeze ends (aware, UTC); None where it does not hold now."""
    ends = [end for begin, end in _spans(freeze, now) if begin <= now < end]
    return max(ends, default=None)


def next_beginning(freeze: Freeze, now: datetime) -> datetime | None:
    """Return when the freeze begins next (aware, UTC); None where it never does again."""
    return min((begin for begin, _ in _spans(freeze, now) if begin > now), default=None)


def current_freeze(freezes: tuple[Freeze, ...], now: datetime) -> tuple[Freeze, datetime] | None:
    """Return a freeze that holds now, and when no freeze holds any more: adjacent freezes count as one.

    It looks at most a year ahead: weekly freezes can leave no time between them.
    """
    first = next((each for each in freezes if frozen_until(each, now)), None)
    if first is None:
        return None
    end = now
    while end - now < _YEAR and (later := _last_end(freezes, end)):
        end = later
    return first, end


def _last_end(freezes: tuple[Freeze, ...], now: datetime) -> datetime | None:
    return max((at for each in freezes if (at := frozen_until(each, now))), default=None)


def _spans(freeze: Freeze, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield (begin, end) of the times around now: those that may hold, and the next one."""
    zone = ZoneInfo(freeze.timezone)
    match freeze:
        case Dates(start=start, end=end):
            after = date.fromisoformat(end) + timedelta(days=1)
            yield _earlier(date.fromisoformat(start), time(), zone), _later(after, time(), zone)
        case Weekly(begins=begins_at, ends=ends_at):
            local = now.astimezone(zone).date()
            monday = local - timedelta(days=local.weekday())
            (first, at), (last, to) = _week_time(begins_at), _week_time(ends_at)
            wraps = _WEEK if (last, to) <= (first, at) else timedelta()
            for week in (monday - _WEEK, monday, monday + _WEEK):
                yield _earlier(week + first, at, zone), _later(week + last + wraps, to, zone)
        case _:
            assert_never(freeze)


def _week_time(text: str) -> tuple[timedelta, time]:
    day, clock = text.split()
    return timedelta(days=_DAYS.index(day)), time.fromisoformat(clock)


def _earlier(day: date, at: time, zone: ZoneInfo) -> datetime:
    return min(_both(day, at, zone))


def _later(day: date, at: time, zone: ZoneInfo) -> datetime:
    return max(_both(day, at, zone))


def _both(day: date, at: time, zone: ZoneInfo) -> list[datetime]:
    """Return the moments that a local time can mean: two where the clock is put back or forward then."""
    return [datetime.combine(day, at, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
