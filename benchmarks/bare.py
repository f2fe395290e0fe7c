"""The least that a Textual program can be: one Static, and one key that changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


class Bare(App[None]):
    """Says BARE at first, and MOVED once `j` was pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [("j", "move", "Move")]

    def compose(self) -> ComposeResult:
        """Return the one widget."""
        yield Static("BARE")

    def action_move(self) -> None:
        """Show that the key has come."""
        self.query_one(Static).update("MOVED")


if __name__ == "__main__":
    Bare().run()
