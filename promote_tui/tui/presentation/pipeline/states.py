"""The state of a cell: what its stack, its runs and its drift come to, and how that looks."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from promote_tui.core.git.relation import Ahead, Behind, Diverged, NotApplicable, Relation, Same, Unknown
from promote_tui.core.model.cells import Cell, Halfway, InProgress, Never, Unreachable, Unreported, commit_of
from promote_tui.core.text import short
from promote_tui.tui.presentation.style import (
    Role,
    cut_middle,
    ink,
)

if TYPE_CHECKING:
    from textual.content import Content

    from promote_tui.core.matrix import CellView
    from promote_tui.tui.presentation.glyphs import Glyphs


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
LOOKS: dict[State, tuple[str, Role, Role]] = {
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


def state_of(view: CellView | None) -> State:
    """Return what a cell says; None is a cell that was not read yet."""
    if view is None:
        return State.LOADING
    if isinstance(view.cell, Unreachable):
        return _unreachable(view.cell)
    return _unsettled(view) or _broken(view) or _undisturbed(view)


def _unreachable(cell: Unreachable) -> State:
    if cell.login:
        return State.LOGIN
    return State.DENIED if cell.why == "denied" else State.UNREACHABLE


def _unsettled(view: CellView) -> State | None:
    """Return that it is not known how a run ended, or that one goes on."""
    if view.unsettled:
        return State.UNSETTLED
    return State.RUNNING if view.run is not None or isinstance(view.cell, InProgress) else None


def _broken(view: CellView) -> State | None:
    """Return that a stack is stuck, that its last deploy failed, or that it names no commit."""
    stack = None if isinstance(view.cell, Unreachable) else view.cell.stack
    if isinstance(view.cell, Halfway):
        return State.HALFWAY
    if view.unproved or (stack is not None and stack.status.succeeded is False):
        return State.FAILED
    return State.UNREPORTED if isinstance(view.cell, Unreported) else None


def _undisturbed(view: CellView) -> State:
    """Return what was done or decided about what runs there, else how it stands to the stage before."""
    if isinstance(view.cell, Never):
        return State.HELD if view.hold else State.NEVER
    if view.altered:
        return State.ALTERED
    return State.VETOED if view.veto else State.HELD if view.hold else drift_of(view)


def drift_of(view: CellView) -> State:
    """Return how a cell stands to the stage before, in trouble or not."""
    return relation_state(view.relation, first=view.against is None)


def relation_state(relation: Relation, *, first: bool) -> State:
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
    name, role, _ = LOOKS[state]
    char = glyphs.running(frame) if state is State.RUNNING else str(getattr(glyphs, name))
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


def reported_text(cell: Cell) -> str:
    """Return what a stack says of its commit that names no known one; empty where there is no such text."""
    return cell.says if isinstance(cell, Unreported) else ""
