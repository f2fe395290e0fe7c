"""The theme that a person chose, from the first frame on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App
from textual.reactive import Reactive

if TYPE_CHECKING:
    from typing import Any

DARK, LIGHT = "tokyo-night", "catppuccin-latte"
FIRST_THEME: Reactive[str] = Reactive(DARK)
"""The theme of the app, which begins with ours: no colours are mixed for Textual's own first."""


def apply_theme(app: App[Any], theme: str) -> None:
    """Take the theme; the app begins with the dark one, and has the colours of another dark one before it is styled."""
    found = app.available_themes.get(theme, app.available_themes[DARK])
    if found.ansi or not found.dark:
        app.theme = found.name
        return
    app.add_class(f"-theme-{found.name}", update=False)
    if found.name != app.theme:
        app.set_reactive(App.theme, found.name)
        app.stylesheet.set_variables(app.get_css_variables())


def describe_unknown(app: App[Any], theme: str) -> str:
    """Return that there is no such theme, and which there are; empty where there is."""
    if theme == app.theme:
        return ""
    return f"theme {theme}: there is no such theme; one of: {', '.join(sorted(app.available_themes))}"
