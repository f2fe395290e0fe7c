"""`config schema`: the JSON Schema of the configuration file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.config.schema.json_schema import json_schema

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext


@click.command(cls=Leaf)
@with_context
def schema(context: CliContext) -> int:
    """Print the JSON Schema of the configuration file, for editors."""
    context.out.line(json.dumps(json_schema(), indent=2))
    return 0
