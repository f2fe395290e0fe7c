"""The branches that are deployed on merge, with their tips: each repository is read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.git.branches import branch_on_merge
from promote_tui.core.model.pipeline import Branch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.engine.sync.selection import SyncTarget

_Repository = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Tips:
    """Reads branches; `unfetched` says of repositories why they could not be brought up to date."""

    unfetched: Mapping[str, PromoteError] = field(default_factory=dict)
    _known: dict[_Repository, Mapping[str, Branch]] = field(default_factory=dict)

    def find(self, each: SyncTarget) -> Branch | None:
        """Return the branch whose tip belongs there; None where its repository has none of the name.

        Raises GitError where the repository cannot be read, what its fetch has failed with, and the target's problem.
        """
        trouble = each.problem or self.unfetched.get(each.service.repo)
        if trouble is not None:
            raise trouble
        names = self._branches(each)
        name = branch_on_merge(each.stage, each.service.name, [*names])
        return names[name] if name is not None else None

    def of_branch(self, targets: Sequence[SyncTarget], branch: str) -> tuple[SyncTarget, ...]:
        """Return those targets that a branch (empty: any) is deployed to; where that cannot be told, they stay."""
        return tuple(each for each in targets if not branch or self._counts(each, branch))

    def _counts(self, each: SyncTarget, branch: str) -> bool:
        try:
            found = self.find(each)
        except PromoteError:
            return True
        return found is None or found.name == branch

    def _branches(self, each: SyncTarget) -> Mapping[str, Branch]:
        key = each.service.repo, each.service.remote
        if key not in self._known:
            found = each.context.graph.branches(each.service)
            self._known[key] = {branch.name: branch for branch in found}
        return self._known[key]
