"""Timers that go off once, whatever happens.

Textual leaves out the ticks of a timer for which the machine was too late, and of a timer with one tick that is the
only one: after a stall of the process what it was set for would never happen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump
    from textual.timer import Timer


NAME = "once"
"""The name of each such timer's task: whoever lists the tasks of the loop sees what is still to come."""


def once(pump: MessagePump, seconds: float, work: Callable[[], object]) -> Timer:
    """Do it after so many seconds, or as soon as possible after them."""
    timer = pump.set_timer(seconds, work, name=NAME)
    timer._skip = False  # noqa: SLF001 - set_timer has no way to say it; the timer's task has not begun yet
    return timer
