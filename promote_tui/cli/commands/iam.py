"""`iam`: the group of the commands that print policies."""

from __future__ import annotations

import click

from promote_tui.cli.lazy import LazyCommand, LazyCommands, LazyGroup

_LAZY = LazyCommands(
    {
        "people": LazyCommand("iam_policies:people", "Print what people get in a stage's account."),
        "ci": LazyCommand(
            "iam_policies:ci", "Print what the role of CI gets in a stage's account: reading and promoting."
        ),
        "review": LazyCommand("iam_policies:review", "Print what the role of jobs on pull requests gets."),
        "previews": LazyCommand("iam_policies:previews", "Print what whoever makes and removes previews gets."),
        "trust": LazyCommand("iam_policies:trust", "Print the trust policy of the role of CI: whose jobs get in."),
        "scp": LazyCommand(
            "iam_policies:scp", "Print the service control policy that leaves a stage no other way than these roles."
        ),
    }
)


@click.group(cls=LazyGroup, commands=_LAZY)
def iam() -> None:
    """Print the IAM policies of a stage, made from the configuration. AWS is not called."""
