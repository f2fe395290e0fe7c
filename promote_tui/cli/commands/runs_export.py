"""`runs export`: the record for others, with what it does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.bootstrap import open_break_glass_journal
from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.cli.run_filters import RunOptions, all_runs, with_run_options
from promote_tui.cli.views.base import json_as_format, with_format
from promote_tui.cli.views.runs import ExportCsv, ExportJson
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.runs import ExportView


@click.command(cls=Leaf)
@with_format({"csv": ExportCsv, "json": ExportJson}, "csv (default) or json.")
@with_run_options(who="Only runs of this person.", since="Only runs that began then or later.")
@json_as_format
@with_context
def export(context: CliContext, *, narrowed: RunOptions, view: ExportView) -> int:
    """Print every run, newest first, and the gaps of the record."""
    wanted = narrowed.filter(context.now)
    found = list(all_runs(context.engine, wanted))
    missing = [clean(words, limit=1_000) for words in context.engine.runs.gaps(found, wanted, _journalled(context))]
    view.record(found, missing)
    context.err.lines(f"gap: {words}" for words in missing)
    return 0


def _journalled(context: CliContext) -> int:
    """Return how many runs were journalled without the team's ledger, and not imported yet."""
    engine = context.engine
    return sum(not engine.runs.events(run) for run in open_break_glass_journal(engine.pipeline.project).contents().runs)
