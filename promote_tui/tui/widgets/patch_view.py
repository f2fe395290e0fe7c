"""A diff that scrolls: only the lines in sight are drawn."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from promote_tui.tui.bindings import bind_move
from promote_tui.tui.presentation.style import fit, ink, line
from promote_tui.tui.widgets.strips import to_strip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.binding import BindingType
    from textual.content import Content
    from textual.strip import Strip

    from promote_tui.core.git.diff import PatchLine

_STEP = 8


class PatchView(ScrollView, can_focus=True):
    """Lines of a diff; `draw(line, skip, width)` makes a line's text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind_move("patch.up", "move(-1)", "up"),
        bind_move("patch.down", "move(1)", "down"),
        bind_move("patch.page_up", "page(-1)", "a page up"),
        bind_move("patch.page_down", "page(1)", "a page down"),
        bind_move("patch.top", "move(-1000000000)", "first line"),
        bind_move("patch.bottom", "move(1000000000)", "last line"),
        bind_move("patch.left", "shift(-1)", "to the left"),
        bind_move("patch.right", "shift(1)", "to the right"),
    ]

    class Moved(Message):
        """Other lines are in sight."""

    def __init__(self, draw: Callable[[PatchLine, int, int], Content]) -> None:
        super().__init__()
        self.lines: tuple[PatchLine, ...] = ()
        self.empty = ""
        self.drawn = 0
        """How many lines were drawn so far; a test counts them."""
        self._paint = draw
        self._skip = 0
        self._heads: list[int] = []

    def show(self, lines: Sequence[PatchLine]) -> None:
        """Show these lines from where the first ones stood."""
        self.lines = tuple(lines)
        self._heads = [at for at, found in enumerate(self.lines) if found.kind == "file"]
        self._fit_size()
        self.refresh()

    def _fit_size(self) -> None:
        """Leave room behind the end, so that the head of the last file can stand on top."""
        self.styles.scrollbar_size_vertical = int(len(self.lines) > self.size.height)
        self.virtual_size = Size(self.size.width, len(self.lines) + max(0, self.size.height - 1))

    def on_resize(self) -> None:
        """Keep the room behind the end."""
        self._fit_size()

    @property
    def top(self) -> int:
        """The number of the line on top."""
        return round(self.scroll_offset.y)

    @property
    def path(self) -> str:
        """The file that the line on top belongs to."""
        return self.lines[self.top].path if self.top < len(self.lines) else ""

    def go_to(self, path: str) -> bool:
        """Put the head of a file on top; False where its lines are not there."""
        at = next((head for head in self._heads if self.lines[head].path == path), None)
        if at is not None:
            self._to(at)
        return at is not None

    def neighbour(self, step: int) -> str:
        """Return the path of the next file, or of the one before; empty where there is none."""
        here = bisect_right(self._heads, self.top) - 1
        at = here + step
        if step < 0 and 0 <= here < len(self._heads) and self._heads[here] < self.top:
            at = here
        return self.lines[self._heads[at]].path if 0 <= at < len(self._heads) else ""

    def _to(self, row: int) -> None:
        last = max(0, len(self.lines) - 1)
        self.scroll_to(y=max(0, min(row, last)), animate=False, force=True, immediate=True)
        self.refresh()
        self.post_message(self.Moved())

    def action_move(self, rows: int) -> None:
        """Scroll by lines; the last page stays full."""
        last = max(0, len(self.lines) - self.size.height)
        self._to(max(0, min(self.top + rows, max(last, self.top if rows > 0 else 0))))

    def action_page(self, pages: int) -> None:
        """Scroll by pages."""
        self.action_move(pages * max(1, self.size.height - 1))

    def action_shift(self, steps: int) -> None:
        """Show more of what is right or left of the pane."""
        self._skip = max(0, self._skip + steps * _STEP)
        self.refresh()

    def on_mouse_scroll_up(self) -> None:
        """Scroll."""
        self.action_move(-3)

    def on_mouse_scroll_down(self) -> None:
        """Scroll."""
        self.action_move(3)

    def render_line(self, y: int) -> Strip:
        """Return one line of the diff, or why there is none."""
        at, width = y + self.top, self.size.width
        if at >= len(self.lines):
            words = self.empty if y == 0 and not self.lines else ""
            return to_strip(self, ink(f" {words}", "muted"), width)
        self.drawn += 1
        text = line(" ", fit(self._paint(self.lines[at], self._skip, width - 2), width - 2), " ")
        return to_strip(self, text, width)
