"""The shape of the terminal UI that its documents promise."""

from __future__ import annotations

import re
from pathlib import Path

import promote_tui.tui

TUI = Path(promote_tui.tui.__file__).parent
SCREENS = sorted((TUI / "screens").glob("*.py"))
BASES = {"base", "filterable"}
MOST = 350


def test_no_screen_is_longer_than_a_person_reads_at_once() -> None:
    long = {path.name: lines for path in SCREENS if (lines := len(path.read_text().splitlines())) > MOST}
    assert SCREENS
    assert long == {}


def test_screens_find_each_other_by_navigation_alone() -> None:
    text = {path.name: path.read_text() for path in SCREENS}
    named = {
        name: found
        for name, source in text.items()
        if (found := {*re.findall(r"promote_tui\.tui\.screens\.(\w+)", source)} - BASES)
    }
    assert named == {}


def test_what_is_drawn_knows_no_widget_and_no_screen() -> None:
    knows = re.compile(r"promote_tui\.tui\.(?:app|screens|widgets|state|actions|dialogs)\b")
    drawing = sorted((TUI / "presentation").rglob("*.py"))
    assert drawing
    assert [path.name for path in drawing if knows.search(path.read_text())] == []
