"""`status`: the matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, services_of, with_context
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.status import StatusHuman, StatusJson
from promote_tui.core.drift.report import counts_as_drift, deployed_commits_differ
from promote_tui.core.errors import CredentialsError
from promote_tui.core.model.cells import Unreachable
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.status import StatusView
    from promote_tui.core.matrix import Snapshot

_DRIFT = 5


@click.command(cls=Leaf)
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@with_view(StatusHuman, StatusJson)
@click.option("--strict", is_flag=True, help="Exit 4 where any stage cannot be read (default: where none can).")
@click.option("--exit-code", "tell_drift", is_flag=True, help="Exit 5 where a stage differs from the one before.")
@with_context
def status(context: CliContext, services: tuple[str, ...], *, view: StatusView, strict: bool, tell_drift: bool) -> int:
    """Show the matrix: what runs where, and how it differs.

    Each stage is compared with the one before it: -3 lacks three of its commits, +1 has one more.
    """
    wanted = services_of(context.engine, services)
    taken = _settled_snapshot(context, tuple(service.name for service in wanted) if services else ())
    snapshot = context.engine.drift.check_code(taken)
    view.matrix(wanted, snapshot)
    context.err.lines(_unrecorded(snapshot))
    context.err.lines(_without_relation(snapshot) if tell_drift else [])
    return _exit_code(snapshot, strict=strict, tell_drift=tell_drift)


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
