"""`inbox`: what waits for who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.inbox import InboxHuman, InboxJson

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.inbox import InboxView


@click.command(cls=Leaf)
@click.option("--mine", is_flag=True, help="Only what you own, wrote or began.")
@with_view(InboxHuman, InboxJson)
@with_context
def inbox(context: CliContext, *, view: InboxView, mine: bool) -> int:
    """Show what waits for you over all services, each with the command that does it.

    Releases that wait for an answer, approvals and ticks that you can give, soaks that have ended, holds, hotfixes to
    merge back, external updates to adopt, and what could not be read.
    """
    found = context.engine.inbox()
    view.inbox(found.mine() if mine else found)
    return 0
