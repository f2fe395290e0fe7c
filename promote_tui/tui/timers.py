"""Timers that fire exactly once.

Textual skips the ticks of a timer that the machine was too late for, even the only tick of a timer. After a stall of
the process such a timer would never fire.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.tui.background import Loop


NAME = "once"
"""The name of each such timer's task: whoever lists the tasks of the loop sees what is still to come."""


class OneShotTimer:
    """Calls something once, on the message loop that asked for it, unless it is stopped before."""

    def __init__(self, loop: Loop, seconds: float, work: Callable[[], object]) -> None:
        self._loop = loop
        self._work: Callable[[], object] | None = work
        self._task = asyncio.create_task(self._wait(seconds), name=NAME)

    def stop(self) -> None:
        """Cancel it, even if it is about to fire."""
        self._work = None
        self._task.cancel()

    async def _wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._loop.call_later(self._fire)

    def _fire(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            work()


def call_after(loop: Loop, seconds: float, work: Callable[[], object]) -> OneShotTimer:
    """Call it after so many seconds, or as soon as possible after that."""
    return OneShotTimer(loop, seconds, work)
