"""Which runs a command is about: the options that narrow them, and reading them page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import with_values
from promote_tui.core import typed_times
from promote_tui.engine.run_pages import every_run
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from promote_tui.cli.click_types import Parameter
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.engine import Engine

_PAGE = 100


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What runs are narrowed by, as it was typed."""

    service: str | None
    stage: str | None
    who: str | None
    since: str | None
    until: str | None
    live: bool = False
    release: str | None = None

    def filter(self, now: datetime) -> RunFilter:
        """Return the filter that they make; raises UsageError."""
        return RunFilter(
            service=self.service,
            stage=self.stage,
            live=True if self.live else None,
            since=typed_times.parse_since(self.since, now) if self.since else None,
            until=typed_times.parse_until(self.until, now) if self.until else None,
            who=self.who,
            release=self.release,
        )


def with_run_options(*more: Parameter, who: str, since: str) -> Parameter:
    """Let a command take the options that narrow runs, others first, and hand it `narrowed`; `who`, `since`: help."""
    return with_values(
        "narrowed",
        RunOptions,
        *more,
        click.option("--service", metavar="S", help="Only runs of this service."),
        click.option("--stage", metavar="G", help="Only runs to this stage."),
        click.option("--release", metavar="NAME", help="Only runs of this release, each by itself."),
        click.option("--who", metavar="NAME", help=who),
        click.option("--since", metavar="T", help=since),
        click.option("--until", metavar="T", help="Only runs that began before; a date is included."),
    )


def all_runs(engine: Engine, wanted: RunFilter) -> Iterator[Run]:
    """Return every run that is wanted, newest first."""
    return every_run(lambda cursor: engine.runs.page(wanted, cursor, _PAGE))
