"""The matrix: the state of a cell, how it looks, and what all of them come to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from textual.content import Content

from promote_tui.core.git.relation import Ahead, Behind, Diverged, NotApplicable, Relation, Same, Unknown
from promote_tui.core.model.pipeline import (
    Cell,
    Deployed,
    Halfway,
    InProgress,
    Never,
    StackState,
    Unreachable,
    Unreported,
)
from promote_tui.core.text import short
from promote_tui.tui.presentation.glyphs import Glyphs
from promote_tui.tui.presentation.style import (
    BLANK,
    CURSOR,
    TROUBLE,
    Role,
    cut_middle,
    fit,
    ink,
    line,
    right_aligned,
    spread,
)
from promote_tui.tui.presentation.wording import age, drift_brief, drift_short

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from promote_tui.core.matrix import CellView


class State(Enum):
    """What a cell says, in the words that a filter knows it by."""

    SAME = "same"
    BEHIND = "behind"
    AHEAD = "ahead"
    DIVERGED = "diverged"
    FIRST = "deployed"
    ALONE = "alone"
    RUNNING = "running"
    UNSETTLED = "reconcile"
    HALFWAY = "half-way"
    FAILED = "failed"
    ALTERED = "altered"
    VETOED = "vetoed"
    HELD = "held"
    NEVER = "never"
    UNKNOWN = "unknown"
    UNREPORTED = "unreported"
    LOGIN = "login"
    DENIED = "denied"
    UNREACHABLE = "unreachable"
    LOADING = "loading"


# State: glyph, colour of the glyph and of the drift, colour of the hash
_LOOK: dict[State, tuple[str, Role, Role]] = {
    State.SAME: ("same", "good", "muted"),
    State.FIRST: ("same", "good", "muted"),
    State.ALONE: ("alone", "muted", "muted"),
    State.BEHIND: ("behind", "warn", "plain"),
    State.AHEAD: ("ahead", "warn", "plain"),
    State.DIVERGED: ("diverged", "bad", "plain"),
    State.RUNNING: ("running", "live", "strong"),
    State.UNSETTLED: ("unknown", "strong warn", "strong warn"),
    State.HALFWAY: ("failed", "bad", "strong"),
    State.FAILED: ("failed", "bad", "strong"),
    State.ALTERED: ("altered", "bad", "strong"),
    State.VETOED: ("veto", "bad", "strong"),
    State.HELD: ("hold", "warn", "plain"),
    State.NEVER: ("never", "faint", "muted"),
    State.UNKNOWN: ("unknown", "warn", "plain"),
    State.UNREPORTED: ("unknown", "warn", "plain"),
    State.LOGIN: ("unknown", "strong warn", "strong warn"),
    State.DENIED: ("unknown", "strong bad", "strong bad"),
    State.UNREACHABLE: ("unknown", "strong warn", "strong warn"),
    State.LOADING: ("loading", "faint", "faint"),
}
_SUMMARY: tuple[tuple[State, str], ...] = (
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

_SUMMARY_ROLES: dict[State, Role] = {
    State.LOGIN: "warn",
    State.DENIED: "bad",
    State.UNREACHABLE: "warn",
    State.NEVER: "muted",
}


def stack_of(cell: Cell) -> StackState | None:
    """Return the stack behind a cell, where there is one."""
    return None if isinstance(cell, Unreachable) else cell.stack


def state_of(view: CellView | None) -> State:  # noqa: PLR0911 - one line a state
    """Return what a cell says; None is a cell that was not read yet."""
    if view is None:
        return State.LOADING
    cell = view.cell
    if isinstance(cell, Unreachable):
        return State.LOGIN if cell.login else State.DENIED if cell.why == "denied" else State.UNREACHABLE
    if view.unsettled:
        return State.UNSETTLED
    if view.run is not None or isinstance(cell, InProgress):
        return State.RUNNING
    if isinstance(cell, Halfway):
        return State.HALFWAY
    if view.unproved or (cell.stack is not None and cell.stack.status.succeeded is False):
        return State.FAILED
    if isinstance(cell, Unreported):
        return State.UNREPORTED
    if isinstance(cell, Never):
        return State.HELD if view.hold else State.NEVER
    if view.altered:
        return State.ALTERED
    return State.VETOED if view.veto else State.HELD if view.hold else drift_of(view)


def drift_of(view: CellView) -> State:
    """Return how a cell stands to the stage before, in trouble or not."""
    return related(view.relation, first=view.against is None)


def related(relation: Relation, *, first: bool) -> State:
    """Return how a cell stands to the stage before; `first` where there is none."""
    match relation:
        case Same():
            return State.SAME
        case Behind():
            return State.BEHIND
        case Ahead():
            return State.AHEAD
        case Diverged():
            return State.DIVERGED
        case Unknown():
            return State.UNKNOWN
        case NotApplicable():
            return State.FIRST if first else State.ALONE


def glyph_of(state: State, glyphs: Glyphs, frame: int = 0) -> Content:
    """Return a state's glyph in its colour."""
    name, role, _ = _LOOK[state]
    char = glyphs.running(frame) if state is State.RUNNING else str(getattr(glyphs, name))
    return ink(char, role)


def commit_of(cell: Cell) -> str | None:
    """Return the hash that a cell shows."""
    match cell:
        case Deployed(commit=commit):
            return commit
        case InProgress(was=was):
            return was
        case _:
            return None


_NAMED = 13
"""How much is shown of a name that is no hash, beside other words."""


def name_of(cell: Cell, room: int) -> str:
    """Return what a cell shows of its commit: the short hash, or what the stack says instead, cut in its middle.

    That is `no commit` where the stack says nothing; empty where nothing was ever deployed, or cannot be read.
    """
    sha = commit_of(cell)
    if sha:
        return short(sha)
    if isinstance(cell, Unreported) or (isinstance(cell, InProgress) and cell.stack.status_name.startswith("UPDATE_")):
        return cut_middle(cell.stack.called, room) or "no commit"
    return ""


def says(cell: Cell) -> str:
    """Return what a stack says of its commit that names no known one; empty where there is no such text."""
    return cell.says if isinstance(cell, Unreported) else ""


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the columns of the matrix stand, in cells from its left edge."""

    service: int
    cell: int
    shown: int
    words: bool
    ages: bool


_COMFORTABLE, _AGED, _LEAST = 22, 20, 16
"""Cells of a stage: with room for everything, with room for an age, with a hash and a short drift."""
_LEAST_NAME = 12
"""Cells of the services' column that are left to it on the smallest screen."""


def grid(width: int, stages: int, longest: int = 0) -> Grid:
    """Return the columns for a width: all stages share it as long as each has room for its hash and its drift.

    `longest` is the length of the longest name of a service. Names get what stages can spare, and before a name
    is cut the ages go. 22 cells a stage at 80 columns, 33 at 120, words where they fit.
    """
    drawn = 21 if width >= 120 else 14  # noqa: PLR2004 - the widths of the drawing
    wanted = max(drawn, longest + 2)
    shown = max(1, min(stages, (width - _LEAST_NAME) // _LEAST))
    service = wanted
    if wanted > width - shown * _COMFORTABLE:
        service = min(wanted, max(drawn, width // 3), width - shown * _LEAST)
    cell = min(40, (width - service) // shown)
    return Grid(service, cell, shown, cell >= 33, width >= 80 and cell >= _AGED)  # noqa: PLR2004 - the same


def out_of_sight(left: Sequence[str], right: Sequence[str], glyphs: Glyphs, width: int) -> Content:
    """Return the stages that do not fit, each side with its count: `◂ 1 more: DEV        ▸ 2 more: QA, PROD`."""
    room = (width - 3) // (2 if left and right else 1)
    before = _more(glyphs.more_left, left, room) if left else BLANK
    after = _more(glyphs.more_right, right, room) if right else BLANK
    return spread(line(" ", before), line(after, " "), width)


def _more(sign: str, names: Sequence[str], room: int) -> Content:
    count = ink(f"{sign} {len(names)} more", "warn")
    named = ink(f": {', '.join(name.upper() for name in names)}", "muted")
    return line(count, named.truncate(max(0, room - count.cell_length), ellipsis=True))


@dataclass(frozen=True, slots=True)
class Look:
    """How the matrix is drawn now; `marks` puts brackets round the cursor, for screens without colours."""

    grid: Grid
    glyphs: Glyphs
    now: datetime
    marks: bool = False
    frame: int = 0


def cell_line(view: CellView | None, look: Look, *, cursor: bool = False, marked: bool = False) -> Content:
    """Return a cell in exactly the grid's width."""
    state = state_of(view)
    _, role, hash_role = _LOOK[state]
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
    old = right_aligned(ink(age(stamp.updated_at, look.now), "muted"), 3)
    return line(fit(text, width - 4), " ", old)


def _text(  # noqa: PLR0913, PLR0917 - a cell shows all this
    view: CellView, state: State, look: Look, hash_role: Role, role: Role, gap: str
) -> tuple[Content | str, ...]:
    done = progress(view, look.now)
    if state is State.RUNNING and done is not None:
        name = name_of(view.cell, _NAMED) or "first"
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
    name = name_of(view.cell, _NAMED)
    match state:
        case State.DENIED:
            return ("no permission", "") if wide else ("denied", "")
        case State.UNREACHABLE:
            return ("unread", _reason(view.cell)) if wide else ("unreachable", "")
        case State.NEVER:
            return "never", ""
        case State.UNREPORTED:
            return name_of(view.cell, at.cell - 8), ""
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


def summary(views: Iterable[CellView | None], glyphs: Glyphs, width: int, frame: int = 0) -> Content:
    """Return how many cells want attention, worst first; what does not fit is dropped from the end."""
    return tally(Counter(state_of(view) for view in views), glyphs, width, frame)


def tally(states: Counter[State], glyphs: Glyphs, width: int, frame: int = 0) -> Content:
    """Return the summary of so many cells in each state."""
    gap = "    " if width >= 80 else "  "  # noqa: PLR2004 - the wide screen, less what stands at its right
    parts = [
        line(
            glyph_of(state, glyphs, frame), ink(f" {states[state]} {word}", _SUMMARY_ROLES.get(state, _LOOK[state][1]))
        )
        for state, word in _SUMMARY
        if states[state]
    ]
    while parts and Content(gap).join(parts).cell_length > width:
        parts.pop()
    if parts or states[State.LOADING]:
        return Content(gap).join(parts)
    return line(glyph_of(State.SAME, glyphs), ink(" every stage runs the same code", "muted"))


def merged(old: CellView | None, new: CellView) -> CellView:
    """Return the view to show: what is known of a commit stays while only its stack was read again."""
    if old is not None and isinstance(new.cell, Unreported | Halfway) and new.against is None and same_deploy(old, new):
        return old  # what the record says of the stack comes with the rest
    half = new.commit is None and new.against is None and isinstance(new.relation, NotApplicable)
    if old is None or not half or commit_of(old.cell) != commit_of(new.cell) or commit_of(new.cell) is None:
        return still_altered(old, new)
    return still_altered(old, replace(old, cell=new.cell, altered=None))


def still_altered(old: CellView | None, new: CellView) -> CellView:
    """Return the new view; while it was not checked, it says what the last check of the same deploy has found."""
    if old is None or new.altered is not None or not same_deploy(old, new):
        return new
    return replace(new, altered=old.altered)


def same_deploy(one: CellView, other: CellView) -> bool:
    """Tell whether two views are of one stack that was not updated in between."""
    first, second = stack_of(one.cell), stack_of(other.cell)
    return first is not None and second is not None and (first.id, first.updated_at) == (second.id, second.updated_at)
