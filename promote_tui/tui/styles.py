"""The style files of screens, read one at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from textual.screen import Screen


def read_styles(screen: Screen[Any]) -> None:
    """Read a screen's own style files before it is opened.

    Textual would read them as it opens: then it parses all styles there are again, and styles every widget twice.
    """
    stylesheet = screen.app.stylesheet
    for path in map(str, screen.css_path):
        if not stylesheet.has_source(path):
            stylesheet.add_source(Path(path).read_text(encoding="utf-8"), (path, ""))
