"""`accounts`: the organization's accounts, and the stages that deploy to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.cli.views.accounts import AccountsHuman, AccountsJson
from promote_tui.cli.views.base import with_view
from promote_tui.core.organization.report import exit_code

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.accounts import AccountsView


@click.command(cls=Leaf)
@click.option("--exit-code", "tell", is_flag=True, help="Exit 5 where something is wrong.")
@with_view(AccountsHuman, AccountsJson)
@with_context
def accounts(context: CliContext, *, tell: bool, view: AccountsView) -> int:
    """List the organization's accounts with their stages, and what is wrong with them.

    The configuration says under `organization` where it is read, and which accounts belong to which stage.
    """
    report = context.engine.accounts()
    view.accounts(report)
    return exit_code(report, tell=tell)
