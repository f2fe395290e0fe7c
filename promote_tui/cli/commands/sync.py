"""`sync`: what is due by the branches and by what is verified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context, with_values
from promote_tui.cli.sync_rounds import Narrator, SyncWatch, fetch_and_reopen, sync_once
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.sync import SyncHuman, SyncJson
from promote_tui.core.durations import parse_length
from promote_tui.core.errors import UsageError
from promote_tui.core.gates.model import Allowance
from promote_tui.core.sync.item import exit_code
from promote_tui.core.text import clean
from promote_tui.engine.sync.execution import SyncRequest
from promote_tui.engine.sync.selection import SyncSelection
from promote_tui.signals import ended_by_signals

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.sync import SyncView

_SHORTEST = 5.0
"""Seconds between two fetches that no remote minds."""


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """What is synced, and how."""

    services: tuple[str, ...]
    stages: tuple[str, ...]
    branch: str
    wait: bool
    retry: bool
    no_fetch: bool
    allow_replace: tuple[str, ...]
    allow_remove: tuple[str, ...]

    @property
    def request(self) -> SyncRequest:
        """What the engine is asked to do."""
        replaced = (Allowance("replace", name) for name in self.allow_replace)
        removed = (Allowance("remove", name) for name in self.allow_remove)
        selection = SyncSelection(self.services, self.stages, self.branch, self.retry)
        return SyncRequest(selection, (*replaced, *removed), self.wait, not self.no_fetch)


@dataclass(frozen=True, slots=True)
class SyncModes:
    """Whether anything is deployed, and how often; `interval` is that of the watch."""

    check: bool
    watch: bool
    interval: str

    @property
    def seconds(self) -> float:
        """The interval; raises UsageError."""
        found = parse_length(self.interval)
        if found is None or found.total_seconds() < _SHORTEST:
            raise UsageError(f"--interval {clean(self.interval, limit=40)}", "is no time of 5s or more", "such as 30s")
        return found.total_seconds()


@click.command(cls=Leaf)
@with_values(
    "options",
    SyncOptions,
    click.argument("services", nargs=-1, metavar="[SERVICE]..."),
    click.option("--stage", "stages", multiple=True, metavar="S", help="Only this stage; can be repeated."),
    click.option("--branch", default="", metavar="B", help="Only what this branch is deployed to on merge."),
    click.option("--wait", is_flag=True, help="Wait for the run that holds a stack's lock, then sync it."),
    click.option("--retry", is_flag=True, help="Also code whose last deploy failed, or that was rolled back."),
    click.option("--no-fetch", is_flag=True, help="Go by the branches as they were fetched last."),
    click.option("--allow-replace", multiple=True, metavar="ID", help="Allow this resource to be replaced."),
    click.option("--allow-remove", multiple=True, metavar="ID", help="Allow this resource to be removed."),
)
@with_values(
    "modes",
    SyncModes,
    click.option("--check", is_flag=True, help="Deploy nothing; exit 5 where something would be."),
    click.option("--watch", is_flag=True, help="Sync again and again, until a signal ends it."),
    click.option("--interval", default="30s", metavar="TIME", help="The time between two syncs of --watch: 30s, 5m."),
)
@with_view(SyncHuman, SyncJson)
@with_context
def sync(context: CliContext, *, options: SyncOptions, modes: SyncModes, view: SyncView) -> int:
    """Deploy what is due: the tips of branches, and what is verified, as the configuration says.

    A stage with `deploy_on_merge` gets the tip of that branch, one with `promote_on: verified` what the stage before
    has verified. The plan, the gates, the lock and the run are those of `promote`.
    """
    request = options.request
    if modes.watch:
        view.begin_watch(check=modes.check)
        with ended_by_signals():
            SyncWatch(context, request, modes.seconds).run()
    if modes.check:
        unfetched = fetch_and_reopen(context, request.selection) if request.fetches else {}
        items = context.engine.sync.read(request.selection, unfetched)
    else:
        with ended_by_signals():
            items = sync_once(context, request, Narrator(context))
    view.sync(items, check=modes.check)
    return exit_code(items, check=modes.check)
