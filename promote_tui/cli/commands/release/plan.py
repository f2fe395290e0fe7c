"""`release plan`: what goes into a stage, fixed and reviewed as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.cli.commands.release.planning import plan_release
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.releases import ReleaseHuman, ReleaseJson

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.releases import ReleaseView


@click.command(cls=Leaf)
@click.argument("words", nargs=-1, metavar="[NAME [SERVICE]...]")
@click.option("--to", "stage", required=True, metavar="STAGE", help="The stage.")
@click.option("--reason", default="", metavar="TEXT", help="Why; recorded with the release.")
@with_view(ReleaseHuman, ReleaseJson)
@with_context
def plan(context: CliContext, words: tuple[str, ...], *, stage: str, reason: str, view: ReleaseView) -> int:
    """Fix what goes into a stage, and review it as a whole.

    The commits are those that are verified in the stage before. Without a name it is called by the day, without
    services it is about all of them; what the stage runs already is left out. Exits 0 also where a gate is blocked.
    """
    planned = plan_release(context, words, stage, reason)
    context.err.line("")
    view.release(context.engine.releases.details(planned.name))
    return 0
