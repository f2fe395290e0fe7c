"""One cell of the matrix, drawn in exactly the width of its column."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from promote_tui.core.cell_state import CellState, state_of
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import Cell, Halfway, Unreachable, stack_of
from promote_tui.core.text import short
from promote_tui.core.value import Value
from promote_tui.tui.presentation.pipeline.states import LOOKS, NAME_WIDTH, commit_name, glyph_of
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
    _, role, hash_role = LOOKS[state]
    middle = _middle(view, state, look, _Roles("strong", "plain") if cursor else _Roles(hash_role, role))
    width = look.grid.cell
    left: Content | str = "[" if cursor and look.marks else " "
    right = "]" if cursor and look.marks else " "
    if marked:
        left = ink(look.glyphs.mark, "live")
    shown = line(left, glyph_of(state, look.glyphs, look.frame), " ", fit(middle, width - 4), right)
    if cursor:
        return shown.stylize_before(CURSOR)
    return shown.stylize_before(TROUBLE) if state in {CellState.FAILED, CellState.HALFWAY} else shown


def _middle(view: CellView | None, state: CellState, look: MatrixStyle, roles: _Roles) -> Content:
    if view is None:
        return ink("")
    stamp = stack_of(view.cell)
    text = line(*_text(view, state, look, roles))
    if not look.grid.ages or stamp is None or (state is CellState.ALTERED and not look.grid.words):
        return text
    width = look.grid.cell - 4
    old = align_right(ink(age(stamp.updated_at, look.now), "muted"), 3)
    return line(fit(text, width - 4), " ", old)


def _text(view: CellView, state: CellState, look: MatrixStyle, roles: _Roles) -> tuple[Content | str, ...]:
    gap, done = "  " if look.grid.words else " ", progress(view, look.now)
    if state is CellState.RUNNING and done is not None:
        name = commit_name(view.cell, NAME_WIDTH) or "first"
        bar = progress_bar(done, 8, look.glyphs) if look.grid.words else BLANK
        return ink(name, roles.sha), gap, ink(f"{done:.0%}", "strong live"), " ", bar
    if state is CellState.LOGIN:
        key = line(ink("L", "strong"), ink(" log in" if look.grid.words else "", "muted"))
        return ink("login", roles.sha), "    " if look.grid.words else "   ", key
    if state is CellState.UNSETTLED:
        return ink("unknown", roles.sha), gap, ink(state.value if look.grid.words else "", roles.drift)
    name, note = _words(view, state, look.grid)
    note_role: Role = "muted" if isinstance(view.cell, Unreachable) else roles.drift
    return ink(name, roles.sha), gap if note else "", ink(note, note_role)


def progress(view: CellView, now: datetime) -> float | None:
    """Return how far a running promotion is, by what it usually takes: at most 0.95; None where nobody knows."""
    if view.run_since is None or not view.usual:
        return None
    return min(0.95, max(0.0, (now - view.run_since).total_seconds() / view.usual))


def progress_bar(done: float, cells: int, glyphs: Glyphs) -> Content:
    """Return a bar of so many cells."""
    full = min(cells, int(done * cells + 0.5))
    return line(ink(glyphs.bar_full * full, "live"), ink(glyphs.bar_empty * (cells - full), "faint"))


def _words(view: CellView, state: CellState, at: Grid) -> tuple[str, str]:
    """Return the commit of a cell, or what stands for it, and how it stands."""
    name = commit_name(view.cell, NAME_WIDTH)
    words = (_LONG if at.words else _SHORT).get(state)
    if words is not None:
        return words(view, name)
    if state is CellState.UNREPORTED:
        return commit_name(view.cell, at.cell - 8), ""
    return name, drift_brief(view.relation) if at.words else drift_short(view.relation)


_Words: TypeAlias = Callable[[CellView, str], tuple[str, str]]


def _failed(view: CellView, name: str) -> tuple[str, str]:
    drift, word = drift_brief(view.relation), "not proved" if view.unproved else "failed"
    return name or "never", f"{word}, {drift}" if drift else word


def _with_drift(word: str) -> _Words:
    return lambda view, name: (name or "never", f"{word} {drift_short(view.relation)}".rstrip())


_SHORT: dict[CellState, _Words] = {
    CellState.DENIED: lambda _view, _name: ("denied", ""),
    CellState.UNREACHABLE: lambda _view, _name: ("unreachable", ""),
    CellState.NEVER: lambda _view, _name: ("never", ""),
    CellState.HALFWAY: lambda _view, _name: ("half-way", ""),
    CellState.RUNNING: lambda _view, name: (name or "first", "busy"),
    CellState.FAILED: lambda _view, name: (name or "never", "fail"),
    CellState.ALTERED: lambda _view, name: (name, "altered"),
    CellState.VETOED: lambda _view, name: (name, "vetoed"),
    CellState.HELD: lambda _view, name: (name or "never", "held"),
}
_LONG: dict[CellState, _Words] = {
    CellState.DENIED: lambda _view, _name: ("no permission", ""),
    CellState.UNREACHABLE: lambda view, _name: ("unread", _reason(view.cell)),
    CellState.NEVER: lambda _view, _name: ("never", ""),
    CellState.HALFWAY: lambda view, _name: ("half-way", _ends(view.cell)),
    CellState.RUNNING: lambda _view, name: (name or "first", "deploying"),
    CellState.FAILED: _failed,
    CellState.ALTERED: _with_drift("altered"),
    CellState.VETOED: _with_drift("vetoed"),
    CellState.HELD: _with_drift("held"),
}


def _ends(cell: Cell) -> str:
    """Return the two commits of a stack that got stuck: `2c7e914 8d20b6e`; nothing where one of them is not known."""
    if not isinstance(cell, Halfway) or not (cell.between.was and cell.between.to):
        return ""
    return f"{short(cell.between.was)} {short(cell.between.to)}"


def _reason(cell: Cell) -> str:
    return cell.reason if isinstance(cell, Unreachable) else ""
