"""Finds the functions that run other code than their stack was deployed with.

What was deployed is known from the run that did it, else from the deployed template; what runs now, from Lambda's list
for each account and region. What may not be read is not checked, and nothing raises.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from promote_tui.core.errors import AwsError, LedgerError
from promote_tui.core.model.cells import Deployed
from promote_tui.core.package.artifact_diff import DeployedCode, deployed_code, packaged_code
from promote_tui.core.runs.run import Outcome
from promote_tui.core.value import replace
from promote_tui.engine.cells import read_cell
from promote_tui.engine.manifest_store import load
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from promote_tui.core.matrix import CellView, Snapshot
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.context import Context

DeployKey: TypeAlias = tuple[str, datetime | None]
"""A stack's id and when it was updated: what is deployed there does not change in between."""
T = TypeVar("T")
U = TypeVar("U")
_AT_ONCE = 8
_RECENT_RUNS = 500
_PATIENCE = 3.0
"""Seconds after which no further template is asked for: of hundreds of unknown stacks some wait for a refresh."""


@dataclass(frozen=True, slots=True)
class CodeDrift:
    """Marks the cells whose functions were changed, and remembers what stacks were deployed with."""

    known: dict[DeployKey, DeployedCode] = field(default_factory=dict)

    def mark_altered(self, context: Context, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot with `altered` in every cell that could be checked."""
        views = {key: view for key, view in snapshot.cells.items() if _settled(view)}
        places = {_place(view.cell.target): view.cell.target for view in views.values()}
        read = _each(lambda target: _runs(context, target), [*places.values()])
        running = {place: code for place, code in zip(places, read, strict=True) if code is not None}
        wanted = [(key, view.cell) for key, view in views.items() if _place(view.cell.target) in running]
        records = _records(context) if wanted else {}
        until = context.clock.monotonic() + _PATIENCE

        def check(cell: Deployed) -> tuple[str, ...] | None:
            found = self._shipped(context, cell, records.get(cell.target.key, ()), until)
            return self._altered(context, cell, found, running[_place(cell.target)])

        cells = [cell for _, cell in wanted if isinstance(cell, Deployed)]
        found = dict(zip((key for key, _ in wanted), _each(check, cells), strict=True))
        marked = {key: replace(view, altered=found.get(key)) for key, view in snapshot.cells.items()}
        return replace(snapshot, cells=marked)

    def _shipped(self, context: Context, cell: Deployed, runs: Sequence[Run], until: float) -> DeployedCode | None:
        key = _key(cell)
        if key not in self.known:
            found = _recorded(context, cell, runs)
            if found is None and context.clock.monotonic() < until:
                found = _from_template(context, cell)
            if found is None:
                return None
            self.known[key] = found
        return self.known[key]

    def _altered(
        self, context: Context, cell: Deployed, found: DeployedCode | None, running: Mapping[str, str]
    ) -> tuple[str, ...] | None:
        """Return what differs, once the template does not deny it, and the stack has not moved since."""
        altered = found.altered_functions(running) if found else None
        if not altered:
            return altered
        told = _from_template(context, cell)
        if told is None or read_cell(context, cell.target) != cell:
            return None
        confirmed = told.altered_functions(running)
        if confirmed is None:
            return altered  # functions without versions: the run's record is all there is
        self.known[_key(cell)] = told
        return confirmed


def _settled(view: CellView) -> bool:
    return isinstance(view.cell, Deployed) and view.run is None and view.cell.stack.status.succeeded is True


def _place(target: Target) -> tuple[str, str]:
    return target.aws.account, target.aws.region


def _key(cell: Deployed) -> DeployKey:
    return cell.stack.id, cell.stack.updated_at


def _each(work: Callable[[T], U], values: Sequence[T]) -> list[U]:
    if not values:
        return []
    with ThreadPoolExecutor(min(_AT_ONCE, len(values)), "code") as pool:
        return [*pool.map(work, values)]


def _runs(context: Context, target: Target) -> Mapping[str, str] | None:
    try:
        return context.ports.functions.code(target)
    except AwsError:
        return None


def _records(context: Context) -> Mapping[str, Sequence[Run]]:
    """Return the recent runs whose packages are on record, by their stack's key."""
    found: dict[str, list[Run]] = {}
    try:
        runs = context.ledger.runs(RunFilter(), limit=_RECENT_RUNS).runs
    except LedgerError:
        return {}
    for run in runs:
        if run.artifacts and run.outcome is Outcome.VERIFIED:
            found.setdefault(run.planned.key, []).append(run)
    return found


def _recorded(context: Context, cell: Deployed, runs: Sequence[Run]) -> DeployedCode | None:
    """Return the code that the stack's own run deployed; None where there is no such run on record."""
    at = cell.stack.updated_at
    for run in runs:
        if at and run.ended_at and run.started_at <= at <= run.ended_at and run.to_commit == cell.commit:
            manifest = load(context, run.artifacts, files=False)
            found = packaged_code(manifest) if manifest else None
            return None if found is None or found.has_unknown_names else found
    return None


def _from_template(context: Context, cell: Deployed) -> DeployedCode | None:
    try:
        found = deployed_code(context.inspector.template(cell.target, cell.stack.id))
        if not found.has_unknown_names:
            return found
        physical = context.inspector.resources(cell.target, cell.stack.id)
        return replace(found, names={**physical, **found.names})
    except AwsError:
        return None
