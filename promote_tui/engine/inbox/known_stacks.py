"""Stacks as the matrix has just read them: an inbox over many services asks AWS for none of them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from promote_tui.core.matrix import CellView
    from promote_tui.core.model.cells import Cell, CellKey, StackState
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.model.stack_status import StackEvent
    from promote_tui.ports import StackReader


class KnownStacks:
    """The StackReader port over another one, which is asked only about what the matrix does not hold."""

    def __init__(self, stacks: StackReader, views: Mapping[CellKey, CellView]) -> None:
        self._stacks = stacks
        self._views = views

    def cell(self, target: Target) -> Cell:
        """Return the cell as the matrix has it; read it where another target stands there."""
        view = self._views.get((target.service, target.stage))
        return view.cell if view is not None and view.cell.target == target else self._stacks.cell(target)

    def cells(
        self, targets: Collection[Target], on_cell: Callable[[Cell], None] | None = None
    ) -> Mapping[Target, Cell]:
        """Read every target afresh."""
        return self._stacks.cells(targets, on_cell)

    def stack(self, target: Target) -> StackState | None:
        """Read one stack afresh; None where it does not exist."""
        return self._stacks.stack(target)

    def events(self, target: Target, stack_id: str, *, after: str | None = None) -> tuple[StackEvent, ...]:
        """Return the stack's events after the one with the id `after`, oldest first."""
        return self._stacks.events(target, stack_id, after=after)

    def last_event(self, target: Target, stack_id: str) -> StackEvent | None:
        """Return the newest event."""
        return self._stacks.last_event(target, stack_id)

    def cancel_update(self, target: Target, stack_id: str) -> None:
        """Ask CloudFormation to stop the running update and to roll it back."""
        self._stacks.cancel_update(target, stack_id)
