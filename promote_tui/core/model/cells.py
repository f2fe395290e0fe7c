"""What a cell says of its stack and of its commit, whatever kind of cell it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.model.pipeline import Deployed, InProgress, Unreachable

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Cell, StackState


def stack_of(cell: Cell) -> StackState | None:
    """Return the stack behind a cell; None where there is none, or none could be read."""
    return None if isinstance(cell, Unreachable) else cell.stack


def commit_of(cell: Cell) -> str | None:
    """Return the commit that a stage runs, or ran when its update began; None where that is not known."""
    match cell:
        case Deployed(commit=commit):
            return commit
        case InProgress(was=was):
            return was
        case _:
            return None
