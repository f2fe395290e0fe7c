"""Release notes to be read, and copied as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from promote_tui.tui.bindings import bind
from promote_tui.tui.presentation.style import BLANK, ink, line, wrap
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content

_LONGEST = 2_000


class NotesDialog(ModalScreen[bool]):
    """Shows Markdown as it is written; returns whether it is wanted in the clipboard."""

    CSS_PATH = "dialogs.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("notes.back", "close", "Close"),
        bind("notes.copy", "copy", "Copy"),
        bind("notes.up", "scroll(-1)", "up", show=False),
        bind("notes.down", "scroll(1)", "down", show=False),
        bind("notes.page_up", "scroll(-10)", "a page up", show=False),
        bind("notes.page_down", "scroll(10)", "a page down", show=False),
    ]

    def __init__(self, name: str, markdown: str, copy_key: str) -> None:
        super().__init__()
        self._release = name
        self._markdown = markdown
        self._copy_key = copy_key

    def compose(self) -> ComposeResult:
        """Return the notes in a box that scrolls."""
        with VerticalScroll(id="box", classes="page", can_focus=False) as box:
            box.border_title = line(ink("Notes", "strong"), ink(f"  of release {self._release}", "muted"))
            box.border_subtitle = ink(f"{self._copy_key} copies them, esc closes", "muted")
            yield LinesView(self._lines, "page")

    def _lines(self, width: int) -> list[Content]:
        rows = self._markdown.splitlines()
        return [part for row in rows for part in (wrap(ink(row, limit=_LONGEST), width, 2) if row else [BLANK])]

    def action_scroll(self, lines: int) -> None:
        """Scroll the notes."""
        self.query_one("#box").scroll_relative(y=lines, animate=False)

    def action_copy(self) -> None:
        """Return that they are wanted."""
        self.dismiss(result=True)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(result=False)
