"""Waits for a moment without a key: what is typed ahead was meant for what was shown before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.timers import call_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.events import Key
    from textual.message_pump import MessagePump

    from promote_tui.tui.timers import OneShotTimer

MOMENT = 0.4
"""Seconds that something has to stand without a key: longer than between two keys of somebody who types."""


class QuietPeriod:
    """Calls `then` once something was shown for a moment in which no key came."""

    def __init__(self, pump: MessagePump, then: Callable[[], object]) -> None:
        self.over = False
        self._pump = pump
        self._then = then
        self._timer: OneShotTimer | None = None

    @property
    def waits(self) -> bool:
        """Whether it will be over in a moment, if no key comes."""
        return self._timer is not None

    def look(self, *, stands: bool) -> None:
        """Begin to wait where it stands now; where it stands no more, what was waited for is forgotten."""
        if not stands:
            self._stop()
            self.over = False
        elif not self.over and self._timer is None:
            self._timer = call_after(self._pump, MOMENT, self._end)

    def begin(self) -> None:
        """Wait from now on, whatever was before."""
        self.look(stands=False)
        self.look(stands=True)

    def disturb(self) -> None:
        """Wait from the beginning: a key has come."""
        if self._timer is not None:
            self._stop()
            self._timer = call_after(self._pump, MOMENT, self._end)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _end(self) -> None:
        self._timer, self.over = None, True
        self._then()


class TypedAhead:
    """Keeps letters from being keys while what they are meant for is on its way.

    `hold` takes them; those that come before there is anything to type into are kept until it `opens`.
    """

    def __init__(self, pump: MessagePump, hold: Callable[[str], object], settled: Callable[[], object]) -> None:
        self._hold = hold
        self._settled = QuietPeriod(pump, settled)
        self._typing = QuietPeriod(pump, lambda: None)
        self._is_open = False
        self._letters = ""

    @property
    def settles(self) -> bool:
        """Whether letters will be keys in a moment, if none comes."""
        return self._settled.waits

    @property
    def is_over(self) -> bool:
        """Whether letters are keys."""
        return self._settled.over

    def look(self, *, stands: bool) -> None:
        """Begin to wait where it stands now."""
        self._settled.look(stands=stands)

    def open(self) -> None:
        """Hand on what was typed so far, and from now on each letter."""
        self._is_open = True
        if self._letters:
            self._hold(self._letters)

    def take(self, event: Key, *, late: bool) -> bool:
        """Keep a letter from being a key, and the enter behind it; digits that are not typed ahead are steps."""
        letter = event.character if event.is_printable else None
        if letter is None:
            return event.key == "enter" and self._typing.waits
        is_ahead = late or not self._is_open or self._typing.waits
        if not is_ahead and (letter.isdigit() or letter == "?"):
            return False
        self._typing.begin()
        self._settled.disturb()
        if self._is_open:
            self._hold(letter)
        else:
            self._letters += letter
        return True
