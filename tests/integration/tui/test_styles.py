"""A screen brings its styles along: to open it styles nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.actions.navigation import review_screen
from promote_tui.tui.dialogs.confirm import ConfirmDialog
from promote_tui.tui.screens.drift import DriftScreen
from tests.support.driver import driving

if TYPE_CHECKING:
    from tests.support.fakes.engine import FakeEngine


async def test_the_styles_of_a_screen_are_read_before_it_is_opened(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        dialog = ConfirmDialog("Quit?", ("Sure?",), (("Stay", 0), ("Quit", 1)))
        for screen in (DriftScreen(), review_screen(("orders", "prod")), dialog):
            files = [str(path) for path in screen.css_path]
            assert files
            assert all(it.app.stylesheet.has_source(file) for file in files)
