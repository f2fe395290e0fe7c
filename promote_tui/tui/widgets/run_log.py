"""The log of a run: a ring buffer of raw lines, of which only the visible ones are read and drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from promote_tui.tui.bindings import bind_move
from promote_tui.tui.presentation.ansi import columns, styled_text
from promote_tui.tui.presentation.style import BLANK, HIT, HIT_HERE, STYLES, TROUBLE, ink
from promote_tui.tui.state.log_buffer import LogBuffer
from promote_tui.tui.widgets.strips import to_strip

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.binding import BindingType
    from textual.content import Content
    from textual.strip import Strip

    from promote_tui.tui.presentation.style import Role

_NEWEST = 3
_CACHED = 500
_ABOVE = 2
"""How many lines are wanted above one that was gone to."""


class RunLog(ScrollView, can_focus=True):
    """Follows the newest line until somebody scrolls up, and again from the end on.

    Lines are known by their number since the beginning, so that a number stays right when the oldest go.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        bind_move("log.up", "scroll_lines(-1)", "up"),
        bind_move("log.down", "scroll_lines(1)", "down"),
        bind_move("log.page_up", "scroll_pages(-1)", "a page up"),
        bind_move("log.page_down", "scroll_pages(1)", "a page down"),
        bind_move("log.top", "first", "first line"),
        bind_move("log.bottom", "follow", "last line"),
    ]

    class FollowingChanged(Message):
        """Following began or paused, or what is said of the search has changed."""

    def __init__(self) -> None:
        super().__init__()
        self.buffer = LogBuffer()
        self.following = True
        self.wrapped = False
        self.trouble: int | None = None
        """The number of the line that tells of the failure."""
        self.empty = ""
        self.live = True
        """Whether the newest lines are news."""
        self.parsed = 0
        """How many lines were read so far; a test counts them."""
        self._top = 0
        self._moving = False
        self._cache: dict[int, Content] = {}
        self._shown: list[tuple[int, Content]] = []

    @property
    def lines_below(self) -> int:
        """How many lines are below those in sight."""
        if self.following:
            return 0
        last = max((number for number, _ in self._rows()), default=self.buffer.end - 1)
        return max(0, self.buffer.end - 1 - last)

    def write(self, lines: Sequence[bytes]) -> None:
        """Append raw lines; the oldest go when there are too many."""
        self.buffer.append(lines)
        self.virtual_size = Size(self.size.width, len(self.buffer.lines))
        self._to(self.buffer.end if self.following else self._top)
        self.post_message(self.FollowingChanged())

    def restart(self) -> None:
        """Begin with an empty log, following it."""
        self.buffer, self.following, self.trouble, self.empty = LogBuffer(), True, None, ""
        self._cache.clear()
        self.write(())

    def focused_line(self) -> str:
        """Return the match or the failed line that was gone to; empty where there is none."""
        number = self.buffer.match if self.buffer.match is not None else self.trouble
        return self.buffer.text_of(number) if number is not None else ""

    def visible_lines(self) -> list[int]:
        """Return the numbers of the lines in sight."""
        return list(dict.fromkeys(number for number, _ in self._rows()))

    def search(self, words: str) -> None:
        """Mark what matches, and go to the first match from the line on top on; without words, to none."""
        if words == self.buffer.needle:
            return
        first, self._shown = self._first(), []
        self._go(self.buffer.search(words, first))
        self.refresh()
        self.post_message(self.FollowingChanged())

    def go_on(self, step: int) -> None:
        """Go to the next match, or to the one before; behind the last comes the first."""
        self._go(self.buffer.step(step, self._first()))

    def point_at(self, number: int) -> None:
        """Show the line that tells of the failure, and stay there."""
        self.trouble = number
        self._show(number)

    def wrap(self, *, on: bool) -> None:
        """Break long lines, or cut them at the edge."""
        self.wrapped = on
        self._to(self.buffer.end if self.following else self._first())

    def _go(self, number: int | None) -> None:
        if number is not None:
            self._shown = []
            self._show(number)

    def _show(self, number: int) -> None:
        """Bring a line into sight where it is not, with two thirds of the pane above it."""
        if number not in self.visible_lines()[_ABOVE:-1]:
            self._set_following(following=False)
            self._to(number - self.size.height * 2 // 3)
        self.refresh()
        self.post_message(self.FollowingChanged())

    def _first(self) -> int:
        return next((number for number, _ in self._rows()), self.buffer.start)

    def _to(self, top: int) -> None:
        """Put a line on top, as far as there are lines to fill the pane."""
        last = self.buffer.end - (1 if self.wrapped else max(1, self.size.height))
        self._top = max(self.buffer.start, min(top, max(self.buffer.start, last)))
        self._shown = []
        self._moving = True
        self.scroll_to(y=self._top - self.buffer.start, animate=False, force=True, immediate=True)
        self._moving = False
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the scrollbar when it is dragged."""
        super().watch_scroll_y(old_value, new_value)
        if not self._moving and round(new_value) != round(old_value):
            self._set_following(following=new_value >= self.max_scroll_y)
            self._top, self._shown = self.buffer.start + round(new_value), []

    def _move(self, lines: int) -> None:
        top = max(self.buffer.start, self._first() + lines)
        self._set_following(following=False)
        self._to(top)
        if lines > 0 and self.lines_below == 0:
            self._set_following(following=True)
            self._to(self.buffer.end)

    def _set_following(self, *, following: bool) -> None:
        self.following = following
        self._shown = []
        self.post_message(self.FollowingChanged())

    def action_scroll_lines(self, lines: int) -> None:
        """Scroll by lines."""
        self._move(lines)

    def action_scroll_pages(self, pages: int) -> None:
        """Scroll by pages."""
        self._move(pages * max(1, len(self.visible_lines()) - 1))

    def action_first(self) -> None:
        """Go to the oldest line that is kept."""
        self._move(-len(self.buffer.lines))

    def action_follow(self) -> None:
        """Go to the newest line and stay there."""
        self._set_following(following=True)
        self._to(self.buffer.end)

    def on_mouse_scroll_up(self) -> None:
        """Pause like the keys do."""
        self._move(-3)

    def on_mouse_scroll_down(self) -> None:
        """Follow again at the end, like the keys do."""
        self._move(3)

    def on_resize(self) -> None:
        """Stay at the end while following."""
        self._to(self.buffer.end if self.following else self._top)

    def _rows(self) -> list[tuple[int, Content]]:
        """Return what stands in the pane, row by row, with the numbers of the lines; read once until it moves."""
        if not self._shown and self.buffer.lines and self.size.height:
            numbers = (
                range(self.buffer.end - 1, self.buffer.start - 1, -1)
                if self.following
                else range(self._top, self.buffer.end)
            )
            rows: list[tuple[int, Content]] = []
            for number in numbers:
                parts = [(number, part) for part in self._parts(number)]
                rows = [*parts, *rows] if self.following else [*rows, *parts]
                if len(rows) >= self.size.height:
                    break
            self._shown = rows[-self.size.height :] if self.following else rows[: self.size.height]
        return self._shown

    def _parts(self, number: int) -> Iterable[Content]:
        text = self._read(number)
        width = self.scrollable_content_region.width
        return text.wrap(width) if self.wrapped and text.cell_length > width > 0 else (text,)

    def _read(self, number: int) -> Content:
        if number not in self._cache:
            if len(self._cache) > _CACHED:
                self._cache.clear()
            self.parsed += 1
            self._cache[number] = styled_text(self.buffer.decode(number))
        text, needle = self._cache[number], self.buffer.needle.lower()
        laid_out = columns(text)
        hidden = needle in text.plain.lower() and needle not in laid_out.plain.lower()
        return self._marked(text if needle and hidden else laid_out, number)

    def _marked(self, text: Content, number: int) -> Content:
        """Return a line with what is searched for in it."""
        low, needle = text.plain.lower(), self.buffer.needle.lower()
        at = low.find(needle) if needle else -1
        while at >= 0:
            text = text.stylize(HIT_HERE if number == self.buffer.match else HIT, at, at + len(needle))
            at = low.find(needle, at + len(needle))
        return text

    def render_line(self, y: int) -> Strip:
        """Return one row of the pane."""
        width = self.scrollable_content_region.width
        rows = self._rows()
        if y >= len(rows):
            words = self.empty if y == 0 and not rows else ""
            return to_strip(self, ink(words, "muted") if words else BLANK, width)
        number, text = rows[y]
        if number == self.trouble:
            shown = (
                text.truncate(width, ellipsis=True, pad=True)
                .stylize_before(STYLES["strong bad"])
                .stylize_before(TROUBLE)
            )
            return to_strip(self, shown, width)
        role: Role = "plain" if self.live and number >= self.buffer.end - _NEWEST else "muted"
        return to_strip(self, text.truncate(width, ellipsis=True).stylize_before(STYLES[role]), width)
