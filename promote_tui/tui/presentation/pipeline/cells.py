"""One cell of the matrix, drawn in exactly the width of its column."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from promote_tui.core.model.cells import stack_of
from promote_tui.core.model.pipeline import (
    Cell,
    Halfway,
    Unreachable,
)
from promote_tui.core.text import short
from promote_tui.core.value import Value
from promote_tui.tui.presentation.glyphs import Glyphs
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
    from textual.content import Content

    from promote_tui.core.matrix import CellView

from promote_tui.tui.presentation.pipeline.grid import Grid
from promote_tui.tui.presentation.pipeline.states import LOOKS, NAME_WIDTH, State, commit_name, glyph_of, state_of


class Look(Value):
    """How the matrix is drawn now; `marks` puts brackets round the cursor, for screens without colours."""

    grid: Grid
    glyphs: Glyphs
    now: datetime
    marks: bool = False
    frame: int = 0


def cell_line(view: CellView | None, look: Look, *, cursor: bool = False, marked: bool = False) -> Content:
    """Return a cell in exactly the grid's width."""
    state = state_of(view)
    _, role, hash_role = LOOKS[state]
    middle = _middle(view, state, look, *(("strong", "plain") if cursor else (hash_role, role)))
    width = look.grid.cell
    left: Content | str = "[" if cursor and look.marks else " "
    right = "]" if cursor and look.marks else " "
    if marked:
        left = ink(look.glyphs.mark, "live")
    shown = line(left, glyph_of(state, look.glyphs, look.frame), " ", fit(middle, width - 4), right)
    if cursor:
        return shown.stylize_before(CURSOR)
    return shown.stylize_before(TROUBLE) if state in {State.FAILED, State.HALFWAY} else shown


def _middle(view: CellView | None, state: State, look: Look, hash_role: Role, role: Role) -> Content:
    if view is None:
        return ink("")
    stamp = stack_of(view.cell)
    gap = "  " if look.grid.words else " "
    text = line(*_text(view, state, look, hash_role, role, gap))
    if not look.grid.ages or stamp is None or (state is State.ALTERED and not look.grid.words):
        return text
    width = look.grid.cell - 4
    old = align_right(ink(age(stamp.updated_at, look.now), "muted"), 3)
    return line(fit(text, width - 4), " ", old)


def _text(  # noqa: PLR0913, PLR0917 - a cell shows all this
    view: CellView, state: State, look: Look, hash_role: Role, role: Role, gap: str
) -> tuple[Content | str, ...]:
    done = progress(view, look.now)
    if state is State.RUNNING and done is not None:
        name = commit_name(view.cell, NAME_WIDTH) or "first"
        bar = progress_bar(done, 8, look.glyphs) if look.grid.words else BLANK
        return ink(name, hash_role), gap, ink(f"{done:.0%}", "strong live"), " ", bar
    if state is State.LOGIN:
        key = line(ink("L", "strong"), ink(" log in" if look.grid.words else "", "muted"))
        return ink("login", hash_role), "    " if look.grid.words else "   ", key
    if state is State.UNSETTLED:
        return ink("unknown", hash_role), gap, ink("reconcile" if look.grid.words else "", role)
    name, note = _words(view, state, look.grid)
    note_role: Role = "muted" if isinstance(view.cell, Unreachable) else role
    return ink(name, hash_role), gap if note else "", ink(note, note_role)


def progress(view: CellView, now: datetime) -> float | None:
    """Return how far a running promotion is, by what it usually takes: at most 0.95; None where nobody knows."""
    if view.run_since is None or not view.usual:
        return None
    return min(0.95, max(0.0, (now - view.run_since).total_seconds() / view.usual))


def progress_bar(done: float, cells: int, glyphs: Glyphs) -> Content:
    """Return a bar of so many cells."""
    full = min(cells, int(done * cells + 0.5))
    return line(ink(glyphs.bar_full * full, "live"), ink(glyphs.bar_empty * (cells - full), "faint"))


def _words(view: CellView, state: State, at: Grid) -> tuple[str, str]:  # noqa: PLR0911 - one line a state
    wide = at.words
    name = commit_name(view.cell, NAME_WIDTH)
    match state:
        case State.DENIED:
            return ("no permission", "") if wide else ("denied", "")
        case State.UNREACHABLE:
            return ("unread", _reason(view.cell)) if wide else ("unreachable", "")
        case State.NEVER:
            return "never", ""
        case State.UNREPORTED:
            return commit_name(view.cell, at.cell - 8), ""
        case State.HALFWAY:
            return "half-way", _ends(view.cell) if wide else ""
        case State.RUNNING:
            return name or "first", "deploying" if wide else "busy"
        case State.FAILED:
            apart, word = drift_brief(view.relation), "not proved" if view.unproved else "failed"
            return name or "never", (f"{word}, {apart}" if apart else word) if wide else "fail"
        case State.ALTERED:
            return name, f"altered {drift_short(view.relation)}".rstrip() if wide else "altered"
        case State.VETOED | State.HELD:
            return name, f"{state.value} {drift_short(view.relation)}".rstrip() if wide else state.value
        case _:
            return name, drift_brief(view.relation) if wide else drift_short(view.relation)


def _ends(cell: Cell) -> str:
    """Return the two commits of a stack that got stuck: `2c7e914 8d20b6e`; nothing where one of them is not known."""
    if not isinstance(cell, Halfway) or not (cell.between.was and cell.between.to):
        return ""
    return f"{short(cell.between.was)} {short(cell.between.to)}"


def _reason(cell: Cell) -> str:
    return cell.reason if isinstance(cell, Unreachable) else ""
