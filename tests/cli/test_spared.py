"""Starting without Textual's command palette: it is not imported, and whoever wants it gets the real one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from textual.command import CommandPalette

from promote_tui.spared import without_textuals_palette
from promote_tui.tui.app import PromoteApp

ROOT = Path(__file__).parents[2]
START = """
import sys
from promote_tui.spared import without_textuals_palette
with without_textuals_palette():
    from promote_tui.tui.app import PromoteApp
print("textual.command" in sys.modules, "textual.fuzzy" in sys.modules)
from textual.command import CommandPalette, Provider
from textual.screen import Screen
print(issubclass(CommandPalette, Screen), Provider.__module__)
"""


def test_the_palette_is_not_imported_with_the_app_and_is_the_real_one_for_who_imports_it_later() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", START],
        cwd=ROOT,
        env={**os.environ},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert answer.stdout.splitlines() == ["False False", "True textual.command"]


def test_where_the_palette_was_imported_before_it_stays() -> None:
    with without_textuals_palette():
        assert sys.modules["textual.command"].CommandPalette is CommandPalette
    assert sys.modules["textual.command"].CommandPalette is CommandPalette


def test_the_app_never_opens_what_it_starts_without() -> None:
    """Textual's own palette and its theme search would be made of the stand-ins."""
    assert PromoteApp.ENABLE_COMMAND_PALETTE is False
    assert not {"command_palette", "change_theme"} & {binding.action for binding in PromoteApp.BINDINGS}  # type: ignore[union-attr]
