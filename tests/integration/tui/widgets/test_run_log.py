"""The log pane keeps up: it keeps raw lines, and reads only those that are seen."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from textual.app import App

from promote_tui.tui.state.log_buffer import KEPT
from promote_tui.tui.widgets.run_log import RunLog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.app import ComposeResult
    from textual.pilot import Pilot

HEIGHT = 20


class Shown(App[None]):
    """A screen with nothing but a log."""

    def compose(self) -> ComposeResult:
        yield RunLog()

    def get_css_variables(self) -> dict[str, str]:
        return {**super().get_css_variables(), "ink": "#fff", "ink-muted": "#aaa", "ink-faint": "#888"}


@asynccontextmanager
async def showing(width: int = 80) -> AsyncIterator[tuple[RunLog, Pilot[None]]]:
    app = Shown()
    async with app.run_test(size=(width, HEIGHT)) as pilot:
        yield app.query_one(RunLog), pilot


def numbered(count: int, start: int = 0) -> list[bytes]:
    return [b"line %d" % number for number in range(start, start + count)]


async def test_of_a_hundred_thousand_lines_only_those_in_sight_are_read() -> None:
    async with showing() as (log, pilot):
        for start in range(0, 100_000, 1000):
            log.write(numbered(1000, start))
        await pilot.pause()
        assert log.buffer.text_of(log.visible_lines()[-1]) == "line 99999"
        assert log.parsed <= 2 * HEIGHT
        for _ in range(5):
            log.action_scroll_pages(-1)
            await pilot.pause()
        assert log.parsed <= 8 * HEIGHT


async def test_a_search_in_a_hundred_thousand_lines_reads_only_those_it_shows() -> None:
    async with showing() as (log, pilot):
        log.write(numbered(100_000))
        log.search("line 5")
        await pilot.pause()
        assert log.buffer.place == (1, 11_111)
        log.go_on(-1)
        await pilot.pause()
        assert log.buffer.place == (11_111, 11_111)
        assert log.parsed <= 4 * HEIGHT


async def test_wrapping_reads_no_more_than_is_seen() -> None:
    async with showing(40) as (log, pilot):
        log.wrap(on=True)
        log.write([b"word " * 30] * 100_000)
        await pilot.pause()
        assert log.parsed <= 2 * HEIGHT
        assert len(log.visible_lines()) < HEIGHT // 3


async def test_the_oldest_lines_go_and_numbers_stay_right() -> None:
    async with showing() as (log, pilot):
        log.write(numbered(KEPT))
        log.search("line 99999")
        log.write(numbered(50, KEPT))
        await pilot.pause()
        assert len(log.buffer.lines) == KEPT
        assert log.buffer.text_of(10) == ""
        assert log.buffer.text_of(99_999) == "line 99999"
        assert log.focused_line() == "line 99999"


async def test_a_paused_reader_keeps_the_place_while_lines_come_and_go() -> None:
    async with showing() as (log, pilot):
        log.write(numbered(KEPT))
        log.action_scroll_lines(-100)
        before = log.visible_lines()
        log.write(numbered(5000, KEPT))
        await pilot.pause()
        assert log.visible_lines() == before
        assert log.lines_below == 5100
        log.action_first()
        log.write(numbered(10, KEPT + 5000))
        assert log.buffer.text_of(log.visible_lines()[0]) == "line 5010"


async def test_what_is_searched_for_is_marked_as_it_is_typed() -> None:
    async with showing() as (log, pilot):
        log.write([b"one Needle here", b"CREATE_COMPLETE - AWS::Needle::X - Name"])
        for words in ("n", "needle"):
            log.search(words)
            await pilot.pause()
        marked = [(span.start, span.end) for _, text in log._rows() for span in text.spans]  # noqa: SLF001 - what is drawn
        assert marked == [(4, 10), (20 + 24 + 2, 20 + 24 + 2 + 6)]
        log.search("aws::needle")
        assert log.buffer.place == (1, 1)
        assert [text.plain for _, text in log._rows()][1] == "CREATE_COMPLETE - AWS::Needle::X - Name"  # noqa: SLF001


async def test_new_lines_are_searched_as_they_come() -> None:
    async with showing() as (log, _pilot):
        log.write(numbered(10))
        log.search("NEW")
        assert log.buffer.place == (0, 0)
        log.write([b"one \x1b[31mn\x1b[0mew thing", b"nothing", b"New"])
        assert log.buffer.place == (0, 2)
        log.go_on(1)
        assert log.focused_line() == "one new thing"


async def test_scrolling_down_to_the_end_follows_again() -> None:
    async with showing() as (log, pilot):
        log.write(numbered(100))
        await pilot.press("pageup")
        assert not log.following
        await pilot.press("pagedown")
        assert log.following
        log.write(numbered(10, 100))
        assert log.buffer.text_of(log.visible_lines()[-1]) == "line 109"


async def test_a_wrapped_log_can_be_walked_from_end_to_end() -> None:
    async with showing(40) as (log, pilot):
        log.wrap(on=True)
        log.write([b"%d " % number + b"word " * 20 for number in range(50)])
        await pilot.press("g")
        assert log.visible_lines()[0] == 0
        seen = set(log.visible_lines())
        while not log.following:
            await pilot.press("down")
            seen |= set(log.visible_lines())
        assert seen == set(range(50))


@pytest.mark.parametrize("count", [3, 40])
async def test_a_line_that_is_cut_says_so_beside_the_scroll_bar_too(count: int) -> None:
    async with showing() as (log, pilot):
        log.write([b"%03d %s" % (number, b"x" * 100) for number in range(count)])
        await pilot.pause()
        room = log.scrollable_content_region.width
        assert log.show_vertical_scrollbar is (count > log.size.height)
        rows = [log.render_line(row).text[:room] for row in range(min(count, log.size.height))]
        assert all(row.endswith("…") and len(row) == room for row in rows)
        log.trouble = count - 1
        assert log.render_line(len(rows) - 1).text[:room].endswith("…")
