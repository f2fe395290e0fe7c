"""Sync: what is due by the branches and by what is verified, and deploying that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.runs.run import Process
from promote_tui.core.sync.item import SyncItem, expect_in_stages
from promote_tui.engine.governance import Governance
from promote_tui.engine.sync.execution import SyncExecution
from promote_tui.engine.sync.fetching import fetch_branches, fetch_policy
from promote_tui.engine.sync.reading import SyncReader
from promote_tui.engine.sync.selection import select_targets
from promote_tui.engine.sync.tips import Tips

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.errors import PromoteError
    from promote_tui.engine.sync.deploying import SyncWatcher
    from promote_tui.engine.sync.execution import SyncRequest
    from promote_tui.engine.sync.selection import SyncSelection


@dataclass(frozen=True, slots=True)
class Sync:
    """What is due in the stages by their branches and by what is verified, and deploying that."""

    governance: Governance
    me: Process

    def fetch(self, wanted: SyncSelection) -> tuple[Mapping[str, PromoteError], PromoteError | None]:
        """Fetch the branches of the repositories and of the configuration's own.

        Returns why by the repository where one could not be fetched, and why the configuration's own could not. An
        engine that was opened before goes by the configuration as it was: open another one. Raises UsageError.
        """
        targets = select_targets(self.governance, wanted)
        return fetch_branches(targets), fetch_policy(self.governance.context, targets)

    def read(self, wanted: SyncSelection, unfetched: Mapping[str, PromoteError]) -> tuple[SyncItem, ...]:
        """Return what is due, stage by stage, without deploying anything; raises UsageError."""
        tips = Tips(unfetched)
        targets = tips.of_branch(select_targets(self.governance, wanted), wanted.branch_name)
        reader = SyncReader(self.governance.context, tips, wanted.retry)
        needs = {each.service.name: each.service.depends_on for each in targets}
        before = {stage.name: stage.after for stage in self.governance.pipeline.stages}
        return expect_in_stages(reader.read(targets), needs, before)

    def execute(
        self, wanted: SyncRequest, watcher: SyncWatcher, unfetched: Mapping[str, PromoteError]
    ) -> tuple[SyncItem, ...]:
        """Deploy what is due, and return what became of everything; raises UsageError, Refused under --read-only."""
        self.governance.require_writable("sync")
        tips, selection = Tips(unfetched), wanted.selection
        targets = tips.of_branch(select_targets(self.governance, selection), selection.branch_name)
        return SyncExecution(self.governance, self.me, wanted, watcher, tips).execute(targets)
