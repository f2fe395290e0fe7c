"""How the state of a cell is drawn: its sign, its colours, and what stands for its commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.cell_state import CellState
from promote_tui.core.model.cells import Cell, InProgress, Unreported, commit_of
from promote_tui.core.state_display import DISPLAYS, StateDisplay
from promote_tui.core.text import short
from promote_tui.tui.presentation.style import (
    Role,
    cut_middle,
    ink,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.content import Content

    from promote_tui.core.state_display import Tone
    from promote_tui.tui.presentation.glyphs import Glyphs


_WORD_ROLES: Mapping[Tone, Role] = {
    "good": "good",
    "warn": "warn",
    "bad": "bad",
    "live": "live",
    "calm": "muted",
    "faint": "muted",
}


def word_role(tone: Tone) -> Role:
    """Return the colour of words in a tone."""
    return _WORD_ROLES[tone]


def sign_role(shown: StateDisplay) -> Role:
    """Return the colour of a state's sign, and of how it stands beside the commit."""
    match shown:
        case StateDisplay(tone="warn", weight="alarm"):
            return "strong warn"
        case StateDisplay(tone="bad", weight="alarm"):
            return "strong bad"
        case StateDisplay(tone="faint"):
            return "faint"
        case _:
            return word_role(shown.tone)


def commit_role(shown: StateDisplay) -> Role:
    """Return the colour of the commit, or of the word in its place."""
    return sign_role(shown) if shown.weight == "alarm" else shown.weight


def glyph_of(state: CellState, glyphs: Glyphs, frame: int = 0) -> Content:
    """Return a state's glyph in its colour."""
    shown = DISPLAYS[state]
    char = glyphs.running(frame) if state is CellState.RUNNING else str(getattr(glyphs, shown.sign))
    return ink(char, sign_role(shown))


NAME_WIDTH = 13
"""How much is shown of a name that is no hash, beside other words."""


def commit_name(cell: Cell, room: int) -> str:
    """Return what a cell shows of its commit: the short hash, or what the stack says instead, cut in its middle.

    That is `no commit` where the stack says nothing; empty where nothing was ever deployed, or cannot be read.
    """
    sha = commit_of(cell)
    if sha:
        return short(sha)
    if isinstance(cell, Unreported) or (isinstance(cell, InProgress) and cell.stack.status_name.startswith("UPDATE_")):
        return cut_middle(cell.stack.commit_name, room) or "no commit"
    return ""
