"""`runs reconcile`: what happened to a run whose process died."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.cli.follow import conclude
from promote_tui.core.errors import PromoteError
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext


@click.command(cls=Leaf)
@click.argument("run")
@click.option(
    "--gone", is_flag=True, help="The machine that ran it is off permanently, or was restarted: its CLI has stopped."
)
@with_context
def reconcile(context: CliContext, run: str, *, gone: bool) -> int:
    """Find out what happened to a run whose process died, record the verdict and free its lock."""
    engine = context.writer(f"run {run}")
    found = engine.runs.reconcile(run, lambda note: context.err.line(clean(note)), gone=gone)
    if found is None:
        context.err.line(clean(f"run {run}: it ended before it wrote anything; nothing was deployed, its lock is free"))
        return 0
    conclude(context, found)
    return 0 if found.released else PromoteError.exit_code
