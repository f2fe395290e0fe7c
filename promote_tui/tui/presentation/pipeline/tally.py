"""How many cells of the matrix want attention, worst first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from textual.content import Content

from promote_tui.core.cell_state import AT_REST, CellState, state_of
from promote_tui.core.state_display import DISPLAYS
from promote_tui.tui.presentation.pipeline.states import glyph_of, word_role
from promote_tui.tui.presentation.style import BLANK, ink, line
from promote_tui.tui.presentation.widths import STANDARD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from promote_tui.core.matrix import CellView
    from promote_tui.tui.presentation.glyphs import Glyphs


_IN_ORDER = frozenset(
    {
        CellState.RUNNING,
        CellState.BEHIND,
        CellState.UNKNOWN,
        CellState.UNREPORTED,
        CellState.NEVER,
        CellState.AHEAD,
    }
)
"""What may be so in a pipeline that is in order: nobody has to act at once."""
_CALM = " every stage runs the same code"


def summary(views: Iterable[CellView | None], glyphs: Glyphs, width: int, frame: int = 0) -> Content:
    """Return how many cells want attention, worst first."""
    return tally(Counter(state_of(view) for view in views), glyphs, width, frame)


def tally(states: Counter[CellState], glyphs: Glyphs, width: int, frame: int = 0) -> Content:
    """Return the summary of so many cells in each state; no count is cut, and none is left out.

    Where there is no room words give way: first of what is in order, last of signs that stand for several states.
    """
    shown = [state for state in CellState if states[state] and state not in AT_REST]
    if not shown:
        is_calm = not states[CellState.LOADING]
        return line(glyph_of(CellState.SAME, glyphs), ink(_CALM, "muted")) if is_calm else BLANK
    words = {state: _count(state, states[state], f" {state.value}", glyphs, frame) for state in shown}
    roomy = Content("    ").join(words.values())
    if width >= STANDARD and roomy.cell_length <= width:
        return roomy
    giving_way = sorted(shown, key=lambda state: (_word_rank(state), -shown.index(state)))
    for bare in range(len(shown) + 1):
        counts = _merged(states, shown, giving_way[:bare])
        parts = [_count(state, count, "", glyphs, frame) if count else words[state] for state, count in counts.items()]
        found = Content("  ").join(parts)
        if found.cell_length <= width:
            break
    return found


def _word_rank(state: CellState) -> int:
    """Return how much the words are needed: of what is in order least, most where another state has the sign."""
    if state in _IN_ORDER:
        return 0
    return sum(DISPLAYS[each].sign == DISPLAYS[state].sign for each in CellState if each not in _IN_ORDER | AT_REST)


def _merged(states: Counter[CellState], shown: Sequence[CellState], bare: Sequence[CellState]) -> dict[CellState, int]:
    """Return what is shown, 0 where it is in words; what has lost them is counted with the first of its sign."""
    found: dict[CellState, int] = {}
    firsts: dict[str, CellState] = {}
    for state in shown:
        if state in bare:
            first = firsts.setdefault(DISPLAYS[state].sign, state)
            found[first] = found.get(first, 0) + states[state]
        else:
            found[state] = 0
    return found


def _count(state: CellState, count: int, words: str, glyphs: Glyphs, frame: int) -> Content:
    return line(glyph_of(state, glyphs, frame), ink(f" {count}{words}", word_role(DISPLAYS[state].tone)))
