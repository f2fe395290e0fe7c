"""Screens that are closed while they open: whatever moment it is, nothing crashes and nothing is said to be a bug."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from textual.widget import Widget

from promote_tui.tui.actions.navigation import review_screen
from promote_tui.tui.dialogs.choose import ChooseDialog
from promote_tui.tui.dialogs.confirm import ConfirmDialog
from promote_tui.tui.dialogs.finder import FinderDialog
from promote_tui.tui.dialogs.help import HelpDialog
from promote_tui.tui.dialogs.reason import ReasonDialog, ReasonWords
from promote_tui.tui.dialogs.stop import StopDialog
from promote_tui.tui.presentation.glyphs import UNICODE
from promote_tui.tui.presentation.style import ink
from promote_tui.tui.screens.base import View
from promote_tui.tui.screens.diff import DiffScreen
from promote_tui.tui.screens.drift import DriftScreen
from promote_tui.tui.screens.pipeline import PipelineScreen
from promote_tui.tui.screens.releases import ReleasesScreen
from promote_tui.tui.screens.run import RunScreen
from promote_tui.tui.screens.runs import RunsScreen
from promote_tui.tui.screens.service import ServiceScreen
from tests.support.driver import Driver, driving
from tests.support.fakes import world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.screen import Screen

    from tests.support.fakes.engine import FakeEngine

RUN = "run-0001"
MOMENTS = ("made", "first", "at last")
SCREENS: dict[str, Callable[[], Screen[Any]]] = {
    "ask": lambda: ConfirmDialog("Quit?", ("Sure?",), (("Stay", 0), ("Quit", 1))),
    "choose": lambda: ChooseDialog("Which?", ("one", "two"), lambda item, _width: ink(item)),
    "finder": lambda: FinderDialog("Find", ()),
    "help": lambda: HelpDialog((), "Pipeline", UNICODE),
    "reason": lambda: ReasonDialog("Decide", ("Hold",), needed=True, deed=ReasonWords("Hold", "holds it")),
    "stop": lambda: StopDialog("orders to prod", submitted=True),
    "pipeline": PipelineScreen,
    "service": lambda: ServiceScreen("billing", "staging"),
    "diff": lambda: DiffScreen("billing", None, world.COMMITS[0].sha, "diff"),
    "drift": DriftScreen,
    "releases": ReleasesScreen,
    "runs": RunsScreen,
    "run": lambda: RunScreen(RUN),
    "promote": lambda: review_screen(("orders", "prod")),
    "rollback": lambda: review_screen(("orders", "prod"), is_rollback=True),
}


class Leaves(Widget):
    """Does something in the middle of the mount of its screen."""

    def __init__(self, leave: Callable[[], object]) -> None:
        super().__init__()
        self._leave = leave

    def on_mount(self) -> None:
        self._leave()


def leaving(widget: Widget, leave: Callable[[], object], moment: str) -> None:
    """Let the widget be left while it makes its parts, or while they are being mounted."""
    compose = widget.compose

    def composed() -> Iterator[Widget]:
        if moment == "made":
            leave()
        else:
            yield Leaves(leave)
        yield from compose()
        if moment == "at last":
            yield Leaves(leave)

    widget.compose = composed  # type: ignore[method-assign]


def exercise(it: Driver, screen: Screen[Any]) -> None:
    """Ask of a screen what the app, the footer and the help ask of it, whether its parts are there or not."""
    it.app.cells_changed.publish(None)
    it.app.drafts.changed.publish(("orders", "prod"))
    screen.refresh_bindings()
    if isinstance(screen, View):
        screen.current_cell()


def push(it: Driver, name: str, moment: str, leave: Callable[[], object]) -> tuple[Screen[Any], list[str]]:
    """Push a screen that is left at that moment of its opening, once, and asked things then; the list says when."""
    screen = SCREENS[name]()
    left: list[str] = []

    def leave_once() -> None:
        if not left:
            left.append(moment)
            leave()
            exercise(it, screen)

    leaving(screen, leave_once, moment)
    it.app.push_screen(screen)
    return screen, left


async def close(it: Driver, name: str, moment: str) -> None:
    """Close a screen at that moment of its opening, and wait for what stood below it."""
    screen, left = push(it, name, moment, it.app.pop_screen)
    await it.until(lambda: bool(left) and it.app.screen is not screen)
    await it.sees("SERVICE")


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", SCREENS)
async def test_quitting_while_a_screen_opens_never_crashes(engine: FakeEngine, name: str, moment: str) -> None:
    engine.add_run(RUN, world.plan(world.draft()))
    async with driving(engine) as it:
        _screen, left = push(it, name, moment, lambda: it.app.exit(0))
        await it.until(lambda: bool(left))
    assert it.app.return_code == 0


@pytest.mark.parametrize("name", SCREENS)
async def test_a_screen_that_is_closed_while_it_opens_never_crashes(engine: FakeEngine, name: str) -> None:
    engine.add_run(RUN, world.plan(world.draft()))
    async with driving(engine) as it:
        for moment in MOMENTS:
            await close(it, name, moment)
    assert it.app.return_code in {0, None}
