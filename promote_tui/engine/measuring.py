"""Gathers what the DORA figures of a stage stand on: its runs, and the commits that each first brought there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import GitError
from promote_tui.core.metrics import Metrics, measure
from promote_tui.core.run import Outcome
from promote_tui.engine.records import runs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from promote_tui.core.model import Commit, Service, Stage
    from promote_tui.core.run import Run
    from promote_tui.engine.outside import Outside

_MOST = 1000
"""Commits of one run that are looked at."""


def metrics(outside: Outside, services: Iterable[Service], stage: Stage, since: datetime, until: datetime) -> Metrics:
    """Return the figures of some services together in one stage; raises LedgerError."""
    every: list[Run] = []
    brought: dict[str, Sequence[Commit] | None] = {}
    for service in services:
        runs = runs_of(outside.ledger, service.target(stage.name))
        every += runs
        for run in runs:
            if (
                run.outcome is Outcome.VERIFIED
                and run.kind in {"normal", "hotfix"}
                and since <= run.started_at <= until
            ):
                brought[run.id] = _brought(outside, service, run)
    return measure(every, brought, since, until)


def _brought(outside: Outside, service: Service, run: Run) -> Sequence[Commit] | None:
    """Return the service's commits that a run brought; None where git cannot tell, or the stage was empty before."""
    if run.from_commit is None:
        return None
    try:
        return outside.graph.between(service, run.from_commit, run.to_commit, limit=_MOST)
    except GitError:
        return None
