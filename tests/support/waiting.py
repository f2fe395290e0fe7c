"""Waiting for what another process, another thread or the message loop brings about: a fact, never a moment."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

DEADLINE = 180.0
"""Seconds: a machine that is busy with other things is no failure."""
_LOOK = 0.02
"""Seconds between two looks."""


def until(true: Callable[[], T | None], what: str = "what was waited for", seconds: float = DEADLINE) -> T:
    """Wait for something to become true, and return it; fail with `what` after a time.

    Looking takes a third of the time at most: the rest is left to those who are waited for.
    """
    deadline = time.monotonic() + seconds
    while True:
        began = time.monotonic()
        found = true()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(max(_LOOK, 2 * (time.monotonic() - began)))


async def comes_true(true: Callable[[], object], what: Callable[[], str], seconds: float = DEADLINE) -> None:
    """Let the message loop work until something is true; fail with what `what` returns after a time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what()}"
        await asyncio.sleep(_LOOK)  # not the pilot's pause: it sends a message through every widget
