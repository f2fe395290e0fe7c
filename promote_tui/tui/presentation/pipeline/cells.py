"""One cell of the matrix, drawn in exactly the width of its column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.cell_state import CellState, state_of
from promote_tui.core.model.cells import Cell, Halfway, Unreachable, stack_of
from promote_tui.core.state_display import DISPLAYS, display_of
from promote_tui.core.text import short
from promote_tui.core.value import Value
from promote_tui.tui.presentation.pipeline.states import NAME_WIDTH, commit_name, commit_role, glyph_of, sign_role
from promote_tui.tui.presentation.style import (
    BLANK,
    CURSOR,
    TROUBLE,
    Role,
    align_right,
    fit,
    ink,
    line,
)
from promote_tui.tui.presentation.wording import age, drift_brief, drift_short

if TYPE_CHECKING:
    from datetime import datetime

    from textual.content import Content

    from promote_tui.core.matrix import CellView
    from promote_tui.tui.presentation.glyphs import Glyphs
    from promote_tui.tui.presentation.pipeline.grid import Grid


class MatrixStyle(Value):
    """How the matrix is drawn now; `marks` puts brackets round the cursor, for screens without colours."""

    grid: Grid
    glyphs: Glyphs
    now: datetime
    marks: bool = False
    frame: int = 0


class _Roles(Value):
    """The colours of a hash, and of how it stands."""

    sha: Role
    drift: Role


def cell_line(view: CellView | None, look: MatrixStyle, *, cursor: bool = False, marked: bool = False) -> Content:
    """Return a cell in exactly the grid's width."""
    state = state_of(view)
    shown = display_of(view)
    roles = _Roles("strong", "plain") if cursor else _Roles(commit_role(shown), sign_role(shown))
    middle = _middle(view, state, look, roles)
    width = look.grid.cell
    left: Content | str = "[" if cursor and look.marks else " "
    right = "]" if cursor and look.marks else " "
    if marked:
        left = ink(look.glyphs.mark, "live")
    drawn = line(left, glyph_of(state, look.glyphs, look.frame), " ", fit(middle, width - 4), right)
    if cursor:
        return drawn.stylize_before(CURSOR)
    return drawn.stylize_before(TROUBLE) if state in {CellState.FAILED, CellState.HALFWAY} else drawn


def _middle(view: CellView | None, state: CellState, look: MatrixStyle, roles: _Roles) -> Content:
    if view is None:
        return ink("")
    stamp = stack_of(view.cell)
    text = line(*_text(view, state, look, roles))
    long = state is CellState.TRAFFIC or (state is CellState.ALTERED and not look.grid.words)
    if not look.grid.ages or stamp is None or long:
        return text
    width = look.grid.cell - 4
    old = align_right(ink(age(stamp.updated_at, look.now), "muted"), 3)
    return line(fit(text, width - 4), " ", old)


def _text(view: CellView, state: CellState, look: MatrixStyle, roles: _Roles) -> tuple[Content | str, ...]:
    gap, done, name = "  " if look.grid.words else " ", progress(view, look.now), ink(_name(view, look.grid), roles.sha)
    if state is CellState.RUNNING and done is not None:
        bar = progress_bar(done, 8, look.glyphs) if look.grid.words else BLANK
        return name, gap, ink(f"{done:.0%}", "strong live"), " ", bar
    if state is CellState.LOGIN:
        key = line(ink("L", "strong"), ink(" log in" if look.grid.words else "", "muted"))
        return name, "    " if look.grid.words else "   ", key
    note = _note(view, state, wide=look.grid.words)
    return name, gap if note else "", ink(note, "muted" if isinstance(view.cell, Unreachable) else roles.drift)


def progress(view: CellView, now: datetime) -> float | None:
    """Return how far a running promotion is, by what it usually takes: at most 0.95; None where nobody knows."""
    if view.run_since is None or not view.usual:
        return None
    return min(0.95, max(0.0, (now - view.run_since).total_seconds() / view.usual))


def progress_bar(done: float, cells: int, glyphs: Glyphs) -> Content:
    """Return a bar of so many cells."""
    full = min(cells, int(done * cells + 0.5))
    return line(ink(glyphs.bar_full * full, "live"), ink(glyphs.bar_empty * (cells - full), "faint"))


def _name(view: CellView, at: Grid) -> str:
    """Return the commit of a cell, or what stands in its place."""
    state, name = state_of(view), display_of(view).name_in(wide=at.words)
    room = at.cell - 8 if state is CellState.UNREPORTED else NAME_WIDTH
    first = "first" if state is CellState.RUNNING else DISPLAYS[CellState.NEVER].name
    return name or commit_name(view.cell, room) or first


def _note(view: CellView, state: CellState, *, wide: bool) -> str:
    """Return what stands beside the commit: the word of the state, and as far as there is room what lies behind it."""
    word, brief, counts = display_of(view).note_in(wide=wide), drift_brief(view.relation), drift_short(view.relation)
    match state:
        case CellState.HALFWAY:
            return _ends(view.cell) if wide else ""
        case CellState.UNREACHABLE | CellState.TRAFFIC:
            return _reason(view.cell) if wide else word
        case CellState.FAILED if wide and brief:
            return f"{word}, {brief}"
        case CellState.ALTERED | CellState.VETOED | CellState.HELD if wide:
            return f"{word} {counts}".rstrip()
        case _ if not DISPLAYS[state].phrase:
            return brief if wide else counts
        case _:
            return word


def _ends(cell: Cell) -> str:
    """Return the two commits of a stack that got stuck: `2c7e914 8d20b6e`; nothing where one of them is not known."""
    if not isinstance(cell, Halfway) or not (cell.between.was and cell.between.to):
        return ""
    return f"{short(cell.between.was)} {short(cell.between.to)}"


def _reason(cell: Cell) -> str:
    return cell.reason if isinstance(cell, Unreachable) else ""
