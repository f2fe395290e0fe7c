"""The state of a cell in one word: what its stack, its runs, people's decisions and its drift come to."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, assert_never

from promote_tui.core.git.relation import Ahead, Behind, Diverged, NotApplicable, Relation, Same, Unknown
from promote_tui.core.model.cells import Halfway, InProgress, Never, Unreachable, Unreported

if TYPE_CHECKING:
    from promote_tui.core.matrix import CellView


class CellState(Enum):
    """What a person needs to know of a cell first; the value is its word in `status`, filters and summaries.

    The order is that of a summary: what wants attention most comes first.
    """

    HALFWAY = "half-way"
    FAILED = "failed"
    TRAFFIC = "traffic"
    ALTERED = "altered"
    VETOED = "vetoed"
    HELD = "held"
    DIVERGED = "diverged"
    LOGIN = "login"
    DENIED = "denied"
    UNREACHABLE = "unreachable"
    UNSETTLED = "to reconcile"
    RUNNING = "running"
    BEHIND = "behind"
    UNKNOWN = "unknown"
    UNREPORTED = "no commit"
    NEVER = "never"
    AHEAD = "ahead"
    SAME = "same"
    FIRST = "first stage"
    ALONE = "alone"
    LOADING = "loading"

    @property
    def filter_word(self) -> str:
        """The word as a filter takes it, in which a blank would begin another word: `state:no-commit`."""
        return self.value.replace(" ", "-")


AT_REST = frozenset({CellState.SAME, CellState.FIRST, CellState.ALONE, CellState.LOADING})
"""What a summary leaves out: nothing is to be done about it."""


def state_of(view: CellView | None) -> CellState:
    """Return the state of a cell; None is a cell that was not read yet.

    A state that hides the others comes first. Nothing is known of a stack that cannot be read. Nothing is final while a
    run is at work, or while its verdict is unknown. After these come trouble, people's decisions, and drift.
    """
    if view is None:
        return CellState.LOADING
    if isinstance(view.cell, Unreachable):
        return _unreachable(view.cell)
    return _at_work(view) or _in_trouble(view) or _decided(view) or drift_of(view)


def _unreachable(cell: Unreachable) -> CellState:
    if cell.login:
        return CellState.LOGIN
    return CellState.DENIED if cell.why == "denied" else CellState.UNREACHABLE


def _at_work(view: CellView) -> CellState | None:
    if view.unsettled:
        return CellState.UNSETTLED
    return CellState.RUNNING if view.run is not None or isinstance(view.cell, InProgress) else None


def _in_trouble(view: CellView) -> CellState | None:
    stack = None if isinstance(view.cell, Unreachable) else view.cell.stack
    if isinstance(view.cell, Halfway):
        return CellState.HALFWAY
    if view.unproved or (stack is not None and stack.status.succeeded is False):
        return CellState.FAILED
    return CellState.UNREPORTED if isinstance(view.cell, Unreported) else None


def _decided(view: CellView) -> CellState | None:
    """Return the state that a change by hand or a decision gives the cell; None where there is neither.

    Traffic comes first: users get something else than what stands there.
    """
    if isinstance(view.cell, Never):
        return CellState.HELD if view.hold else CellState.NEVER
    if view.traffic is not None and view.traffic.agrees is False:
        return CellState.TRAFFIC
    if view.altered:
        return CellState.ALTERED
    return CellState.VETOED if view.veto else CellState.HELD if view.hold else None


def drift_of(view: CellView) -> CellState:
    """Return how a cell stands to the stage before, in trouble or not."""
    return relation_state(view.relation, first=view.against is None)


def relation_state(relation: Relation, *, first: bool) -> CellState:
    """Return how a cell stands to the stage before; `first` where there is none."""
    match relation:
        case Same():
            return CellState.SAME
        case Behind():
            return CellState.BEHIND
        case Ahead():
            return CellState.AHEAD
        case Diverged():
            return CellState.DIVERGED
        case Unknown():
            return CellState.UNKNOWN
        case NotApplicable():
            return CellState.FIRST if first else CellState.ALONE
        case _:
            assert_never(relation)
