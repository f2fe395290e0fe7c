"""Reads the previews that there are: from the stacks that say that they are one, and from the runs on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError, UsageError
from promote_tui.core.model.cells import Unreachable, commit_of, stack_of
from promote_tui.core.previews.names import MARK, marked_branch, preview_name
from promote_tui.core.previews.preview import Preview, PreviewStack, count_costs, find_urls
from promote_tui.core.previews.stage import preview_settings, preview_target
from promote_tui.core.value import replace
from promote_tui.engine.context import Context
from promote_tui.engine.previews.branches import Branches
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import PreviewSettings, Target
    from promote_tui.core.runs.run import Run

_RUNS = 500
"""Runs that are looked through for previews whose stacks do not say yet what they are."""
_RECENT = 20


@dataclass(frozen=True, slots=True)
class PreviewReader:
    """Reads previews under the configuration as it is written; `branches` say how their branches stand."""

    context: Context
    branches: Branches

    @property
    def settings(self) -> PreviewSettings:
        """What the configuration says of them; raises UsageError where it says nothing."""
        return preview_settings(self.context.pipeline)

    def read(self) -> tuple[Preview, ...]:
        """Return every preview, by its name. Raises UsageError, AwsError, LedgerError."""
        targets = self._targets()
        cells = self.context.stacks.cells(targets)
        runs = self.context.ledger.newest_runs([each.key for each in targets], self.context.clock.now(), _RECENT)
        there = [target for target in targets if _is_there(cells[target])]
        by_branch: dict[str, list[Target]] = {}
        for target in there:
            by_branch.setdefault(target.preview, []).append(target)
        found = [self._preview(branch, mine, cells, runs) for branch, mine in by_branch.items()]
        return tuple(sorted(found, key=lambda each: each.name))

    def find(self, name: str) -> Preview:
        """Return a preview by its name, or by its branch; raises UsageError where there is none."""
        found = self.read()
        for each in found:
            if name in {each.name, each.branch}:
                return each
        known = ", ".join(each.name for each in found)
        raise UsageError(f"preview {name}", "there is no such preview", f"one of: {known}" if known else "")

    def _targets(self) -> list[Target]:
        """Return where previews may be: stacks that say so, and those that a run on record was to create."""
        settings, services = self.settings, [service.name for service in self.context.pipeline.services]
        named = {name: template for name, template in settings.stacks if "{stage}" in template}
        if not named:
            return []
        probe = preview_target(settings, next(iter(named)), "any")
        said = self.context.inspector.stacks_with_output(probe, MARK)
        branches = {branch for value in said.values() if (branch := marked_branch(((MARK, value),)))}
        runs = self.context.ledger.runs(RunFilter(), limit=_RUNS).runs
        recorded = {run.planned.key: run.planned.preview for run in runs if run.planned.preview}
        every = (
            preview_target(settings, name, branch)
            for branch in sorted(branches | {*recorded.values()})
            for name in services
            if name in named
        )
        return [each for each in every if each.stack in said or each.key in recorded]

    def _preview(
        self, branch: str, targets: list[Target], cells: Mapping[Target, Cell], runs: Mapping[str, tuple[Run, ...]]
    ) -> Preview:
        state, problem = self.branches.state([self.context.pipeline.service(each.service) for each in targets], branch)
        stacks = tuple(self._stack(cells[target]) for target in targets)
        mine = (run for target in targets for run in runs.get(target.key, ()) if run.planned.preview == branch)
        return Preview(preview_name(branch), branch, stacks, state, problem, _owner(mine))

    def _stack(self, cell: Cell) -> PreviewStack:
        stack = stack_of(cell)
        if isinstance(cell, Unreachable) or stack is None:
            return PreviewStack(cell.target, problem=cell.reason if isinstance(cell, Unreachable) else "")
        seen = PreviewStack(
            cell.target,
            stack.id,
            stack.status_name,
            commit_of(cell) or "",
            stack.updated_at,
            find_urls(stack.outputs),
        )
        try:
            costs = count_costs(self.resource_types(cell.target, stack.id).values())
        except AwsError as error:
            return replace(seen, problem=f"its resources are unknown: {error.cause}")
        return replace(seen, costs=costs)

    def resource_types(self, target: Target, stack_id: str) -> Mapping[str, str]:
        """Return the types of a stack's resources by their logical ids; raises AwsError."""
        resources = self.context.inspector.template(target, stack_id).get("Resources") or {}
        return {name: str(each.get("Type", "")) for name, each in resources.items() if isinstance(each, dict)}


def _is_there(cell: Cell) -> bool:
    return isinstance(cell, Unreachable) or stack_of(cell) is not None


def _owner(runs: Iterable[Run]) -> str:
    """Return who deployed last, whatever became of it."""
    deploys = [run for run in runs if not run.is_removal]
    return max(deploys, key=lambda run: run.started_at).planned.who if deploys else ""
