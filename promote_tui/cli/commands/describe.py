"""`describe`: what was deployed to a stage, beside its cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.description import DescriptionHuman, DescriptionJson

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.description import DescriptionView


@click.command(cls=Leaf)
@click.argument("service")
@click.argument("stage")
@click.option("--logs", is_flag=True, help="Also what its functions logged in the last 15 minutes, errors first.")
@with_view(DescriptionHuman, DescriptionJson)
@with_context
def describe(context: CliContext, service: str, stage: str, *, logs: bool, view: DescriptionView) -> int:
    """Show what was deployed to a stage: outputs, resources, the last failure, deployments.

    The failed events of the last update are shown where it failed, whoever made it, with the root cause. What cannot
    be read says so in a line of its own, and hides nothing else.
    """
    descriptions = context.engine.descriptions
    found = descriptions.describe(service, stage)
    view.description(descriptions.with_logs(found) if logs else found)
    return 0
