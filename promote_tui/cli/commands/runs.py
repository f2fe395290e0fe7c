"""`runs` and `runs show`: who deployed what, when, and how it ended."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from promote_tui.cli.click_types import with_context
from promote_tui.cli.lazy import LazyCommand, LazyCommands, LazyGroup
from promote_tui.cli.run_filters import RunOptions, all_runs, with_run_options
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.runs import RunList, RunShowHuman, RunShowJson, RunsHuman, RunsJson
from promote_tui.core.errors import UsageError
from promote_tui.core.releases.history import group_by_release, take_entries
from promote_tui.core.runs.unsettled_runs import describe_unsettled, reconcile_command
from promote_tui.core.text import advice, clean
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.runs import RunShowView, RunsView
    from promote_tui.core.releases.history import HistoryEntry
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.engine import Engine

_LAZY = LazyCommands(
    {
        "export": LazyCommand("runs_export:export", "Print every run, newest first, and the gaps of the record."),
        "reconcile": LazyCommand(
            "recovery:reconcile",
            "Find out what happened to a run whose process died, record the verdict and free its lock.",
        ),
        "record": LazyCommand(
            "external:record", "Record what others did to the stacks since their newest runs, and who did it."
        ),
    }
)


@click.group(cls=LazyGroup, commands=_LAZY, invoke_without_command=True)
@with_run_options(
    click.option("--live", is_flag=True, help="Only runs that still hold their lock."),
    who="Only runs of this person, as the list names them.",
    since="Only runs that began then or later: 3d, 12h, 2026-03-01.",
)
@click.option("-n", "count", type=click.IntRange(1, 100_000), default=20, metavar="N", help="How many (default 20).")
@with_view(RunsHuman, RunsJson)
@with_context
@click.pass_context
def runs(invoked: click.Context, context: CliContext, *, narrowed: RunOptions, count: int, view: RunsView) -> int:
    """Show who deployed what, when, and how it ended."""
    if invoked.invoked_subcommand:
        _refuse_options_before(invoked, invoked.invoked_subcommand)
        return 0
    wanted = narrowed.filter(context.now)
    found = all_runs(context.engine, wanted)
    shown, more = take_entries(found, count) if wanted.release is None else _take(found, count)
    entries = _entries(context.engine, shown, wanted)
    view.runs(RunList(shown, entries, more, filtered=wanted != RunFilter()))
    if more:
        context.err.line(f"these are the newest {len(entries)}; there are more: -n N, or promote-tui runs export")
    context.err.lines(_orphans(context.engine, shown))
    return 0


def _take(runs: Iterator[Run], count: int) -> tuple[list[Run], bool]:
    taken = list(itertools.islice(runs, count))
    return taken, next(runs, None) is not None


def _entries(engine: Engine, runs: Sequence[Run], wanted: RunFilter) -> Sequence[HistoryEntry]:
    """Return the runs with those of a release as one entry, but where one release is asked for."""
    if wanted.release is not None:
        return runs
    return group_by_release(runs, engine.releases.find_all(run.planned.release for run in runs))


def _refuse_options_before(context: click.Context, command: str) -> None:
    """Raise UsageError where options of the list stand before another command's name: they would narrow nothing."""
    given = [name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if given:
        cause = "its options are before its name, where they have no effect"
        raise UsageError(f"runs {command}", cause, f"write promote-tui runs {command}, then the options")


def _orphans(engine: Engine, found: Sequence[Run]) -> list[str]:
    """Return a line for each run that waits for somebody to reconcile it."""
    reasons = ((run, describe_unsettled(run, alive=engine.runs.is_alive(run))) for run in found if run.live)
    return [clean(advice(why, reconcile_command(run.id)), limit=1_000) for run, why in reasons if why]


@runs.command()
@click.argument("run")
@with_view(RunShowHuman, RunShowJson)
@with_context
def show(context: CliContext, run: str, *, view: RunShowView) -> int:
    """Show one run in full: each step, and how it ended."""
    found = context.engine.runs.find(run)
    view.run(found, context.engine.runs.events(found.id), alive=context.engine.runs.is_alive(found))
    return 0
