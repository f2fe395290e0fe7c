"""The branches of previews: which repositories have one, and how it stands there."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promote_tui.core.errors import GitError, PromoteError
from promote_tui.core.model.pipeline import Branch
from promote_tui.core.previews.preview import join_branch_states
from promote_tui.engine.context import Context

if TYPE_CHECKING:
    from collections.abc import Iterable

    from promote_tui.core.model.pipeline import Service
    from promote_tui.core.previews.preview import BranchState

_AT_ONCE = 8


def fetch_repositories(context: Context, services: Iterable[Service]) -> Mapping[str, PromoteError]:
    """Fetch the branches of the services' repositories; return why by the repository where that failed."""
    firsts = {(each.repo, each.remote): each for each in services}

    def fetch(service: Service) -> PromoteError | None:
        try:
            context.graph.fetch(service, own=True)
        except PromoteError as error:
            return error
        return None

    if not firsts:
        return {}
    with ThreadPoolExecutor(min(_AT_ONCE, len(firsts)), "fetch") as pool:
        found = zip(firsts, pool.map(fetch, firsts.values()), strict=True)
        return {repo: trouble for (repo, _), trouble in found if trouble is not None}


@dataclass(frozen=True, slots=True)
class Branches:
    """The branches of repositories, each read once; `unfetched` says which could not be brought up to date."""

    context: Context
    unfetched: Mapping[str, PromoteError]
    _known: dict[tuple[str, tuple[str, ...]], Mapping[str, Branch]] = field(default_factory=dict)

    def find(self, service: Service, branch: str) -> Branch | None:
        """Return a branch of a service's repository; None where it has none of that name. Raises PromoteError."""
        if trouble := self.unfetched.get(service.repo):
            raise trouble
        key = service.repo, service.remote
        if key not in self._known:
            self._known[key] = {each.name: each for each in self.context.graph.branches(service)}
        return self._known[key].get(branch)

    def state(self, services: Iterable[Service], branch: str) -> tuple[BranchState, str]:
        """Return how a branch stands in the repositories of services, and why that is unknown."""
        states: list[BranchState] = []
        try:
            states = [self._state(service, branch) for service in services]
        except PromoteError as error:
            return "unknown", error.cause
        return join_branch_states(states), ""

    def _state(self, service: Service, branch: str) -> BranchState:
        found, default = self.find(service, branch), self.context.graph.default_branch(service)
        if found is None:
            return "deleted"
        main = self.find(service, default) if default else None
        if main is None or main.name == branch:
            return "open"
        merged = self.context.graph.contained_commits(service, main.tip.sha, {found.tip.sha})
        return "merged" if found.tip.sha in merged else "open"

    def known_commit(self, service: Service, commits: Iterable[str]) -> str:
        """Return the first of the commits that the repository has; raises GitError where it has none of them."""
        wanted = [sha for sha in commits if sha]
        known = self.context.graph.commits(service, wanted)
        found = next((sha for sha in wanted if sha in known), None)
        if found is None:
            cause = "the commit that it was deployed from is not in this clone, and neither is its branch"
            raise GitError(service.name, cause, "run `git fetch` in the repository")
        return found
