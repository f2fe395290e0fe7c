"""Keys that are typed in one go: those behind a key that opens a field are for the field, whatever is drawn by then."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.events import Key
from textual.widgets import Input

from promote_tui.core.keymap import DEFAULTS
from promote_tui.tui.actions import navigation
from promote_tui.tui.bindings import FIELD_OPENERS
from promote_tui.tui.options import Options
from promote_tui.tui.screens.pipeline import PipelineScreen
from tests.support import tui_history
from tests.support.driver import Driver, driving
from tests.support.fakes import world
from tests.support.fakes.engine import planned
from tests.support.terminal import Terminal
from tests.support.tui_release import NAME, failed_release, planned_release
from tests.support.tui_releasing import ready

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.support.fakes.engine import FakeEngine

NAMES = {
    " ": "space",
    "/": "slash",
    "?": "question_mark",
    "*": "asterisk",
    "\r": "enter",
    "\x7f": "backspace",
    "\x1b": "escape",
    "\x10": "ctrl+p",
}
ROOT = Path(__file__).parents[4]


def at_once(it: Driver, text: str) -> None:
    """Press keys, given as a terminal sends them, before any of them is dealt with."""
    for letter in text:
        it.app.post_message(Key(NAMES.get(letter, letter), letter))


def typed(it: Driver) -> list[str]:
    """Return what stands in the fields of the screen in front."""
    return [field.value for field in it.app.screen.query(Input)]


SCREENS = {
    "PipelineScreen": "",
    "ReleasesScreen": "2",
    "DriftScreen": "3",
    "RunsScreen": "4",
    "ServiceScreen": "\r",
    "RunScreen": "",
}


@pytest.fixture(params=SCREENS)
def name(request: pytest.FixtureRequest) -> str:
    """Each screen with a field that `/` opens in its place."""
    found: str = request.param
    return found


@asynccontextmanager
async def on_screen(name: str) -> AsyncIterator[Driver]:
    """Stand on a screen, nothing at work any more."""
    engine = ready()
    if name == "RunScreen":
        engine.append("run-0001", planned("run-0001", world.plan(world.draft()), engine.time.now()))
    options = Options(attach="run-0001") if name == "RunScreen" else None
    async with driving(engine, options=options, read=options is None) as it:
        at_once(it, SCREENS[name])
        await it.shows(name)
        await it.settle()
        yield it


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("orders", "orders"),
        ("qrp4?x*ub 1", "qrp4?x*ub 1"),
        ("a/b", "a/b"),
        ("ordd\x7fers", "orders"),
        ("pp\x7f\x7fq", "q"),
    ],
)
async def test_what_is_typed_in_one_go_with_the_slash_stands_in_the_field(name: str, keys: str, text: str) -> None:
    async with on_screen(name) as it:
        at_once(it, f"/{keys}")
        await it.settle()
        await it.shows(name)
        assert typed(it) == [text]
        assert isinstance(it.app.focused, Input)
        assert it.toasts == []
        assert it.app.marked == set()


async def test_escape_behind_the_letters_clears_what_they_looked_for(name: str) -> None:
    async with on_screen(name) as it:
        at_once(it, "/orders\x1b")
        await it.settle()
        await it.shows(name)
        assert typed(it) == [""]
        assert not isinstance(it.app.focused, Input)


async def test_enter_keeps_it_and_what_is_behind_that_is_no_letter_of_it(name: str) -> None:
    async with on_screen(name) as it:
        at_once(it, "/or\r/d\r?")
        await it.shows("HelpDialog")
        at_once(it, "\x1b")
        await it.shows(name)
        assert typed(it) == ["d"]


async def test_what_stands_before_the_slash_is_for_the_list(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        at_once(it, "jjl/")
        await it.settle()
        assert isinstance(it.app.screen, PipelineScreen)
        assert it.app.screen.current_cell() == (world.NAMES[2], "staging")
        assert isinstance(it.app.focused, Input)


async def test_a_slash_behind_the_key_of_another_screen_opens_no_field_below_it(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("3f2a9c1")
        at_once(it, "d/bckff\r")
        await it.shows("DiffScreen")
        await it.settle()
        await it.shows("DiffScreen")


async def test_letters_behind_the_key_of_a_finder_are_for_its_field(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        at_once(it, "\x10Promote orders to dev\x7f")
        await it.shows("FinderDialog")
        await it.settle()
        assert typed(it) == ["Promote orders to de"]


async def test_enter_behind_the_letters_chooses_what_they_have_found(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        at_once(it, "\x10Runs: live\r")
        await it.shows("RunsScreen")


async def test_a_file_is_found_by_letters_typed_in_one_go_with_the_slash(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("3f2a9c1")
        await it.press("d")
        await it.sees("3 files")
        at_once(it, "/bckff")
        await it.shows("FinderDialog")
        await it.settle()
        assert typed(it) == ["bckff"]


HOLDS = [("2", "ReleasesScreen", "p", "free_name"), ("2", "ReleasesScreen", "w", "newest")]


@pytest.mark.parametrize(("there", "name", "key", "reads"), HOLDS)
async def test_letters_behind_a_key_whose_dialog_is_still_read_are_no_keys_of_the_list(
    there: str, name: str, key: str, reads: str
) -> None:
    engine = ready()
    await_read = engine.script.holds[f"releases.{reads}"] = threading.Event()
    async with driving(engine) as it:
        at_once(it, there)
        await it.shows(name)
        await it.settle()
        at_once(it, f"{key}*1 \rq")
        await it.until(lambda: bool(engine.called(f"releases.{reads}")))
        at_once(it, "*4")
        await it.settle()
        await it.shows(name)
        assert it.app.marked == set()
        await_read.set()
        await it.until(lambda: type(it.app.screen).__name__ != name or bool(it.toasts))
        assert it.app.marked == set()


async def test_letters_behind_the_key_of_the_branches_are_no_keys_of_the_commits(engine: FakeEngine) -> None:
    read = engine.script.holds["commits.branches"] = threading.Event()
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("8d20b6e")
        at_once(it, "bmain\r")
        await it.until(lambda: bool(engine.called("commits.branches")))
        at_once(it, "d1")
        await it.settle()
        await it.shows("ServiceScreen")
        read.set()
        await it.sees("3 branches of billing")
        assert typed(it) == [""]


@pytest.mark.parametrize(("make", "key"), [(planned_release, "p"), (failed_release, "U")])
async def test_the_words_behind_the_key_of_a_confirmation_are_for_its_field(
    make: Callable[[], FakeEngine], key: str
) -> None:
    async with driving(make()) as it:
        navigation.open_release(it.app, NAME)
        await it.shows("ReleaseScreen")
        await it.settle()
        at_once(it, f"{key}seciU1")
        await it.settle()
        await it.shows("ReleaseScreen")
        assert it.app.screen.query_one("#phrase", Input).value == "seciU1"


async def test_a_reason_that_is_typed_ahead_decides_nothing_and_is_no_key_of_the_screen_below(
    engine: FakeEngine,
) -> None:
    async with driving(engine) as it:
        at_once(it, "xqp1 ")
        await it.settle()
        await it.shows("DecisionDialog")
        assert it.app.marked == set()


async def test_a_field_that_never_opens_takes_no_key_away(engine: FakeEngine) -> None:
    """A key that was held back for it is pressed for the screen that it was meant for."""
    async with driving(engine) as it:
        await it.press("y")
        await it.settle()
        await it.shows("FinderDialog")
        await it.press("escape")
        await it.shows("PipelineScreen")
        at_once(it, "L?")
        await it.shows("HelpDialog")


def test_each_key_that_opens_a_field_is_one_of_the_table() -> None:
    assert set(DEFAULTS) > FIELD_OPENERS
    assert {name for name, keys in DEFAULTS.items() if keys == "slash"} <= FIELD_OPENERS


PROGRAM = """
import sys
from pathlib import Path
from promote_tui.tui.app import run
from tests.support.fakes.engine import FakeEngine
engine = FakeEngine(folder=Path(sys.argv[1]))
sys.exit(run(engine.pipeline, lambda: engine))
"""


@pytest.mark.pty
def test_all_bytes_in_one_write_filter_the_matrix(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    terminal = Terminal([sys.executable, "-c", PROGRAM, str(tmp_path)], environment=environment, folder=tmp_path)
    try:
        terminal.wait_for("SERVICE", "billing", "● 3f2a9c1")
        terminal.press("/qpordd\x7fers\x7f\x7f")
        terminal.wait_for("/ qporde", "0 of 8 services")
        terminal.press("\x15/\x7forders\r")
        terminal.wait_for("/ orders", "1 of 8 services", "esc Clear")
        terminal.press("q")
        assert terminal.wait_end() == 0
    finally:
        terminal.close()
