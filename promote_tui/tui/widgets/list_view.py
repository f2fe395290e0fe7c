"""A list with a cursor, drawn line by line: commits, runs, branches, stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from promote_tui.tui.bindings import bind, bind_move
from promote_tui.tui.presentation.style import BLANK, CURSOR, fit, ink, line, wrap
from promote_tui.tui.widgets.strips import to_strip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.binding import BindingType
    from textual.content import Content
    from textual.events import Click, Resize
    from textual.strip import Strip

T = TypeVar("T")
_NEAR_END = 10
NOWHERE = -1
"""An index for a cursor that stands on no row before it is moved: enter chooses nothing then."""


class RowList(ScrollView, Generic[T], can_focus=True):
    """Items in rows; `draw(item, index, width)` makes a row's text. Brackets show the cursor where `marks`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("rows.choose", "choose", "Open", "open what is under the cursor"),
        bind_move("rows.up", "move(-1)", "up"),
        bind_move("rows.down", "move(1)", "down"),
        bind_move("rows.top", "move(-1000000)", "first"),
        bind_move("rows.bottom", "move(1000000)", "last"),
        bind_move("rows.page_up", "page(-1)", "a page up"),
        bind_move("rows.page_down", "page(1)", "a page down"),
    ]

    class Moved(Message):
        """The cursor stands on another row."""

    class Chosen(Message):
        """Enter was pressed on a row."""

    class NearEnd(Message):
        """The cursor comes close to the last row: more may be wanted."""

    def __init__(self, draw: Callable[[T, int, int], Content], *, marks: bool = False, empty: str = "") -> None:
        super().__init__()
        self.items: tuple[T, ...] = ()
        self.index = 0
        self._draw = draw
        self._marks = marks
        self.empty = empty

    @property
    def current(self) -> T | None:
        """The item under the cursor."""
        return self.items[self.index] if self.items and self.index != NOWHERE else None

    def show(self, items: Sequence[T], index: int | None = None) -> None:
        """Show these items; the cursor keeps its place unless it is given one."""
        self.items = tuple(items)
        wanted = self.index if index is None else index
        self.index = max(NOWHERE if index == NOWHERE else 0, min(wanted, len(self.items) - 1))
        self.virtual_size = Size(self.size.width, max(1, len(self.items)))
        self._settle(moved=True)

    def action_move(self, rows: int) -> None:
        """Move the cursor; it stops at the ends."""
        old = self.index
        self.index = max(0, min(len(self.items) - 1, self.index + rows))
        self._settle(moved=old != self.index)
        if self.index >= len(self.items) - _NEAR_END:
            self.post_message(self.NearEnd())

    def action_page(self, pages: int) -> None:
        """Go a page up or down."""
        self.action_move(pages * max(1, self.size.height - 1))

    def action_choose(self) -> None:
        """Say that the row was chosen."""
        if self.current is not None:
            self.post_message(self.Chosen())

    def _settle(self, *, moved: bool) -> None:
        room = max(1, self.size.height)
        top = min(max(0, self.index), max(self.scroll_offset.y, self.index - room + 1))
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, force=True, immediate=True)
        self.refresh()
        if moved:
            self.post_message(self.Moved())

    def on_resize(self, _event: Resize) -> None:
        """Keep the cursor in sight."""
        self._settle(moved=False)

    def on_click(self, event: Click) -> None:
        """Put the cursor on the row under the pointer; a second click chooses it."""
        index = event.y + self.scroll_offset.y
        if index >= len(self.items):
            return
        if index == self.index:
            self.action_choose()
        else:
            self.action_move(index - self.index)

    def render_line(self, y: int) -> Strip:
        """Return one line: an item, or why there is none."""
        index = y + self.scroll_offset.y
        width = self.outer_size.width
        if index >= len(self.items):
            return to_strip(self, self._nothing(y), self.size.width)
        here = index == self.index
        left, right = ("[", "]") if here and self._marks else (" ", " ")
        text = line(left, fit(self._draw(self.items[index], index, width - 2), width - 2), right)
        return to_strip(self, text.stylize_before(CURSOR) if here else text, self.size.width)

    def _nothing(self, y: int) -> Content:
        """Return a line of why there is no item."""
        lines = [] if self.items else wrap(ink(f" {self.empty}", "muted"), self.size.width, 1)
        return lines[y] if y < len(lines) else BLANK
