"""Previews: those that there are, deploying one from its branch, and removing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.previews.preview import prune_reason
from promote_tui.core.previews.stage import preview_settings
from promote_tui.core.runs.run import Process
from promote_tui.engine.governance import Governance
from promote_tui.engine.previews.branches import Branches, fetch_repositories
from promote_tui.engine.previews.deploying import PreviewDeploy, select_services
from promote_tui.engine.previews.reading import PreviewReader
from promote_tui.engine.previews.removing import PreviewRemover, RemovalPlanner, refuse_configured_stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.gates.model import Allowance
    from promote_tui.core.model.pipeline import Branch
    from promote_tui.core.previews.outcome import PreviewOutcome
    from promote_tui.core.previews.preview import Preview
    from promote_tui.engine.previews.deploying import PreviewUp
    from promote_tui.engine.previews.removing import PreviewRemoval
    from promote_tui.engine.runs.watcher import RunWatcher


@dataclass(frozen=True, slots=True)
class Previews:
    """The stages of branches: listed, deployed and removed. Each raises UsageError where none are configured."""

    governance: Governance
    me: Process

    def fetch(self) -> Mapping[str, PromoteError]:
        """Fetch the branches of every repository; return why by the repository where one could not be fetched."""
        return fetch_repositories(self.governance.context, self.governance.pipeline.services)

    def list(self, unfetched: Mapping[str, PromoteError]) -> tuple[Preview, ...]:
        """Return every preview that there is, by name; raises AwsError, LedgerError."""
        return self._reader(unfetched).read()

    def branches(self) -> tuple[Branch, ...]:
        """Return the branches that may have a preview, of every repository, newest first; raises GitError."""
        context, settings = self.governance.context, preview_settings(self.governance.pipeline)
        firsts = {(each.repo, each.remote): each for each in context.pipeline.services}
        every = [branch for each in firsts.values() for branch in context.graph.branches(each)]
        allowed = sorted(filter(lambda each: settings.allows(each.name), every), key=lambda each: each.tip.authored_at)
        return tuple({each.name: each for each in allowed}.values())[::-1]

    def select(self, branch: str, services: Sequence[str], unfetched: Mapping[str, PromoteError]) -> PreviewUp:
        """Return what a preview of a branch is made of; raises UsageError, Refused, and what reading raises."""
        for name in services:
            self.governance.service(name)
        return select_services(self._reader(unfetched), branch, services)

    def up(self, wanted: PreviewUp, allowances: tuple[Allowance, ...], watcher: RunWatcher) -> Iterator[PreviewOutcome]:
        """Deploy a preview and yield what becomes of each service; raises Refused under --read-only."""
        self.governance.require_writable(wanted.name)
        return PreviewDeploy(self.governance.with_preview(wanted.branch), self.me, allowances, watcher).execute(wanted)

    def plan_removal(self, name: str, unfetched: Mapping[str, PromoteError]) -> PreviewRemoval:
        """Return what removing a preview does, by its name or branch; a configured stage is refused, always.

        Raises UsageError for what is none, AwsError, GitError, LedgerError.
        """
        refuse_configured_stage(self.governance, name)
        reader = self._reader(unfetched)
        return RemovalPlanner(self.governance, reader).plan(reader.find(name))

    def plan_pruning(self, unfetched: Mapping[str, PromoteError]) -> tuple[PreviewRemoval, ...]:
        """Return the removals of the previews whose branch is merged or deleted, or that are too old."""
        reader, now = self._reader(unfetched), self.governance.context.clock.now()
        reasons = [(each, prune_reason(each, now, reader.settings.max_age)) for each in reader.read()]
        planner = RemovalPlanner(self.governance, reader)
        return tuple(planner.plan(each, why) for each, why in reasons if why)

    def remove(self, wanted: PreviewRemoval, reason: str, watcher: RunWatcher) -> Iterator[PreviewOutcome]:
        """Remove a preview and yield what becomes of each service; raises Refused under --read-only."""
        self.governance.require_writable(wanted.preview.name)
        return PreviewRemover(self.governance, self.me, watcher).execute(wanted, reason)

    def _reader(self, unfetched: Mapping[str, PromoteError]) -> PreviewReader:
        context = self.governance.context
        return PreviewReader(context, Branches(context, unfetched))
