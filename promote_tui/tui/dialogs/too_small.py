"""What is shown where a screen would not be safe to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from promote_tui.tui.bindings import bind
from promote_tui.tui.dialogs.base import Dialog
from promote_tui.tui.presentation.style import BLANK, ink, line
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.events import Resize
    from textual.geometry import Size


class TooSmall(Dialog[None]):
    """Covers everything until there is room again; `running` says what goes on meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [bind("small.quit", "app.do('leave')", "Quit")]

    def __init__(self, running: Callable[[], Content], least: tuple[int, int]) -> None:
        super().__init__(classes="-too-small")
        self._least = least
        self._goes_on = running

    def compose(self) -> ComposeResult:
        """Return the few lines."""
        yield LinesView(self._lines, "small")

    def _lines(self, width: int) -> list[Content]:
        here = line(
            ink(f"{self.size.width} x {self.size.height}", "strong warn"),
            "   ",
            ink(f"needs {self._least[0]} x {self._least[1]}", "muted"),
        )
        rows = [ink("Window too small", "strong"), BLANK, here, BLANK, self._goes_on(), BLANK]
        rows.append(line(ink("q", "strong"), ink(" quit", "muted")))
        kept = [row for row in rows if row.plain] if self.size.height < len(rows) else rows
        return [row.truncate(width, ellipsis=True).center(width) for row in kept]

    def on_resize(self, event: Resize) -> None:
        """Go away as soon as there is room."""
        if not self._go(event.size):
            self.query_one(LinesView).redraw()

    def on_screen_resume(self) -> None:
        """Go away where there has come to be room while another screen stood in front."""
        self._go(self.app.size)

    def _go(self, size: Size) -> bool:
        """Go away where there is room; tell whether there is."""
        room = size.width >= self._least[0] and size.height >= self._least[1]
        if room and self.is_current:
            self.dismiss(None)
        return room
