"""`status`: the matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, services_of, with_context, with_values
from promote_tui.cli.matrix_filter import read_filter, select_services
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.status import StatusHuman, StatusJson
from promote_tui.core.drift.report import counts_as_drift, deployed_commits_differ
from promote_tui.core.errors import CredentialsError, UsageError
from promote_tui.core.model.cells import Unreachable
from promote_tui.core.text import clean, join_words
from promote_tui.core.typed_times import parse_past

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.status import StatusView
    from promote_tui.core.matrix import Snapshot
    from promote_tui.engine.api.record import Record

_DRIFT = 5


@dataclass(frozen=True, slots=True)
class StatusOptions:
    """Which services are shown, and what the exit code says."""

    typed: str
    strict: bool
    tells_drift: bool
    at: str | None = None


@click.command(cls=Leaf)
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@with_view(StatusHuman, StatusJson)
@with_values(
    "options",
    StatusOptions,
    click.option("--filter", "typed", default="", metavar="TEXT", help="Only services that this filter selects."),
    click.option("--at", metavar="TIME", help="The matrix of that moment, by the ledger alone: 3d, 2026-03-01T14:30."),
    click.option("--strict", is_flag=True, help="Exit 4 where any stage cannot be read (default: where none can)."),
    click.option("--exit-code", "tells_drift", is_flag=True, help="Exit 5 where a stage differs from the one before."),
)
@with_context
def status(context: CliContext, services: tuple[str, ...], *, view: StatusView, options: StatusOptions) -> int:
    """Show the matrix: what runs where, and how it differs.

    Each stage is compared with the one before it: -3 lacks three of its commits, +1 has one more. A filter such as
    "stage:prod state:behind", "owner:NAME", "mine" or "who-waits:PERSON" is that of the terminal UI.
    """
    if options.at:
        _refuse_with_at(options, context.options.saved_view)
        return _show_past(context.record, services, options.at, view)
    named = services_of(context.engine.pipeline, services)
    wanted = read_filter(context.engine.pipeline, options.typed, context.options.saved_view)
    taken = _settled_snapshot(context, tuple(service.name for service in named) if services else ())
    shown = select_services(context.engine, wanted, named, context.engine.drift.check_code(taken))
    view.matrix(shown.groups, shown.snapshot)
    context.err.lines(_unrecorded(shown.snapshot))
    context.err.lines(_without_relation(shown.snapshot) if options.tells_drift else [])
    return _exit_code(shown.snapshot, strict=options.strict, tell_drift=options.tells_drift)


def _show_past(record: Record, services: tuple[str, ...], at: str, view: StatusView) -> int:
    wanted = services_of(record.pipeline, services)
    view.past_matrix(record.pipeline, wanted, record.matrix_at(wanted, parse_past(at, record.clock.now())))
    return 0


def _refuse_with_at(options: StatusOptions, view: str | None) -> None:
    """Raise UsageError for options that are about what runs now: the record reads no stage and compares none."""
    asked = {"--view": view, "--filter": options.typed, "--strict": options.strict, "--exit-code": options.tells_drift}
    given = [name for name, value in asked.items() if value]
    if given:
        raise UsageError(join_words(given), "no stage is read or compared with --at", "leave one of them out")


def _unrecorded(snapshot: Snapshot) -> list[str]:
    """Return a line that says what is not shown where the ledger could not be read."""
    return [clean(f"runs, holds and vetoes are not shown: {snapshot.unrecorded}")] if snapshot.unrecorded else []


def _without_relation(snapshot: Snapshot) -> list[str]:
    """Return a line that names the cells that may or may not differ."""
    views = snapshot.cells.values()
    names = [clean(str(view.cell.target)) for view in views if deployed_commits_differ(view.relation) is None]
    return [f"unknown whether these differ from the stage before: {', '.join(names)}"] if names else []


def _settled_snapshot(context: CliContext, services: tuple[str, ...]) -> Snapshot:
    """Return the matrix, once the runs in it whose end was not known have been reconciled as far as that goes."""
    taken = context.engine.snapshot(services=services)
    settled = context.engine.runs.reconcile_abandoned(taken)
    context.err.lines(f"run {clean(run.id)} was reconciled: {run.status.value.replace('_', ' ')}" for run in settled)
    return context.engine.snapshot(services=services) if settled else taken


def _exit_code(snapshot: Snapshot, *, strict: bool, tell_drift: bool) -> int:
    lost = [isinstance(view.cell, Unreachable) for view in snapshot.cells.values()]
    if lost and (any(lost) if strict else all(lost)):
        return CredentialsError.exit_code
    drifted = any(counts_as_drift(drifted=deployed_commits_differ(view.relation)) for view in snapshot.cells.values())
    return _DRIFT if tell_drift and drifted else 0
