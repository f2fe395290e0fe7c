"""Finds the functions that run other code than their stack was deployed with, and the traffic that reaches other code.

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
from promote_tui.engine.traffic import TrafficReader
from promote_tui.engine.verification import runs_of
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from promote_tui.core.matrix import CellView, Snapshot
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.runs.run import Run
    from promote_tui.core.traffic.model import Traffic
    from promote_tui.engine.context import Context

DeployKey: TypeAlias = tuple[str, datetime | None]
"""A stack's id and when it was updated: what is deployed there does not change in between."""
_Checked: TypeAlias = "tuple[tuple[str, ...] | None, Traffic | None]"
T = TypeVar("T")
U = TypeVar("U")
_AT_ONCE = 8
_RECENT_RUNS = 500
_PATIENCE = 3.0
"""Seconds after which no further template is asked for: of hundreds of unknown stacks some wait for a refresh."""


@dataclass(frozen=True, slots=True)
class CodeDrift:
    """Marks the cells whose functions or traffic were changed, and remembers what stacks were deployed with."""

    known: dict[DeployKey, DeployedCode] = field(default_factory=dict)
    traffic: TrafficReader = field(default_factory=TrafficReader)

    def mark_running(self, context: Context, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot with `altered` and `traffic` in every cell that could be checked."""
        views = {key: view for key, view in snapshot.cells.items() if _settled(view)}
        places = {_place(view.cell.target): view.cell.target for view in views.values()}
        read = _each(lambda target: _runs(context, target), [*places.values()])
        running = {place: code for place, code in zip(places, read, strict=True) if code is not None}
        wanted = [(key, view.cell) for key, view in views.items() if _place(view.cell.target) in running]
        records = _records(context) if wanted else {}
        until = context.clock.monotonic() + _PATIENCE

        def check(cell: Deployed) -> _Checked:
            runs = records.get(cell.target.key, ())
            found = self._shipped(context, cell, runs, until)
            altered = self._altered(context, cell, found, running[_place(cell.target)])
            shipped = self.known.get(_key(cell))
            return altered, self.traffic.read(context, cell, shipped, runs) if shipped else None

        cells = [cell for _, cell in wanted if isinstance(cell, Deployed)]
        found = dict(zip((key for key, _ in wanted), _each(check, cells), strict=True))
        marked = {key: _marked(view, *found.get(key, (None, None))) for key, view in snapshot.cells.items()}
        return replace(snapshot, cells=marked)

    def read_traffic(self, context: Context, cell: Deployed) -> Traffic | None:
        """Return what serves the requests of one stack; None where its aliases cannot be told."""
        runs = [run for run in runs_of(context.ledger, cell.target) if _is_on_record(run)]
        shipped = self._shipped(context, cell, runs, context.clock.monotonic() + _PATIENCE)
        return self.traffic.read(context, cell, shipped, runs) if shipped else None

    def _shipped(self, context: Context, cell: Deployed, runs: Sequence[Run], until: float) -> DeployedCode | None:
        key = _key(cell)
        if key not in self.known:
            found = _recorded(context, cell, runs)
            if (found is None or found.aliases is None) and context.clock.monotonic() < until:
                found = _joined(found, _from_template(context, cell))
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


def _joined(recorded: DeployedCode | None, told: DeployedCode | None) -> DeployedCode | None:
    """Return the code on record with the aliases of the template; the template's code where none is on record."""
    if recorded is None or told is None:
        return recorded or told
    return replace(recorded, aliases=told.aliases)


def _marked(view: CellView, altered: tuple[str, ...] | None, traffic: Traffic | None) -> CellView:
    return replace(view, altered=altered).with_traffic(traffic)


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
        if _is_on_record(run):
            found.setdefault(run.planned.key, []).append(run)
    return found


def _is_on_record(run: Run) -> bool:
    return bool(run.artifacts) and run.outcome is Outcome.VERIFIED


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
