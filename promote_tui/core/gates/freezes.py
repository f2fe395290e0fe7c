"""Freezes: the times in which nothing is promoted; where the clock is changed, a freeze is in doubt longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.periods import holding_until, longest_spans

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from promote_tui.core.gates.periods import Span
    from promote_tui.core.model.team_rules import Period


def current_freeze(freezes: tuple[Period, ...], now: datetime) -> tuple[Period, datetime] | None:
    """Return a freeze that holds now, and when no freeze holds any more: adjacent freezes count as one.

    It looks at most a year ahead.
    """
    first = next((each for each in freezes if _holds((each,), now)), None)
    end = holding_until(lambda at: _spans(freezes, at), now)
    return (first, end) if first and end else None


def next_freeze(freezes: tuple[Period, ...], now: datetime) -> datetime | None:
    """Return when a freeze begins next (aware, UTC); None where none ever does."""
    return min((begin for begin, _ in _spans(freezes, now) if begin > now), default=None)


def _holds(freezes: tuple[Period, ...], now: datetime) -> bool:
    return any(begin <= now < end for begin, end in _spans(freezes, now))


def _spans(freezes: tuple[Period, ...], at: datetime) -> Iterator[Span]:
    for each in freezes:
        yield from longest_spans(each, at)
