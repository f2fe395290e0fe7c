"""From styled text to the strips of the line API; what was drawn a moment ago is not drawn again."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.style import Style

from promote_tui.tui.presentation.style import to_ascii

if TYPE_CHECKING:
    from rich.style import Style as RichStyle
    from textual.content import Span
    from textual.widget import Widget

_LINES, _STYLES = 512, 1024
"""How many lines and how many styles are kept: those of some screens."""


def to_strip(widget: Widget, content: Content, width: int) -> Strip:
    """Return one line of exactly `width` cells, on the widget's own background."""
    if widget.app.has_class("-ascii"):
        content = to_ascii(content)
    return _strip(content.plain, (*content.spans,), widget.visual_style, widget.app.theme, width)


@lru_cache(maxsize=_LINES)
def _strip(text: str, spans: tuple[Span, ...], base: Style, theme: str, width: int) -> Strip:
    """Return the line; two contents are equal where their texts are, so it goes by the spans too."""
    content = Content(text, spans=[*spans])
    pieces = content.render(base, end="", parse_style=partial(_parse, theme))
    segments = [Segment(piece, _blend(base, style)) for piece, style in pieces]
    return Strip(segments, content.cell_length).adjust_cell_length(width, base.rich_style)


def _parse(theme: str, style: str | Style) -> Style:
    return style if isinstance(style, Style) else _parse_words(theme, style)


@lru_cache(maxsize=_STYLES)
def _parse_words(_theme: str, style: str) -> Style:
    """Return a style in words, with the colours that the theme gives to them."""
    return Style.parse(style)


@lru_cache(maxsize=_STYLES)
def _blend(base: Style, style: Style) -> RichStyle:
    return (base + style).rich_style
