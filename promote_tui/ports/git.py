"""Git repositories, and the configuration as it is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from promote_tui.core.git.commits import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from promote_tui.core.gates.facts import Signature
    from promote_tui.core.git.commits import CommitDetail, Patch, Search
    from promote_tui.core.git.relation import Pair, Relation
    from promote_tui.core.model.commit_names import NamedCommits
    from promote_tui.core.model.pipeline import Branch, Commit, FileChange, Service


class CommitGraph(Protocol):
    """Git repositories, read only; hashes are full ones. Raises GitError, with the repository as its subject."""

    def resolve(self, service: Service, revision: str) -> str:
        """Return the 40 hex digits of any revision (branch, tag, short hash, `HEAD~2`).

        A branch is looked for among the remote's branches first where a remote exists. Raises
        UsageError where it names nothing or more than one commit.
        """

    def commits_named(self, service: Service, names: Collection[str]) -> Mapping[str, NamedCommits]:
        """Return the commits that each name of a stack's may mean, in a number of spawns that does not grow with them.

        A name is what `core.model.commit_names.lookup_keys` takes for one: digits are looked for among the commits, a
        tag by its full name; no branch and no expression is ever looked at. Names of no commit here are left out.
        """

    def commits(self, service: Service, shas: Collection[str]) -> Mapping[str, Commit]:
        """Return the commits that the repository has; what is not a known full hash is left out."""

    def branches(self, service: Service) -> tuple[Branch, ...]:
        """Return the branches with their tips, newest first: those of the team's remote where there is one.

        A bare clone's are its own. Raises GitError where the remote was never fetched.
        """

    def default_branch(self, service: Service) -> str | None:
        """Return the branch that the remote (a bare clone: itself) calls its default; None where nobody does."""

    def tracks_remote(self, service: Service) -> bool:
        """Tell whether the branches are those of the team's remote, as it was fetched last."""

    def branches_containing(self, service: Service, sha: str) -> tuple[str, ...]:
        """Return the names of the branches that hold the commit, of those that `branches` returns."""

    def log(
        self, service: Service, revision: str, *, skip: int = 0, limit: int = 50, search: Search = EVERYTHING
    ) -> tuple[Commit, ...]:
        """Return a page of the service's commits that are reachable from a revision, newest first."""

    def count(self, service: Service, revision: str) -> int:
        """Return how many commits are reachable from a revision, those of other services too."""

    def contained_commits(self, service: Service, revision: str, shas: Collection[str]) -> frozenset[str]:
        """Return those of the commits that are reachable from a revision; unknown ones are not."""

    def detail(self, service: Service, sha: str) -> CommitDetail:
        """Return a commit with the beginning of its message and the service's files that it changes.

        It is compared with its first parent. Counts of lines are None where they cannot be told.
        """

    def bodies(self, service: Service, shas: Collection[str]) -> Mapping[str, str]:
        """Return the beginnings of the commits' messages behind their subjects; unknown ones are left out."""

    def patch(self, service: Service, base: str | None, head: str, path: str | None, limit: int) -> Patch:
        """Return the unified diff from `base` (None: the empty tree) to `head`, at most `limit` bytes.

        It is about the service's paths, or about one path.
        """

    def paths_with_commits(self, service: Service, base: str | None, head: str) -> Mapping[str, tuple[str, ...]]:
        """Return for each of the service's files which commits that `head` has and `base` lacks changed it.

        Newest first; merges change nothing of their own here, and no more than 500 commits are looked at.
        """

    def texts(self, service: Service, sha: str, paths: Collection[str], limit: int) -> Mapping[str, str]:
        """Return those of the files that a commit has, links left out and those of more than `limit` bytes too."""

    def signature(self, service: Service, sha: str) -> Signature:
        """Return what git says of a commit's signature, with the keys that it knows on this machine."""

    def author(self, service: Service) -> tuple[str, ...]:
        """Return the name and the address that git gives commits made here; nothing where it knows none."""

    def remote_url(self, service: Service) -> str | None:
        """Return the address that the repository is fetched from, without credentials; None where there is none."""

    def between(self, service: Service, base: str | None, head: str, *, limit: int = 200) -> tuple[Commit, ...]:
        """Return the service's commits that `head` has and `base` lacks (None: all), newest first.

        These are the commits that drift counts: a merge that brings nothing of its own is not one.
        """

    def relations(self, pairs: Collection[Pair]) -> Mapping[Pair, Relation]:
        """Return every pair's relation, exact, in a number of spawns that does not grow with the pairs.

        A commit that a repository lacks gives Unknown("... is not in this clone").
        """

    def service_trees(self, service: Service, shas: Collection[str]) -> Mapping[str, str]:
        """Return for each known commit a digest of what is at the service's paths; unknown ones are left out."""

    def changed_files(self, service: Service, base: str | None, head: str) -> tuple[FileChange, ...]:
        """Return the files at the service's paths that differ from `base` (None: the empty tree) to `head`."""

    def fetch(self, service: Service, *, own: bool = False) -> None:
        """Bring a mirror up to date; a repository that is the user's own folder is left alone.

        With `own` that one too: the branches of its remote, as `git fetch --prune` does, and no file. Where it has no
        remote, its branches are its own.
        """


class PolicySource(Protocol):
    """The repository that the configuration lies in. Raises GitError."""

    def tip(self, ref: str) -> tuple[str, str]:
        """Return the commit on a branch such as `origin/main`, and the default branch, as the remote says now.

        The commit is empty where the branch is gone; the default is `ref` itself where the remote names none.
        """

    def fetch(self, ref: str) -> None:
        """Bring the branches of that branch's remote up to date, and which is its default; no file is touched.

        Without a `ref` of the team's remote, where there is one.
        """
