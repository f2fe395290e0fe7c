"""Stacks as they are read, each with its commit looked up in the clone of its service.

Deploys by others leave a short hash, `git describe`, a tag or BRANCH@HASH. Where the clone knows the name for one
commit, each reader gets the full hash. Else it gets a cell that says why the name is no commit.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from promote_tui.core.errors import GitError
from promote_tui.core.model.cells import stack_of
from promote_tui.core.model.commit_names import lookup_keys
from promote_tui.core.stacks.cells import resolve_name, with_commit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from promote_tui.core.model.cells import Cell, StackState
    from promote_tui.core.model.commit_names import NamedCommits
    from promote_tui.core.model.pipeline import Service, Target
    from promote_tui.core.model.stack_status import StackEvent
    from promote_tui.ports import CommitGraph, StackReader


class CommitResolvingStacks:
    """The StackReader port over another one; git is asked only where a stack says something else than a full hash."""

    def __init__(self, stacks: StackReader, graph: CommitGraph, services: Iterable[Service]) -> None:
        self._stacks = stacks
        self._graph = graph
        self._services = {service.name: service for service in services}

    def cells(
        self, targets: Collection[Target], on_cell: Callable[[Cell], None] | None = None
    ) -> Mapping[Target, Cell]:
        """Return a cell for every target; `on_cell` hears of one that git has to be asked about once it is known."""
        hear = on_cell or (lambda _cell: None)
        read = self._stacks.cells(targets, lambda cell: None if self._asks(cell.target, stack_of(cell)) else hear(cell))
        asked = {target: cell for target, cell in read.items() if self._asks(target, stack_of(cell))}
        found = dict(read) | self._named(asked)
        for target in asked:
            hear(found[target])
        return found

    def cell(self, target: Target) -> Cell:
        """Read one target afresh."""
        cell = self._stacks.cell(target)
        return self._named({target: cell})[target] if self._asks(target, stack_of(cell)) else cell

    def stack(self, target: Target) -> StackState | None:
        """Read one stack afresh; None where it does not exist."""
        stack = self._stacks.stack(target)
        if stack is None or not self._asks(target, stack):
            return stack
        service = self._services[target.service]
        try:
            meaning = self._graph.commits_named(service, [stack.commit_name]).get(stack.commit_name)
        except GitError:
            return stack
        return with_commit(stack, meaning) if meaning and len(meaning.commits) == 1 else stack

    def events(self, target: Target, stack_id: str, *, after: str | None = None) -> tuple[StackEvent, ...]:
        """Return the stack's events after the one with the id `after`, oldest first."""
        return self._stacks.events(target, stack_id, after=after)

    def last_event(self, target: Target, stack_id: str) -> StackEvent | None:
        """Return the newest event."""
        return self._stacks.last_event(target, stack_id)

    def cancel_update(self, target: Target, stack_id: str) -> None:
        """Ask CloudFormation to stop the running update and to roll it back."""
        self._stacks.cancel_update(target, stack_id)

    def _asks(self, target: Target, stack: StackState | None) -> bool:
        return stack is not None and target.service in self._services and lookup_keys(stack.commit_name) is not None

    def _named(self, cells: Mapping[Target, Cell]) -> dict[Target, Cell]:
        """Return the cells by their full hashes, asking each repository once for all services that share its remote."""
        by_clone: dict[tuple[str, tuple[str, ...]], dict[Target, Cell]] = defaultdict(dict)
        for target, cell in cells.items():
            service = self._services[target.service]
            by_clone[service.repo, service.remote][target] = cell
        return {target: cell for group in by_clone.values() for target, cell in self._one_clone(group).items()}

    def _one_clone(self, cells: Mapping[Target, Cell]) -> dict[Target, Cell]:
        names = {target: stack.commit_name for target, cell in cells.items() if (stack := stack_of(cell))}
        try:
            meanings: Mapping[str, NamedCommits] = self._graph.commits_named(
                self._services[next(iter(cells)).service], sorted({*names.values()})
            )
        except GitError:
            return dict(cells)  # a repository that cannot be read tells nothing: the cell stays as the stack has it
        return {
            target: resolve_name(cell, meanings.get(names[target]), self._services[target.service].commit_source)
            for target, cell in cells.items()
        }
