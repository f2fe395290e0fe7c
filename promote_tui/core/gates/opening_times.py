"""The gates that the calendar opens and closes: freezes and windows, told on the clock of who reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import local_time
from promote_tui.core.gates.freezes import current_freeze, next_freeze
from promote_tui.core.gates.gate import FORWARD, TeamGate
from promote_tui.core.gates.windows import next_opening, next_window, open_until

if TYPE_CHECKING:
    from datetime import datetime

    from promote_tui.core.gates.facts import GateFacts
    from promote_tui.core.gates.gate import GateContext
    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.model.team_rules import Period

_NO_WINDOW = "add a window to the configuration"


class FreezeGate(TeamGate):
    """No freeze holds now."""

    name = "freeze"
    overridable = True
    kinds = FORWARD

    def check(self, context: GateContext) -> GateResult | None:
        """Return the freeze that holds, or when the next one begins; None where the stage has none."""
        asked, now = context.rules.freeze, context.facts.now
        if not asked:
            return None
        found = current_freeze(asked, now)
        if found is None:
            following = next_freeze(asked, now)
            begins = f"the next freeze begins {_read(context.facts, following)}" if following else ""
            return self.allow(begins or "no freeze ahead")
        freeze, end = found
        reason = f"{_why(freeze)}until {_read(context.facts, end)}"
        return self._frozen(reason, end, next_opening(context.rules, now), context.facts)

    def _frozen(self, reason: str, end: datetime, opening: datetime | None, facts: GateFacts) -> GateResult:
        """Return the freeze, with what opens next: the stage itself, or a window later on."""
        if opening is None:
            return self.block(f"{reason}; no window is open after it", _NO_WINDOW)
        later = f"wait until the window opens, {_read(facts, opening)}"
        return self.block(reason, later if opening > end else "wait until then", opens_at=opening, opened_by="time")


class WindowGate(TeamGate):
    """A window is open now."""

    name = "window"
    overridable = True
    kinds = FORWARD

    def check(self, context: GateContext) -> GateResult | None:
        """Return how long a window is open, or when the next one opens; None where the stage is open at any time."""
        asked, facts = context.rules.window, context.facts
        if not asked:
            return None
        if end := open_until(asked, facts.now):
            return self.allow(f"open until {_read(facts, end)}")
        following = next_window(asked, facts.now)
        if following is None:
            return self.block("no window ahead", _NO_WINDOW)
        window, begin = following
        reason = f"{_why(window)}closed until {_read(facts, begin)}"
        return self._closed(reason, begin, next_opening(context.rules, facts.now), facts)

    def _closed(self, reason: str, begin: datetime, opening: datetime | None, facts: GateFacts) -> GateResult:
        """Return that it is closed, with what opens next: this window, or one that no freeze takes."""
        if opening is None:
            return self.block(f"{reason}, and every window ahead is frozen", _NO_WINDOW)
        later = f"wait until {_read(facts, opening)}: a freeze takes the time before"
        return self.block(reason, later if opening > begin else "wait until then", opens_at=opening, opened_by="time")


def _why(period: Period) -> str:
    return f"{period.reason}, " if period.reason else ""


def _read(facts: GateFacts, at: datetime) -> str:
    return local_time(facts.local(at))


GATES = (FreezeGate(), WindowGate())
