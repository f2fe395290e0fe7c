"""What is shown where a screen would not be safe to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.screen import ModalScreen

from promote_tui.tui.presentation.ink import BLANK, ink, line
from promote_tui.tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.events import Resize

LEAST = 60, 16


class TooSmall(ModalScreen[None]):
    """Covers everything until there is room again; `running` says what goes on meanwhile."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "app.leave", "Quit", id="small.quit")]

    def __init__(self, running: Callable[[], Content]) -> None:
        super().__init__()
        self._goes_on = running

    def compose(self) -> ComposeResult:
        """Return the few lines."""
        yield Drawn(self._lines, "small")

    def _lines(self, width: int) -> list[Content]:
        here = line(ink(f"{self.size.width} x {self.size.height}", "strong warn"), "   ", ink("needs 60 x 16", "muted"))
        rows = [ink("Too small for a safe screen", "strong"), BLANK, here, BLANK, self._goes_on(), BLANK]
        rows.append(line(ink("q", "strong"), ink(" quit", "muted")))
        kept = [row for row in rows if row.plain] if self.size.height < len(rows) else rows
        return [row.truncate(width, ellipsis=True).center(width) for row in kept]

    def on_resize(self, event: Resize) -> None:
        """Go away as soon as there is room."""
        if event.size.width >= LEAST[0] and event.size.height >= LEAST[1]:
            if self.is_current:
                self.dismiss(None)
        else:
            self.query_one(Drawn).redraw()
