"""`ledger`: making a team's ledger, its rights, and moving what a ledger holds."""

from __future__ import annotations

import click

from promote_tui.cli.lazy import LazyCommand, LazyCommands, LazyGroup

_LAZY = LazyCommands(
    {
        "init": LazyCommand(
            "ledger_setup:init",
            "Create the configured ledger if it is missing, upgrade an older one, and print its IAM policy.",
        ),
        "policy": LazyCommand(
            "ledger_setup:policy",
            "Print the IAM policy for everybody who promotes or decides with the team's ledger.",
        ),
        "export": LazyCommand(
            "ledger_transfer:export", "Write everything that the ledger holds as JSON Lines, to FILE or to stdout."
        ),
        "import": LazyCommand(
            "ledger_transfer:import_",
            "Add an export to the configured ledger; entries that exist already are skipped.",
        ),
    }
)


@click.group(cls=LazyGroup, commands=_LAZY)
def ledger() -> None:
    """Create the ledger, and move its contents."""
