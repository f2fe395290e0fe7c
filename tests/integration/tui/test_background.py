"""Work in threads: its answer comes back on the message loop of whoever asked, or not at all."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import PromoteError
from promote_tui.tui.background import ignore_error
from promote_tui.tui.dialogs.help import HelpDialog
from promote_tui.tui.presentation.glyphs import UNICODE
from promote_tui.tui.terminal.private_copy import PrivateCopy
from tests.support.driver import driving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.fakes.engine import FakeEngine


def _no_answer() -> None:
    raise PromoteError("AWS", "no answer", "try again")


def _bug() -> None:
    raise ZeroDivisionError("by nothing")


async def test_work_runs_beside_the_loop_and_its_answer_comes_on_it(engine: FakeEngine) -> None:
    threads: list[int] = []
    async with driving(engine) as it:
        it.app.background.run(
            it.app.screen, threading.get_ident, lambda at: threads.extend([at, threading.get_ident()])
        )
        await it.until(lambda: len(threads) == 2)
    assert threads[0] != threads[1] == threading.get_ident()


async def test_trouble_is_told_to_whoever_wants_it_else_in_a_toast(engine: FakeEngine) -> None:
    heard: list[PromoteError] = []
    async with driving(engine) as it:
        it.app.background.run(it.app.screen, _no_answer, failed=heard.append)
        await it.until(lambda: bool(heard))
        assert not it.toasts
        it.app.background.run(it.app.screen, _no_answer)
        await it.until(lambda: it.toasts == ["AWS: no answer; try again"])


async def test_trouble_that_another_place_tells_is_silent_but_a_bug_never_is(engine: FakeEngine) -> None:
    heard: list[PromoteError] = []
    async with driving(engine) as it:
        it.app.background.run(it.app.screen, _bug, failed=heard.append)
        it.app.background.run(it.app.screen, _no_answer, failed=ignore_error)
        it.app.background.run(it.app.screen, _bug, failed=ignore_error)
        await it.until(lambda: bool(heard and it.toasts))
        assert heard[0].cause == "unexpected ZeroDivisionError: by nothing"
        assert ["unexpected ZeroDivisionError" in toast for toast in it.toasts] == [True]


@pytest.mark.parametrize("fails", [False, True])
async def test_a_screen_that_is_gone_hears_nothing(engine: FakeEngine, *, fails: bool) -> None:
    go, heard, done = threading.Event(), list[object](), threading.Event()

    def work() -> None:
        go.wait(120)
        done.set()
        if fails:
            _no_answer()

    async with driving(engine) as it:
        dialog = HelpDialog((), "Pipeline", UNICODE)
        await it.app.push_screen(dialog)
        it.app.background.run(dialog, work, heard.append)
        await it.app.pop_screen()
        go.set()
        await it.until(done.is_set)
        it.app.background.run(it.app.screen, lambda: "later", heard.append)
        await it.until(lambda: bool(heard))
        assert (heard, it.toasts) == (["later"], [])


async def test_a_private_copy_that_nobody_hears_of_is_deleted(engine: FakeEngine, tmp_path: Path) -> None:
    go, copy = threading.Event(), tmp_path / "run.log"

    def work() -> PrivateCopy:
        copy.write_text("secret")
        go.wait(120)
        return PrivateCopy(copy)

    async with driving(engine) as it:
        dialog = HelpDialog((), "Pipeline", UNICODE)
        await it.app.push_screen(dialog)
        it.app.background.run(dialog, work, lambda found: found.path)
        await it.until(copy.exists)
        await it.app.pop_screen()
        go.set()
        await it.until(lambda: not copy.exists())
