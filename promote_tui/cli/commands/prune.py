"""`prune`: removing what is no longer needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext


@click.command(cls=Leaf)
@with_context
def prune(context: CliContext) -> int:
    """Remove expired plans, old runs' folders, leftovers."""
    gone = context.writer("prune").prune()
    context.out.lines(clean(line) for line in gone)
    if not gone:
        context.err.line("nothing to prune")
    return 0
