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

from promote_tui.tui.presentation.pipeline.states import LOOKS, State, glyph_of, state_of

TALLIED: tuple[tuple[State, str], ...] = (
    (State.HALFWAY, "half-way"),
    (State.FAILED, "failed"),
    (State.ALTERED, "altered"),
    (State.VETOED, "vetoed"),
    (State.HELD, "held"),
    (State.DIVERGED, "diverged"),
    (State.LOGIN, "login"),
    (State.DENIED, "denied"),
    (State.UNREACHABLE, "unreachable"),
    (State.UNSETTLED, "to reconcile"),
    (State.RUNNING, "running"),
    (State.BEHIND, "behind"),
    (State.UNKNOWN, "unknown"),
    (State.UNREPORTED, "no commit"),
    (State.NEVER, "never"),
    (State.AHEAD, "ahead"),
)

TALLIED_ROLES: dict[State, Role] = {
    State.LOGIN: "warn",
    State.DENIED: "bad",
    State.UNREACHABLE: "warn",
    State.NEVER: "muted",
}


def summary(views: Iterable[CellView | None], glyphs: Glyphs, width: int, frame: int = 0) -> Content:
    """Return how many cells want attention, worst first; what does not fit is dropped from the end."""
    return tally(Counter(state_of(view) for view in views), glyphs, width, frame)


def tally(states: Counter[State], glyphs: Glyphs, width: int, frame: int = 0) -> Content:
    """Return the summary of so many cells in each state."""
    gap = "    " if width >= STANDARD else "  "
    parts = [
        line(glyph_of(state, glyphs, frame), ink(f" {states[state]} {word}", TALLIED_ROLES.get(state, LOOKS[state][1])))
        for state, word in TALLIED
        if states[state]
    ]
    while parts and Content(gap).join(parts).cell_length > width:
        parts.pop()
    if parts or states[State.LOADING]:
        return Content(gap).join(parts)
    return line(glyph_of(State.SAME, glyphs), ink(" every stage runs the same code", "muted"))
