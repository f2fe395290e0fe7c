"""A service's commits and branches, and what they mean for its stages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError, UsageError
from promote_tui.core.git.branches import branch_to_show
from promote_tui.core.git.commits import EVERYTHING, CommitDifference
from promote_tui.core.matrix_filter import FilterFacts
from promote_tui.engine.authors import viewer_names, waiting_authors
from promote_tui.engine.commits import stage_positions, stage_statuses
from promote_tui.engine.governance import Governance
from promote_tui.engine.release_notes import compare_recorded_releases, make_notes, make_notes_of_release

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from promote_tui.core.git.commits import CommitDetail, Patch, Search
    from promote_tui.core.matrix_filter import FactsWanted
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Branch, Commit, FileChange
    from promote_tui.core.release_notes.model import Notes
    from promote_tui.core.releases.comparison import ReleaseComparison
    from promote_tui.core.releases.release import Release
    from promote_tui.core.stage_positions import CommitStageStatus, StagePosition
    from promote_tui.engine.context import Context

PATCH_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Commits:
    """A service's commits and branches as git knows them, and what they are to its stages."""

    governance: Governance

    @property
    def _context(self) -> Context:
        return self.governance.context

    def branches(self, service: str) -> tuple[Branch, ...]:
        """Return the service's branches, newest first; raises UsageError, GitError."""
        return self._context.graph.branches(self.governance.service(service))

    def default_branch(self, service: str) -> str:
        """Return the branch that is shown first: the remote's default one, else what is deployed on merge.

        Else it is main or master, else the newest. Raises UsageError where the repository has no branch, GitError.
        """
        names = [branch.name for branch in self.branches(service)]
        default = self._context.graph.default_branch(self.governance.service(service))
        found = branch_to_show(self.governance.pipeline, service, names, default)
        if found is None:
            raise UsageError(service, "its repository has no branch yet", "commit something first")
        return found

    def branches_holding(self, wanted: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """Return for each (service, commit) the branches that hold the commit; none where that cannot be read."""
        found: dict[tuple[object, ...], tuple[str, ...]] = {}
        services = {name: self.governance.service(name) for name, _ in wanted}
        asked = {(name, sha): (services[name].repo, services[name].remote, sha) for name, sha in wanted}
        for (name, sha), clone in asked.items():
            if clone not in found:
                try:
                    found[clone] = self._context.graph.branches_containing(services[name], sha)
                except PromoteError:
                    found[clone] = ()
        return {key: found[clone] for key, clone in asked.items()}

    def filter_facts(self, wanted: FactsWanted) -> FilterFacts:
        """Return what a filter of the matrix asks to know besides the cells; what cannot be read is left out."""
        return FilterFacts(
            self.branches_holding(wanted.branches),
            waiting_authors(self._context, wanted.authors),
            viewer_names(self._context) if wanted.viewer else frozenset(),
        )

    def log(
        self,
        service: str,
        revision: str | None = None,
        *,
        skip: int = 0,
        limit: int = 50,
        search: Search = EVERYTHING,
    ) -> tuple[Commit, ...]:
        """Return a page of service commits of a revision that the search fits; without one, of the default branch."""
        found = self.governance.service(service)
        name = revision or self.default_branch(service)
        return self._context.graph.log(found, name, skip=skip, limit=limit, search=search)

    def count(self, service: str, revision: str) -> int:
        """Return how many commits a revision has, those of other services too; raises UsageError, GitError."""
        return self._context.graph.count(self.governance.service(service), revision)

    def detail(self, service: str, sha: str) -> CommitDetail:
        """Return a commit with its message and files, compared with its first parent; raises GitError."""
        return self._context.graph.detail(self.governance.service(service), sha)

    def resolve(self, service: str, revision: str) -> str:
        """Return the 40 hex digits of any revision that git knows; raises UsageError, GitError."""
        return self._context.graph.resolve(self.governance.service(service), revision)

    def between(self, service: str, base: str | None, head: str) -> CommitDifference:
        """Return the service's commits that `head` has and `base` (None: nothing) lacks, and the reverse.

        At most 200 of each, newest first; raises GitError.
        """
        graph, found = self._context.graph, self.governance.service(service)
        removes = graph.between(found, head, base) if base else ()
        return CommitDifference(graph.between(found, base, head), removes)

    def changed_files(self, service: str, base: str | None, head: str) -> tuple[FileChange, ...]:
        """Return the service's files that differ from `base` (None: nothing) to `head`; raises GitError."""
        return self._context.graph.changed_files(self.governance.service(service), base, head)

    def patch(
        self, service: str, base: str | None, head: str, path: str | None = None, limit: int = PATCH_BYTES
    ) -> Patch:
        """Return the unified diff of the service's files, or of one of them, at most `limit` bytes; raises GitError."""
        return self._context.graph.patch(self.governance.service(service), base, head, path, limit)

    def remote_url(self, service: str) -> str | None:
        """Return the address that the service's repository is fetched from, without credentials; raises GitError."""
        return self._context.graph.remote_url(self.governance.service(service))

    def stage_positions(self, service: str, revision: str, deployed: Mapping[str, str]) -> Mapping[str, StagePosition]:
        """Return on which commit each stage stands, by the hashes that they run; raises UsageError, GitError.

        One commit is read for each stage, however long the history is.
        """
        return stage_positions(self._context, self.governance.service(service), revision, deployed)

    def stage_statuses(self, service: str, sha: str, cells: Mapping[str, Cell]) -> tuple[CommitStageStatus, ...]:
        """Return what a commit is to each of these stages, by what their stacks said; raises GitError."""
        return stage_statuses(self._context, self.governance.service(service), sha, cells)

    def release_notes(self, services: Collection[str], source: str, target: str) -> Notes:
        """Return the release notes of what `source` has and `target` lacks: stages, or what git knows.

        Raises UsageError where a name is neither or nothing was deployed to `source`, GitError, AwsError.
        """
        return make_notes(self._context, [self.governance.service(name) for name in services], source, target)

    def notes_of_release(self, release: Release, services: Collection[str] = ()) -> Notes:
        """Return the notes of what a release brought, or would bring, wave by wave; raises UsageError, GitError."""
        return make_notes_of_release(self._context, release, services)

    def compare_releases(self, first: Release, second: Release) -> ReleaseComparison:
        """Return what the second release has beside the first, with the commits in between; unknown ones say why."""
        return compare_recorded_releases(self._context, first, second)

    def fetch(self) -> tuple[PromoteError, ...]:
        """Fetch every mirror, each repository once, and the branches of the configuration's own repository.

        What could not be fetched is returned, never raised.
        """
        firsts = {service.repo: service for service in reversed(self.governance.pipeline.services)}
        troubles: list[PromoteError] = []
        for service in firsts.values():
            try:
                self._context.graph.fetch(service)
            except PromoteError as error:
                troubles.append(error)
        if self.governance.pipeline.policy is not None:
            try:
                self._context.ports.policy.fetch(self.governance.pipeline.policy.ref)
            except PromoteError as error:
                troubles.append(error)
        return tuple(troubles)
