"""Gathers the data for the DORA figures of a stage, and what an exported record leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import GitError
from promote_tui.core.runs.coverage import CoverageContext, describe_gaps
from promote_tui.core.runs.dora import Metrics, measure, runs_to_measure
from promote_tui.engine.verification import find_runs, runs_of
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from promote_tui.core.model.pipeline import Commit, Pipeline, Service, Stage, Target
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.context import Context

_MOST = 10_000
"""How many commits of one run count."""


def metrics(context: Context, services: Iterable[Service], stage: Stage, since: datetime, until: datetime) -> Metrics:
    """Return the figures of some services together in one stage; raises LedgerError."""
    every: list[Run] = []
    brought: dict[str, Sequence[Commit] | str] = {}
    for service in services:
        runs = runs_of(context.ledger, service.target(stage.name))
        every += runs
        brought |= {run.id: _brought(context, service, run) for run in runs_to_measure(runs, since, until)}
    return measure(every, brought, since, until)


def _brought(context: Context, service: Service, run: Run) -> Sequence[Commit] | str:
    """Return the service's commits that a run brought; in words why they cannot be told."""
    if not run.from_commit:
        return "nothing is known to have run there before"
    try:
        found = context.graph.between(service, run.from_commit, run.to_commit, limit=_MOST + 1)
    except GitError:
        return "git does not know them in this clone"
    return found if len(found) <= _MOST else f"more than {_MOST} of one run"


def record_gaps(context: Context, runs: Sequence[Run], wanted: RunFilter, journalled: int) -> tuple[str, ...]:
    """Return in words what these runs, all that a filter wants, leave out; a stack that cannot be read is a gap too.

    Raises LedgerError.
    """
    whole = RunFilter(service=wanted.service, stage=wanted.stage)
    every = runs if wanted == whole else tuple(find_runs(context.ledger, whole))
    cells = context.stacks.cells(_targets(context.pipeline, wanted))
    alone = context.ledger.target() is None
    return describe_gaps(runs, CoverageContext(every, tuple(cells.values()), wanted.since, alone, journalled))


def _targets(pipeline: Pipeline, wanted: RunFilter) -> tuple[Target, ...]:
    return tuple(
        service.target(stage.name)
        for service in pipeline.services
        for stage in pipeline.stages
        if wanted.service in {None, service.name} and wanted.stage in {None, stage.name}
    )
