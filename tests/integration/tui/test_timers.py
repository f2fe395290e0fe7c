"""What is to happen once happens, however late the machine is."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import _time
from textual.app import App

from promote_tui.tui.timers import NAME, call_after
from tests.support.waiting import comes_true

if TYPE_CHECKING:
    import pytest


async def test_a_stall_between_two_looks_at_the_clock_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock is a second after the one before: every timer is too late from the beginning."""
    called = asyncio.Event()
    app: App[None] = App()
    async with app.run_test():
        looks = iter(range(1_000_000))
        monkeypatch.setattr(_time, "get_time", lambda: float(next(looks)))
        call_after(app, 0.001, called.set)
        await asyncio.wait_for(called.wait(), 120)
        monkeypatch.undo()


def waiting() -> list[str]:
    """Return the timers that are still to fire."""
    return [task.get_name() for task in asyncio.all_tasks() if task.get_name() == NAME]


async def test_it_happens_once_and_can_be_stopped() -> None:
    called: list[str] = []
    app: App[None] = App()
    async with app.run_test() as pilot:
        call_after(app, 0.001, lambda: called.append("once"))
        call_after(app, 0.001, lambda: called.append("never")).stop()
        await comes_true(lambda: called and not waiting(), lambda: f"{called}, {waiting()}")
        await pilot.pause()
    assert called == ["once"]
