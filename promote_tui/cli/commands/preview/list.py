"""`preview list`: the previews that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.cli.previews import fetch_for_previews
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.previews import PreviewsHuman, PreviewsJson

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.previews import PreviewsView


@click.command(cls=Leaf, name="list")
@click.option("--no-fetch", is_flag=True, help="Go by the branches as they were fetched last.")
@with_view(PreviewsHuman, PreviewsJson)
@with_context
def list_previews(context: CliContext, *, no_fetch: bool, view: PreviewsView) -> int:
    """List the previews with age, owner, branch and cost.

    They are read from the stacks in the account of `previews`, whoever deployed them.
    """
    unfetched = fetch_for_previews(context, fetches=not no_fetch)
    view.previews(context.engine.previews.list(unfetched))
    return 0
