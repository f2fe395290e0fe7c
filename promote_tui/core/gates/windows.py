"""Windows: the only times in which a stage is open; where the clock is changed, a window is in doubt shorter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.freezes import current_freeze
from promote_tui.core.gates.periods import YEAR, holding_until, shortest_spans

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from promote_tui.core.gates.periods import Span
    from promote_tui.core.model.team_rules import Period, Rules


def open_until(windows: tuple[Period, ...], now: datetime) -> datetime | None:
    """Return when no window is open any more: adjacent windows count as one; None where none is open now.

    It looks at most a year ahead.
    """
    return holding_until(lambda at: (span for _, span in _spans(windows, at)), now)


def next_window(windows: tuple[Period, ...], now: datetime) -> tuple[Period, datetime] | None:
    """Return the window that opens next, and when (aware, UTC); None where none ever does."""
    following = [(window, begin) for window, (begin, _) in _spans(windows, now) if begin > now]
    return min(following, key=lambda found: found[1], default=None)


def next_opening(rules: Rules, now: datetime) -> datetime | None:
    """Return when no freeze holds and a window, where there are any, is open: now or later; None where never.

    It looks at most a year ahead.
    """
    at = now
    while at - now < YEAR:
        if frozen := current_freeze(rules.freeze, at):
            at = frozen[1]
        elif not rules.window or open_until(rules.window, at):
            return at
        elif following := next_window(rules.window, at):
            at = following[1]
        else:
            return None
    return None if rules.window else at


def _spans(windows: tuple[Period, ...], at: datetime) -> Iterator[tuple[Period, Span]]:
    for each in windows:
        for span in shortest_spans(each, at):
            yield each, span
