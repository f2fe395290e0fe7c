"""Lines that are asked for again: only what has changed is laid out and drawn."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from textual.app import App
from textual.content import Content

from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.app import ComposeResult
    from textual.pilot import Pilot
    from textual.strip import Strip


class Counted(LinesView):
    """Lines that are given, and what was drawn of them since somebody looked."""

    def __init__(self, *lines: Content) -> None:
        super().__init__(lambda _width: self.lines, "counted")
        self.lines = [*lines]
        self.drawn: list[str] = []

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        self.drawn.append(strip.text.strip())
        return strip


class Shown(App[None]):
    """A screen with nothing but lines."""

    def __init__(self, lines: Counted) -> None:
        super().__init__()
        self.lines = lines

    def compose(self) -> ComposeResult:
        yield self.lines


@asynccontextmanager
async def showing(*lines: Content) -> AsyncIterator[tuple[Counted, Pilot[None]]]:
    shown = Counted(*lines)
    async with Shown(shown).run_test(size=(20, 5)) as pilot:
        await pilot.pause()
        shown.drawn.clear()
        yield shown, pilot


async def redrawn(it: Counted, pilot: Pilot[None], *lines: Content) -> list[str]:
    """Return what is drawn once these are the lines."""
    it.lines = [*lines]
    it.redraw()
    await pilot.pause()
    return it.drawn


async def test_what_is_as_it_was_is_not_drawn_again() -> None:
    async with showing(Content("one"), Content("two")) as (it, pilot):
        assert await redrawn(it, pilot, Content("one"), Content("two")) == []


async def test_another_word_is_drawn() -> None:
    async with showing(Content("one"), Content("two")) as (it, pilot):
        assert "four" in await redrawn(it, pilot, Content("one"), Content("four"))


async def test_another_colour_of_the_same_words_is_drawn() -> None:
    async with showing(Content("one")) as (it, pilot):
        assert await redrawn(it, pilot, Content.styled("one", "red")) == ["one"]


async def test_a_line_more_is_laid_out_and_a_line_less_too() -> None:
    async with showing(Content("one")) as (it, pilot):
        assert "two" in await redrawn(it, pilot, Content("one"), Content("two"))
        assert it.size.height == 2
        await redrawn(it, pilot, Content("one"))
        assert it.size.height == 1


async def test_lines_come_where_there_were_none() -> None:
    async with showing() as (it, pilot):
        assert await redrawn(it, pilot, Content("one")) == ["one"]


async def test_it_is_drawn_anew_after_it_was_hidden() -> None:
    async with showing(Content("one")) as (it, pilot):
        it.display = False
        await pilot.pause()
        await redrawn(it, pilot, Content("two"))
        it.drawn.clear()
        it.display = True
        await pilot.pause()
        assert it.size.height == 1
        assert it.render_line(0).text.strip() == "two"
