"""`ledger`: making a team's ledger, its rights, and moving what a ledger holds."""

from __future__ import annotations

import click

from promote_tui.cli.lazy import LazyCommand, LazyCommands, LazyGroup

_LAZY = LazyCommands(
    {
        "init": LazyCommand(
            "ledger_setup:init",
            "Make the configured ledger where it is missing, bring an older one up to date, and print its IAM policy.",
        ),
        "policy": LazyCommand(
            "ledger_setup:policy",
            "Print the IAM policy for whoever promotes or decides with the team's ledger.",
        ),
        "export": LazyCommand(
            "ledger_transfer:export", "Write all that the ledger holds as JSON Lines, to FILE or to stdout."
        ),
        "import": LazyCommand(
            "ledger_transfer:import_",
            "Add what an export holds to the configured ledger; what is there already is passed over.",
        ),
    }
)


@click.group(cls=LazyGroup, commands=_LAZY)
def ledger() -> None:
    """Make the ledger, and move what it holds."""
