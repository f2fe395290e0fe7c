"""Gathers what an exported record leaves out: what came before it, and what others did to the stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.runs.coverage import CoverageContext, gaps
from promote_tui.engine.verification import pages
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.model.pipeline import Pipeline, Target
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.context import Context


def record_gaps(context: Context, runs: Sequence[Run], wanted: RunFilter, journalled: int) -> tuple[str, ...]:
    """Return in words what these runs, all that a filter wants, leave out; a stack that cannot be read is a gap too.

    Raises LedgerError.
    """
    whole = RunFilter(service=wanted.service, stage=wanted.stage)
    every = runs if wanted == whole else tuple(pages(context.ledger, whole))
    cells = context.stacks.cells(_targets(context.pipeline, wanted))
    alone = context.ledger.target() is None
    return gaps(runs, CoverageContext(every, tuple(cells.values()), wanted.since, alone, journalled))


def _targets(pipeline: Pipeline, wanted: RunFilter) -> tuple[Target, ...]:
    return tuple(
        service.target(stage.name)
        for service in pipeline.services
        for stage in pipeline.stages
        if wanted.service in {None, service.name} and wanted.stage in {None, stage.name}
    )
