"""The log of a run: a ring buffer of which only the visible lines are drawn."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from promote_tui.tui.presentation.ink import ink
from promote_tui.tui.widgets.stage_matrix import MOVE
from promote_tui.tui.widgets.strips import to_strip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import BindingType
    from textual.strip import Strip

KEPT = 100_000


class RunLog(ScrollView, can_focus=True):
    """Follows the newest line until somebody scrolls up, and again from the end on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_lines(-1)", "up", show=False, id="log.up", group=MOVE),
        Binding("down,j", "scroll_lines(1)", "down", show=False, id="log.down", group=MOVE),
        Binding("pageup", "scroll_pages(-1)", "a page up", show=False, id="log.page_up", group=MOVE),
        Binding("pagedown", "scroll_pages(1)", "a page down", show=False, id="log.page_down", group=MOVE),
        Binding("home,g", "first", "first line", show=False, id="log.top", group=MOVE),
        Binding("end,G", "follow", "last line", show=False, id="log.bottom", group=MOVE),
    ]

    class Followed(Message):
        """Following began, paused, or new lines came while it was paused."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[str] = deque(maxlen=KEPT)
        self.following = True
        self.missed = 0

    def write(self, lines: Sequence[str]) -> None:
        """Append lines that are fit to be shown; the oldest go when there are too many."""
        dropped = max(0, len(self.lines) + len(lines) - KEPT)
        self.lines.extend(lines)
        self.virtual_size = Size(self.size.width, len(self.lines))
        if self.following:
            self._to(len(self.lines))
        else:
            self.missed += len(lines)
            self._to(self.scroll_offset.y - dropped)
            self.post_message(self.Followed())
        self.refresh()

    def _to(self, top: int) -> None:
        last = max(0, len(self.lines) - self.size.height)
        self.scroll_to(y=max(0, min(top, last)), animate=False, force=True, immediate=True)

    def _move(self, lines: int) -> None:
        last = max(0, len(self.lines) - self.size.height)
        top = max(0, min(last, self.scroll_offset.y + lines))
        self._set_following(following=top >= last)
        self._to(top)

    def _set_following(self, *, following: bool) -> None:
        self.following = following
        if following:
            self.missed = 0
        self.post_message(self.Followed())

    def action_scroll_lines(self, lines: int) -> None:
        """Scroll by lines."""
        self._move(lines)

    def action_scroll_pages(self, pages: int) -> None:
        """Scroll by pages."""
        self._move(pages * max(1, self.size.height - 1))

    def action_first(self) -> None:
        """Go to the oldest line that is kept."""
        self._move(-len(self.lines))

    def action_follow(self) -> None:
        """Go to the newest line and stay there."""
        self._move(len(self.lines))

    def on_mouse_scroll_up(self) -> None:
        """Pause like the keys do."""
        self._move(-3)

    def on_mouse_scroll_down(self) -> None:
        """Follow again at the end, like the keys do."""
        self._move(3)

    def on_resize(self) -> None:
        """Stay at the end while following."""
        if self.following:
            self._to(len(self.lines))

    def render_line(self, y: int) -> Strip:
        """Return one visible line."""
        index = y + self.scroll_offset.y
        text = self.lines[index] if index < len(self.lines) else ""
        newest = index >= len(self.lines) - 3
        return to_strip(self, ink(text, "plain" if newest else "muted", limit=2000), self.size.width)
