"""What the dialogs have in common: how they look."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import ModalScreen

from promote_tui.tui.styles import read_styles

T = TypeVar("T")


class Dialog(ModalScreen[T]):
    """A question in front of a screen."""

    CSS_PATH = "dialogs.tcss"

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        read_styles(self)
