"""The facade `commits`, answered from a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import GitError, PromoteError, UsageError
from promote_tui.core.git.commits import EVERYTHING, CommitDetail, CommitDifference, Patch
from promote_tui.core.git.relation import NotApplicable
from promote_tui.core.matrix_filter import FilterFacts
from promote_tui.core.releases.comparison import ReleaseComparison, compare_releases, differing_commits
from promote_tui.core.runs.verification import NotVerified
from promote_tui.core.stage_positions import CommitStageStatus, StagePosition
from promote_tui.engine.api.commits import Commits
from tests.support.fakes import world

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from promote_tui.core.git.commits import Search
    from promote_tui.core.matrix_filter import FactsWanted
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Branch, Commit, FileChange
    from promote_tui.core.release_notes.model import Notes
    from promote_tui.core.releases.release import Release
    from tests.support.fakes.engine.tape import Tape


class FakeCommits(Commits):
    """The public methods of Commits, answered from the script."""

    _tape: Tape

    def __init__(self, tape: Tape) -> None:
        object.__setattr__(self, "_tape", tape)

    def branches(self, service: str) -> tuple[Branch, ...]:
        self._tape.call("commits.branches", service)
        return self._tape.script.branches.get(service, world.BRANCHES)

    def default_branch(self, service: str) -> str:
        self._tape.call("commits.default_branch", service)
        return self._tape.script.branches.get(service, world.BRANCHES)[0].name

    def branches_holding(self, wanted: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[str, ...]]:
        self._tape.call("commits.branches_holding", len(wanted))
        return {(name, sha): self._tape.script.holding.get(sha, ()) for name, sha in wanted}

    def filter_facts(self, wanted: FactsWanted) -> FilterFacts:
        self._tape.call("commits.filter_facts", len(wanted.branches), len(wanted.authors), wanted.viewer)
        script = self._tape.script
        return FilterFacts(
            {(name, sha): script.holding.get(sha, ()) for name, sha in wanted.branches},
            {each: script.waiting[each[0]] for each in wanted.authors if each[0] in script.waiting},
            frozenset({script.me}) if wanted.viewer else frozenset(),
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
        self._tape.call("commits.log", service, revision, skip, limit, *([search] if search else []))
        return tuple(one for one in self._log(service, revision) if _found(one, search))[skip : skip + limit]

    def count(self, service: str, revision: str) -> int:
        self._tape.call("commits.count", service, revision)
        return len(self._log(service, revision)) if self._tape.script.count is None else self._tape.script.count

    def detail(self, service: str, sha: str) -> CommitDetail:
        self._tape.call("commits.detail", service, sha)
        if sha in self._tape.script.details:
            return self._tape.script.details[sha]
        every = (*self._log(service, None), *world.COMMITS, *self._tape.script.apart.values())
        found = next((commit for commit in every if commit.sha == sha), None)
        if found is None:
            raise GitError(service, f"{sha[:7]} is not in this clone", "run `git fetch` there")
        return CommitDetail(found, "", world.sha("base"), (), 0)

    def resolve(self, service: str, revision: str) -> str:
        self._tape.call("commits.resolve", service, revision)
        if revision not in self._tape.script.revisions:
            raise UsageError(service, f"{revision} is not a commit or a branch", "run `git fetch` in the repository")
        return self._tape.script.revisions[revision]

    def between(self, service: str, base: str | None, head: str) -> CommitDifference:
        self._tape.call("commits.between", service, base, head)
        return self._tape.script.between

    def changed_files(self, service: str, base: str | None, head: str) -> tuple[FileChange, ...]:
        self._tape.call("commits.changed_files", service, base, head)
        return self._tape.script.files

    def patch(
        self, service: str, base: str | None, head: str, path: str | None = None, limit: int = 1_000_000
    ) -> Patch:
        self._tape.call("commits.patch", service, base, head, path)
        return self._tape.script.patch if path is None else self._tape.script.patches[path]

    def remote_url(self, service: str) -> str | None:
        self._tape.call("commits.remote_url", service)
        return self._tape.script.remote

    def stage_positions(self, service: str, revision: str, deployed: Mapping[str, str]) -> Mapping[str, StagePosition]:
        self._tape.call("commits.stage_positions", service, revision, dict(deployed))
        listed = {commit.sha for commit in self._log(service, revision)}
        found: dict[str, StagePosition] = {}
        for stage, sha in deployed.items():
            try:
                newest = next(iter(self._log(service, sha)), None)
            except UsageError:
                newest = self._tape.script.apart.get(sha)
            found[stage] = StagePosition(newest, newest is not None and newest.sha in listed)
        return found

    def stage_statuses(self, service: str, sha: str, cells: Mapping[str, Cell]) -> tuple[CommitStageStatus, ...]:
        self._tape.call("commits.stage_statuses", service, sha)
        default = (NotVerified(f"{sha[:7]} was never verified"), NotApplicable())
        return tuple(CommitStageStatus(stage, *self._tape.script.stories.get((sha, stage), default)) for stage in cells)

    def release_notes(self, services: Collection[str], source: str, target: str) -> Notes:
        self._tape.call("commits.release_notes", tuple(services), source, target)
        return self._tape.script.notes

    def notes_of_release(self, release: Release, services: Collection[str] = ()) -> Notes:
        self._tape.call("commits.notes_of_release", release.name, tuple(services))
        return self._tape.script.notes

    def compare_releases(self, first: Release, second: Release) -> ReleaseComparison:
        self._tape.call("commits.compare_releases", first.name, second.name)
        pairs = differing_commits(first, second)
        return compare_releases(first, second, dict.fromkeys(pairs, self._tape.script.between))

    def fetch(self) -> tuple[PromoteError, ...]:
        self._tape.call("commits.fetch")
        return self._tape.script.unfetched

    def _log(self, service: str, revision: str | None) -> tuple[Commit, ...]:
        if (service, revision) in self._tape.script.logs:
            return self._tape.script.logs[service, revision]
        every = self._tape.script.logs.get((service, None), world.COMMITS)
        known = [commit.sha for commit in every]
        if revision and len(revision) == 40 and revision not in known:
            raise UsageError(service, f"{revision[:7]} is not in this clone")
        return every[known.index(revision) if revision in known else 0 :]


def _found(commit: Commit, search: Search) -> bool:
    said, who = commit.subject.lower(), commit.author.lower()
    by = not search.authors or any(name in who for name in search.authors)
    return by and all(word in said for word in search.words)
