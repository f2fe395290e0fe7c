"""`attach`, `cancel` and `logs`: watching and stopping a run."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.cli.errors import INTERRUPTED
from promote_tui.cli.follow import LogPrinter, exit_code, follow, resume_hints
from promote_tui.core.errors import PromoteError
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.cli.context import CliContext
    from promote_tui.core.runs.run import Run


@click.command(cls=Leaf)
@click.argument("run")
@with_context
def attach(context: CliContext, run: str) -> int:
    """Watch a run until it ends; Ctrl-C leaves it running."""
    return follow(context, run)


@click.command(cls=Leaf)
@click.argument("run")
@with_context
def cancel(context: CliContext, run: str) -> int:
    """Stop a run.

    Before its deploy it simply stops; afterwards the update is cancelled, and CloudFormation rolls it back.
    """
    engine = context.writer(f"run {run}")
    found = engine.runs.find(run)
    context.err.line(clean(f"run {found.id}: {engine.runs.cancel(found.id)}"))
    return 0


@click.command(cls=Leaf)
@click.argument("run")
@click.option("-f", "--follow", "following", is_flag=True, help="Continue until the run has ended.")
@with_context
def logs(context: CliContext, run: str, *, following: bool) -> int:
    """Print a run's log."""
    found = context.engine.runs.find(run)
    path = context.engine.runs.log_file(found.id)
    if following:
        return _follow_log(context, found, path)
    if not path.exists():
        elsewhere = found.host not in {None, socket.gethostname()}
        cause = f"its log is on {found.host}" if elsewhere else "there is no log"
        raise PromoteError(f"run {found.id}", cause, f"promote-tui runs show {found.id}")
    with LogPrinter(path, context.out.lines):
        pass  # leaving it prints everything
    return 0


def _follow_log(context: CliContext, run: Run, path: Path) -> int:
    try:
        with LogPrinter(path, context.out.lines) as tail:
            tail.begin()
            for _ in context.engine.runs.follow(run.id, say=lambda trouble: context.err.line(clean(trouble))):
                pass
    except KeyboardInterrupt:
        context.err.lines(["", *resume_hints(run.id)])
        return INTERRUPTED
    return exit_code(context.engine.runs.find(run.id))
