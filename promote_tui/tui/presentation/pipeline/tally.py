"""How many cells of the matrix want attention, worst first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from textual.content import Content

from promote_tui.tui.presentation.style import (
    Role,
    ink,
    line,
)
from promote_tui.tui.presentation.widths import STANDARD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from promote_tui.core.matrix import CellView
    from promote_tui.tui.presentation.glyphs import Glyphs

from promote_tui.core.cell_state import AT_REST, CellState, state_of
from promote_tui.tui.presentation.pipeline.states import LOOKS, glyph_of

TALLIED_ROLES: dict[CellState, Role] = {
    CellState.LOGIN: "warn",
    CellState.DENIED: "bad",
    CellState.UNREACHABLE: "warn",
    CellState.NEVER: "muted",
}


def summary(views: Iterable[CellView | None], glyphs: Glyphs, width: int, frame: int = 0) -> Content:
    """Return how many cells want attention, worst first; what does not fit is dropped from the end."""
    return tally(Counter(state_of(view) for view in views), glyphs, width, frame)


def tally(states: Counter[CellState], glyphs: Glyphs, width: int, frame: int = 0) -> Content:
    """Return the summary of so many cells in each state."""
    gap = "    " if width >= STANDARD else "  "
    parts = [
        line(
            glyph_of(state, glyphs, frame),
            ink(f" {states[state]} {state.value}", TALLIED_ROLES.get(state, LOOKS[state][1])),
        )
        for state in CellState
        if states[state] and state not in AT_REST
    ]
    while parts and Content(gap).join(parts).cell_length > width:
        parts.pop()
    if parts or states[CellState.LOADING]:
        return Content(gap).join(parts)
    return line(glyph_of(CellState.SAME, glyphs), ink(" every stage runs the same code", "muted"))
