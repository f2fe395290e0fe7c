"""A widget that shows what a function draws for its width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.strip import Strip
from textual.widget import Widget

from promote_tui.tui.widgets.strips import to_strip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.content import Content
    from textual.geometry import Region, Size


class LinesView(Widget):
    """Lines from a pure function; `redraw` asks it again. Only lines in sight are turned into what a terminal shows."""

    DEFAULT_CSS = """
    LinesView { height: auto; width: 1fr; }
    """

    def __init__(self, draw: Callable[[int], Sequence[Content]], name: str) -> None:
        super().__init__(id=name)
        self._draw = draw
        self._lines: list[Content] = []

    def redraw(self) -> None:
        """Ask for the lines again; their number may have changed."""
        self.refresh(layout=self.styles.is_auto_height)

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        """Return how many lines there are for this width."""
        return len(self._draw(width))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a part of the widget; the function is asked once for all of them."""
        self._lines = [line for each in self._draw(self.size.width) for line in each.split(allow_blank=True)]
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Return one line."""
        if y < len(self._lines):
            return to_strip(self, self._lines[y], self.size.width)
        return Strip.blank(self.size.width, self.visual_style.rich_style)
