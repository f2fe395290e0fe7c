"""`preview`: the group of its commands."""

from __future__ import annotations

import click

from promote_tui.cli.lazy import LazyCommand, LazyCommands, LazyGroup

_LAZY = LazyCommands(
    {
        "up": LazyCommand("preview.up:up", "Deploy a branch as a stage of its own, and print its addresses."),
        "list": LazyCommand("preview.list:list_previews", "List the previews with age, owner, branch and cost."),
        "down": LazyCommand("preview.down:down", "Remove a preview, and prove that its stacks are gone."),
        "prune": LazyCommand("preview.down:prune", "Remove previews whose branch is merged or deleted, and old ones."),
    }
)


@click.group(cls=LazyGroup, commands=_LAZY)
def preview() -> None:
    """Deploy branches as stages of their own, list them, and remove them."""
