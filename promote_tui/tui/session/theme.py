"""The theme that a person chose, from the first frame on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

if TYPE_CHECKING:
    from typing import Any

DARK, LIGHT = "tokyo-night", "catppuccin-latte"


def apply_theme(app: App[Any], theme: str) -> None:
    """Take the theme; one as dark as Textual's own before any style is read, else all of them are read again."""
    found = app.available_themes.get(theme, app.available_themes[DARK])
    if found.ansi or not found.dark:
        app.theme = found.name
        return
    app.set_reactive(App.theme, found.name)
    app.add_class(f"-theme-{found.name}", update=False)
    app.stylesheet.set_variables(app.get_css_variables())


def describe_unknown(app: App[Any], theme: str) -> str:
    """Return that there is no such theme, and which there are; empty where there is."""
    if theme == app.theme:
        return ""
    return f"theme {theme}: there is no such theme; one of: {', '.join(sorted(app.available_themes))}"
