"""A widget that shows what a function draws for its width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.strip import Strip
from textual.widget import Widget

from promote_tui.tui.presentation.style import BLANK
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
        self._lines: list[Content] | None = None
        self._width = self._height = 0
        """For how many cells it was asked when it was laid out, and how many lines there were."""
        self._shown: dict[int, Content] = {}
        """What each line was when it was last turned into what a terminal shows; Textual keeps that."""

    def redraw(self) -> None:
        """Ask for the lines again, and show what has changed; what is not laid out yet will ask by itself."""
        if not self._width and not self._shown:
            return
        if not (self.is_attached and self.screen.is_current):
            self.refresh(layout=self.styles.is_auto_height)
            return
        lines = self._draw_lines(self.size.width or self._width)
        changes_height = self.styles.is_auto_height and len(lines) != self._height
        if changes_height or not self._is_shown(lines):
            self._shown.clear()
            self.refresh(layout=changes_height)

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        """Return how many lines there are for this width."""
        self._width, self._height = width, len(self._draw(width))
        return self._height

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a part of the widget; the function is asked once, and only where one has changed."""
        self._lines = None
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Return one line."""
        if self._lines is None:
            self._lines = self._draw_lines(self.size.width)
        content = self._shown[y] = self._lines[y] if y < len(self._lines) else BLANK
        if y < len(self._lines):
            return to_strip(self, content, self.size.width)
        return Strip.blank(self.size.width, self.visual_style.rich_style)

    def _draw_lines(self, width: int) -> list[Content]:
        return [line for each in self._draw(width) for line in each.split(allow_blank=True)]

    def _is_shown(self, lines: list[Content]) -> bool:
        drawn = dict(enumerate(lines))
        return all(content.is_same(drawn.get(y, BLANK)) for y, content in self._shown.items())
