"""`config`: looking at the configuration."""

from __future__ import annotations

import click

from promote_tui.cli.lazy import LazyCommand, LazyCommands, LazyGroup

_LAZY = LazyCommands(
    {
        "validate": LazyCommand(
            "config_check:validate", "Check the configuration file, and name every problem with its line."
        ),
        "show": LazyCommand("config_check:show", "Print the configuration that is in force, with defaults filled in."),
        "schema": LazyCommand("config_schema:schema", "Print the JSON Schema of the configuration file, for editors."),
        "path": LazyCommand("config_path:path", "Print which configuration file is used."),
    }
)


@click.group(cls=LazyGroup, commands=_LAZY)
def config() -> None:
    """Check and show the configuration."""
