"""A moment without a key: what is typed ahead was meant for what stood there before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.timers import once

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump
    from textual.timer import Timer

MOMENT = 0.4
"""Seconds that something has to stand without a key: longer than between two keys of somebody who types."""


class QuietPeriod:
    """Tells whether something has stood for a moment in which no key came; `then` is done once it has."""

    def __init__(self, pump: MessagePump, then: Callable[[], object]) -> None:
        self.over = False
        self._pump = pump
        self._then = then
        self._timer: Timer | None = None

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
            self._timer = once(self._pump, MOMENT, self._end)

    def begin(self) -> None:
        """Wait from now on, whatever was before."""
        self.look(stands=False)
        self.look(stands=True)

    def disturb(self) -> None:
        """Wait from the beginning: a key has come."""
        if self._timer is not None:
            self._stop()
            self._timer = once(self._pump, MOMENT, self._end)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _end(self) -> None:
        self._timer, self.over = None, True
        self._then()
