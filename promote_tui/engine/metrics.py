"""Gathers what the DORA figures of a stage stand on: its runs, and the commits that each brought there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import GitError
from promote_tui.core.runs.dora import Metrics, measure, runs_to_measure
from promote_tui.engine.verification import runs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from promote_tui.core.model.pipeline import Commit, Service, Stage
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.context import Context

_MOST = 10_000
"""Commits of one run that are looked at."""


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
