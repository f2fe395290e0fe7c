"""`config path`: which configuration file is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.cli.config_file import config_path
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.config import PathHuman, PathJson

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.config import PathView


@click.command(cls=Leaf)
@with_view(PathHuman, PathJson)
@with_context
def path(context: CliContext, *, view: PathView) -> int:
    """Print which configuration file is used."""
    view.path(str(config_path(context.options)))
    return 0
