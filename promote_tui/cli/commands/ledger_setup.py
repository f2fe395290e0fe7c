"""`ledger init` and `ledger policy`: making a ledger, and the rights that it takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from promote_tui.bootstrap import open_ledger_admin
from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.cli.config_file import config_path
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.ports import LedgerAdmin


@click.command(cls=Leaf)
@with_context
def init(context: CliContext) -> int:
    """Create the configured ledger if it is missing, upgrade an older one, and print its IAM policy."""
    context.check_writable("ledger init")
    house = open_ledger_admin(config_path(context.options))
    done = house.initialise()
    context.err.lines(clean(line) for line in done or ("the ledger is there and up to date",))
    return _print_policy(context, house)


@click.command(cls=Leaf)
@with_context
def policy(context: CliContext) -> int:
    """Print the IAM policy for everybody who promotes or decides with the team's ledger."""
    return _print_policy(context, open_ledger_admin(config_path(context.options)))


def _print_policy(context: CliContext, house: LedgerAdmin) -> int:
    found = house.policy()
    if found is None:
        context.err.line("a ledger of the kind sqlite is a file on this machine: it needs no AWS rights")
    else:
        context.out.lines(json.dumps(found, indent=2).splitlines())
    return 0
