"""How the state of a cell looks: its sign, its colours, and what stands for its commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.cell_state import CellState
from promote_tui.core.model.cells import Cell, InProgress, Unreported, commit_of
from promote_tui.core.text import short
from promote_tui.tui.presentation.style import (
    Role,
    cut_middle,
    ink,
)

if TYPE_CHECKING:
    from textual.content import Content

    from promote_tui.tui.presentation.glyphs import Glyphs


# state: glyph, colour of the glyph and of the drift, colour of the hash
LOOKS: dict[CellState, tuple[str, Role, Role]] = {
    CellState.SAME: ("same", "good", "muted"),
    CellState.FIRST: ("same", "good", "muted"),
    CellState.ALONE: ("alone", "muted", "muted"),
    CellState.BEHIND: ("behind", "warn", "plain"),
    CellState.AHEAD: ("ahead", "warn", "plain"),
    CellState.DIVERGED: ("diverged", "bad", "plain"),
    CellState.RUNNING: ("running", "live", "strong"),
    CellState.UNSETTLED: ("unknown", "strong warn", "strong warn"),
    CellState.HALFWAY: ("failed", "bad", "strong"),
    CellState.FAILED: ("failed", "bad", "strong"),
    CellState.ALTERED: ("altered", "bad", "strong"),
    CellState.VETOED: ("veto", "bad", "strong"),
    CellState.HELD: ("hold", "warn", "plain"),
    CellState.NEVER: ("never", "faint", "muted"),
    CellState.UNKNOWN: ("unknown", "warn", "plain"),
    CellState.UNREPORTED: ("unknown", "warn", "plain"),
    CellState.LOGIN: ("unknown", "strong warn", "strong warn"),
    CellState.DENIED: ("unknown", "strong bad", "strong bad"),
    CellState.UNREACHABLE: ("unknown", "strong warn", "strong warn"),
    CellState.LOADING: ("loading", "faint", "faint"),
}


def glyph_of(state: CellState, glyphs: Glyphs, frame: int = 0) -> Content:
    """Return a state's glyph in its colour."""
    name, role, _ = LOOKS[state]
    char = glyphs.running(frame) if state is CellState.RUNNING else str(getattr(glyphs, name))
    return ink(char, role)


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
