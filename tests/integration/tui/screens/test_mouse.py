"""The mouse: a click does what the key does, on tabs, crumbs, steps and the heads of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.tui.screens.pipeline import PipelineScreen
from promote_tui.tui.screens.promote import PromoteScreen
from tests.support.driver import Driver, driving

if TYPE_CHECKING:
    from tests.support.fakes.engine import FakeEngine


async def click(it: Driver, words: str, row: int = 0) -> None:
    """Click in the middle of words that stand in a line of the screen."""
    at = it.text.splitlines()[row].index(words) + len(words) // 2
    await it.pilot.click(offset=(at, row))


@pytest.mark.parametrize(
    ("tab", "screen"),
    [("2 Releases", "ReleasesScreen"), ("3 Drift", "DriftScreen"), ("4 Runs", "RunsScreen")],
)
async def test_a_tab_opens_its_screen(engine: FakeEngine, tab: str, screen: str) -> None:
    async with driving(engine) as it:
        await click(it, tab)
        await it.shows(screen)
        await it.sees("1 Pipeline")
        await click(it, "1 Pipeline")
        await it.shows("PipelineScreen")


@pytest.mark.parametrize("crumb", ["acme", "orders"])
async def test_a_crumb_goes_back_as_esc_does(engine: FakeEngine, crumb: str) -> None:
    async with driving(engine) as it:
        await it.press(*["down"] * 5, "enter")
        await it.sees("orders ▸ develop")
        await click(it, crumb)
        await it.shows("PipelineScreen")


async def test_a_step_of_the_review_is_shown_in_full(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press(*["down"] * 5, "right", "p")
        await it.sees("3 Gates", "tab, then enter deploys")
        await click(it, "3 Gates", 1)
        screen = it.app.screen
        assert isinstance(screen, PromoteScreen)
        await it.sees("stage order", "IF IT GOES WRONG")


async def test_the_heads_of_the_matrix_sort_and_choose_a_stage(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        screen = it.app.screen
        assert isinstance(screen, PipelineScreen)
        await click(it, "PROD", 3)
        assert screen.matrix.cursor == ("billing", "prod")
        await click(it, "SERVICE", 3)
        await it.sees("by staleness", "SERVICE ↓")


async def test_ctrl_z_without_a_shell_says_why_it_cannot_suspend(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("ctrl+z")
        await it.until(lambda: any("no shell with job control" in toast for toast in it.toasts))
        await it.sees("SERVICE")
