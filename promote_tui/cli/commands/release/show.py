"""`release show` and `release list`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.cli.commands.release.follow import follow_release
from promote_tui.cli.commands.release.options import release_name
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.releases import ReleaseHuman, ReleaseJson, ReleaseListHuman, ReleaseListJson
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.releases import ReleaseListView, ReleaseView


@click.command(cls=Leaf)
@release_name
@click.option("--watch", is_flag=True, help="Follow it until it ends or waits for a person; Ctrl-C leaves it running.")
@with_view(ReleaseHuman, ReleaseJson)
@with_context
def show(context: CliContext, name: str, *, watch: bool, view: ReleaseView) -> int:
    """Show a release as a checklist, with what can be done next."""
    if watch:
        return follow_release(context, name, view)
    found = context.engine.releases.details(name)
    view.release(found)
    if found.problem is not None:
        context.err.line(clean(f"the sign-offs could not be read: {found.problem}", limit=1_000))
    return 0


@click.command("list", cls=Leaf)
@click.option("-n", "count", type=click.IntRange(1, 1_000), default=20, metavar="N", help="How many (default 20).")
@with_view(ReleaseListHuman, ReleaseListJson)
@with_context
def list_releases(context: CliContext, *, count: int, view: ReleaseListView) -> int:
    """List the releases, the last planned first."""
    view.releases(context.engine.releases.list_newest(count))
    return 0
