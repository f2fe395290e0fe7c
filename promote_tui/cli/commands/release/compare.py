"""`release compare`: two releases beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.release_comparison import CompareHuman, CompareJson

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.release_comparison import CompareView


@click.command(cls=Leaf)
@click.argument("first")
@click.argument("second")
@with_view(CompareHuman, CompareJson)
@with_context
def compare(context: CliContext, first: str, second: str, *, view: CompareView) -> int:
    """Compare two releases: services that came and went, and the commits between."""
    engine = context.engine
    view.comparison(engine.commits.compare_releases(engine.releases.find(first), engine.releases.find(second)))
    return 0
