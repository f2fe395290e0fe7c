"""From styled text to the strips of the line API, with the theme's colours looked up once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.strip import Strip
from textual.style import Style

from promote_tui.tui.presentation.style import to_ascii

if TYPE_CHECKING:
    from textual.content import Content
    from textual.widget import Widget

_STYLES: dict[tuple[str, str], Style] = {}


def to_strip(widget: Widget, content: Content, width: int) -> Strip:
    """Return one line of exactly `width` cells, on the widget's own background."""
    if widget.app.has_class("-ascii"):
        content = to_ascii(content)
    base = widget.visual_style
    theme = widget.app.theme

    def parse(style: str | Style) -> Style:
        if isinstance(style, Style):
            return style
        key = theme, style
        if key not in _STYLES:
            _STYLES[key] = Style.parse(style)
        return _STYLES[key]

    pieces = content.render(base, end="", parse_style=parse)
    segments = [Segment(text, (base + style).rich_style) for text, style in pieces]
    return Strip(segments, content.cell_length).adjust_cell_length(width, base.rich_style)
