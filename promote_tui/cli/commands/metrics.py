"""`metrics`: the four DORA figures of a stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, services_of, with_context, with_values
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.metrics import Figures, MetricsHuman, MetricsJson
from promote_tui.core import typed_times
from promote_tui.core.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.metrics import MetricsView

_DAYS = 90


@dataclass(frozen=True, slots=True)
class MetricsOptions:
    """Whose figures are asked for, and over which time."""

    services: tuple[str, ...]
    stage: str | None
    since: str | None
    until: str | None

    def time(self, now: datetime) -> tuple[datetime, datetime]:
        """Return when it begins and ends; raises UsageError."""
        end = min(typed_times.parse_until(self.until, now), now) if self.until else now
        begin = typed_times.parse_since(self.since, now) if self.since else end - timedelta(days=_DAYS)
        if begin >= end:
            raise UsageError("metrics", "the period ends before it begins", "set --since before --until")
        return begin, end


@click.command(cls=Leaf)
@with_values(
    "options",
    MetricsOptions,
    click.argument("services", nargs=-1, metavar="[SERVICE]..."),
    click.option("--stage", metavar="G", help="The stage (default: the last one)."),
    click.option(
        "--since", metavar="T", help=f"From this time on: 30d, 2026-03-01 (default: {_DAYS} days before the end)."
    ),
    click.option("--until", metavar="T", help="Until this time (default: now); a date is included."),
)
@with_view(MetricsHuman, MetricsJson)
@with_context
def metrics(context: CliContext, *, options: MetricsOptions, view: MetricsView) -> int:
    """Show the four DORA figures of a stage, with their definitions."""
    names = [service.name for service in services_of(context.engine.pipeline, options.services)]
    where = options.stage or context.engine.pipeline.stages[-1].name
    begin, end = options.time(context.now)
    view.figures(Figures(where, names, context.engine.runs.metrics(names, where, begin, end)))
    return 0
