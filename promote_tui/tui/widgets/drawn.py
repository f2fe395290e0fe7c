"""A widget that shows what a function draws for its width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from promote_tui.tui.presentation.ink import in_ascii

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.geometry import Size


class Drawn(Widget):
    """Lines from a pure function; `redraw` asks it again."""

    DEFAULT_CSS = """
    Drawn { height: auto; width: 1fr; text-wrap: nowrap; text-overflow: clip; }
    """

    def __init__(self, draw: Callable[[int], Sequence[Content]], name: str) -> None:
        super().__init__(id=name)
        self._draw = draw

    def redraw(self) -> None:
        """Ask for the lines again; their number may have changed."""
        self.refresh(layout=self.styles.is_auto_height)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """Return how many lines there are for this width."""
        return len(self._draw(width))

    def render(self) -> Content:
        """Return the lines below each other."""
        shown = Content("\n").join(self._draw(self.content_size.width))
        return in_ascii(shown) if self.app.has_class("-ascii") else shown
