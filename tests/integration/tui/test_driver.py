"""The tests' own wait for the terminal UI to come to rest: goldens stand on it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from promote_tui.tui.timers import call_after
from tests.support.driver import driving

if TYPE_CHECKING:
    from tests.support.fakes.engine import FakeEngine


async def test_rest_is_what_comes_after_threads_and_timers_and_what_they_begin(engine: FakeEngine) -> None:
    heard: list[str] = []
    async with driving(engine) as it:
        await it.settle()
        engine.calls.clear()
        call_after(it.app, 0.2, it.app.refresh_cells)
        call_after(it.app, 0.1, lambda: heard.append("tick"))
        await it.settle()
        assert heard == ["tick"]
        assert engine.called("snapshot")
        assert it.app.cells.taken_at is not None
        assert not it.app.cells.is_reading


async def test_what_the_test_holds_is_not_waited_for(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        hold = engine.script.holds["snapshot"] = threading.Event()
        it.app.refresh_cells()
        await it.settle()
        assert it.app.cells.is_reading
        hold.set()
        await it.settle()
        assert not it.app.cells.is_reading


async def test_what_never_comes_to_rest_fails_by_name(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.driver.DEADLINE", 0.5)
    async with driving(engine) as it:
        call_after(it.app, 60, engine.calls.clear)
        with pytest.raises(AssertionError, match="does not come to rest: \\['once'\\]"):
            await it.settle()
