"""Reads one stage: what its stack says, completed from the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError, LedgerError
from promote_tui.core.model.cells import Deployed, Halfway, Unreported
from promote_tui.core.model.halfway import find_stuck_operation
from promote_tui.core.runs.external import find_adoption, find_stuck_run
from promote_tui.core.value import replace
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.model.stack_status import StackEvent
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.context import Context

_RECENT = 20
"""How many runs of a stack are read; the one that made the stack what it is is among the newest."""


def read_cell(context: Context, target: Target) -> Cell:
    """Return what a stage runs, read now; trouble is a cell too (Unreachable)."""
    cell = context.stacks.cell(target)
    return complete_cell(context, cell, _runs(context, target)) if isinstance(cell, Halfway | Unreported) else cell


def complete_cell(context: Context, cell: Cell, runs: Sequence[Run]) -> Cell:
    """Return the cell, completed from the runs of its stack (newest first)."""
    match cell:
        case Halfway():
            return _between(context, cell, runs)
        case Unreported(target=target, stack=stack) if run := find_adoption(stack, runs):
            return Deployed(target, stack, run.to_commit, run.id)
        case _:
            return cell


def _runs(context: Context, target: Target) -> Sequence[Run]:
    try:
        return context.ledger.runs(RunFilter(key=target.key), limit=_RECENT).runs
    except LedgerError:
        return ()


def _between(context: Context, cell: Halfway, runs: Sequence[Run]) -> Halfway:
    events = _events(context, cell)
    run = find_stuck_run(cell.stack, runs, events)
    was = cell.between.was
    if run is not None and was in {"", run.to_commit}:  # an output may be ahead of what it tells of
        was = run.from_commit
    return replace(
        cell, between=find_stuck_operation(cell.stack.status_name, was, run.to_commit if run else "", events)
    )


def _events(context: Context, cell: Halfway) -> Sequence[StackEvent] | None:
    try:
        return context.stacks.events(cell.target, cell.stack.id)
    except AwsError:
        return None
