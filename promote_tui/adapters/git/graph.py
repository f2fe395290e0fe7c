"""The commits of the services' repositories, by the git program; nothing is ever written to a user's repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.adapters.git import show
from promote_tui.adapters.git.commit_names import commits_named
from promote_tui.adapters.git.mirror import FETCH_SECONDS, Repositories, is_url, label
from promote_tui.adapters.git.parse import (
    LOG_FORMAT,
    is_hash,
    make_commit,
    objects,
    parse_identity,
    parse_log,
    service_paths,
    text,
    trees,
)
from promote_tui.adapters.git.relations import absent_reason, brought_commits, relations
from promote_tui.adapters.git.rev_parse import resolve
from promote_tui.core.errors import GitError
from promote_tui.core.git.commits import EVERYTHING, Search
from promote_tui.core.git.relation import Unknown
from promote_tui.core.model.pipeline import Branch

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from promote_tui.adapters.git.repository import Repository
    from promote_tui.core.gates.facts import Signature
    from promote_tui.core.git.commits import CommitDetail, Patch
    from promote_tui.core.git.relation import Pair, Relation
    from promote_tui.core.model.commit_names import NamedCommits
    from promote_tui.core.model.pipeline import Commit, FileChange, Service

_LOG = ("log", "--full-history", "-z", LOG_FORMAT)
_GIVEN = ("-z", LOG_FORMAT, "--no-walk=unsorted", "--stdin")
"""The given commits and no others, in their order."""

_TIP = ("%(refname)", "%(symref)", "%(objectname)", "%(parent)", "%(authordate:unix)", "%(authorname)")
_TIPS = (
    "for-each-ref",
    "--sort=refname",
    "--sort=-committerdate:unix",
    f"--format={'%00'.join((*_TIP, '%(contents:subject)'))}",
)
"""All dates as numbers: git fails where it has to write one out that no calendar holds, to sort by it too."""


class GitGraph:
    """The port CommitGraph on real repositories; mirrors of URLs are in `cache/mirrors`."""

    def __init__(self, cache: Path, *, fetch_timeout: float = FETCH_SECONDS) -> None:
        self._repositories = Repositories(cache, fetch_timeout)

    def resolve(self, service: Service, revision: str) -> str:
        """Return the 40 hex digits of any revision; raises UsageError where it is not exactly one commit."""
        return resolve(self._open(service), revision, service.name)

    def commits_named(self, service: Service, names: Collection[str]) -> Mapping[str, NamedCommits]:
        """Return the commits that each name of a stack's may mean; names that mean none are left out."""
        return commits_named(self._open(service).git, names)

    def commits(self, service: Service, shas: Collection[str]) -> Mapping[str, Commit]:
        """Return the commits that the repository has; what is not a known full hash is left out."""
        repository = self._open(service)
        known = _known(repository, shas)
        if not known:
            return {}
        return {commit.sha: commit for commit in parse_log(repository.git.read("log", *_GIVEN, lines=known))}

    def branches(self, service: Service) -> tuple[Branch, ...]:
        """Return the branches with their tips, newest first: the remote's where a remote exists."""
        repository = self._open(service)
        rows = text(repository.git.read(*_TIPS, repository.heads)).split("\n")[:-1]
        if not rows:
            repository.demand_branches()
        return tuple(_branch(row.split("\0"), repository.heads) for row in rows if not row.split("\0")[1])

    def default_branch(self, service: Service) -> str | None:
        """Return the branch that the remote (a bare clone: itself) calls its default; None where nobody does."""
        return self._open(service).default_branch()

    def tracks_remote(self, service: Service) -> bool:
        """Tell whether the branches are those of the team's remote, as it was fetched last."""
        return self._open(service).tracks

    def branches_containing(self, service: Service, sha: str) -> tuple[str, ...]:
        """Return the names of the branches that hold the commit, sorted; none where it is unknown."""
        repository = self._open(service)
        if not _known(repository, [sha]):
            return ()
        words = ("for-each-ref", f"--contains={sha}", "--format=%(refname)%00%(symref)", repository.heads)
        rows = [row.split("\0") for row in text(repository.git.read(*words)).split("\n")[:-1]]
        if not rows:
            repository.demand_branches()
        return tuple(name.removeprefix(repository.heads) for name, symbolic in rows if not symbolic)

    def log(
        self, service: Service, revision: str, *, skip: int = 0, limit: int = 50, search: Search = EVERYTHING
    ) -> tuple[Commit, ...]:
        """Return a page of the service's commits that are reachable from a revision, newest first."""
        repository = self._open(service)
        head = resolve(repository, revision, service.name)
        page = (f"--skip={skip}", f"--max-count={limit}", *_searching(search))
        return parse_log(repository.git.read(*_LOG, *page, "--end-of-options", head, "--", *service_paths(service)))

    def count(self, service: Service, revision: str) -> int:
        """Return how many commits are reachable from a revision, those of other services too."""
        repository = self._open(service)
        head = resolve(repository, revision, service.name)
        return int(repository.git.read("rev-list", "--count", "--end-of-options", head))

    def contained_commits(self, service: Service, revision: str, shas: Collection[str]) -> frozenset[str]:
        """Return those of the commits that are reachable from a revision; unknown ones are not."""
        repository = self._open(service)
        head = resolve(repository, revision, service.name)
        return show.contained_commits(repository.git, head, _known(repository, shas))

    def detail(self, service: Service, sha: str) -> CommitDetail:
        """Return a commit with the beginning of its message and the service's files that it changes."""
        repository = self._open(service)
        _demand(repository, (sha,))
        return show.detail(repository, service, sha)

    def bodies(self, service: Service, shas: Collection[str]) -> Mapping[str, str]:
        """Return the beginnings of the commits' messages behind their subjects; unknown ones are left out."""
        repository = self._open(service)
        known = _known(repository, shas)
        return show.bodies(repository.git, known) if known else {}

    def patch(self, service: Service, base: str | None, head: str, path: str | None, limit: int) -> Patch:
        """Return the unified diff at the service's paths, or at one path, at most `limit` bytes."""
        repository = self._open(service)
        _demand(repository, (head,) if base is None else (base, head))
        paths = service_paths(service) if path is None else (path,)
        return show.patch(repository, base, head, paths, limit)

    def paths_with_commits(self, service: Service, base: str | None, head: str) -> Mapping[str, tuple[str, ...]]:
        """Return for each of the service's files which commits that `head` has and `base` lacks changed it."""
        repository = self._open(service)
        _demand(repository, (head,) if base is None else (base, head))
        return show.touched_paths(repository, base, head, service_paths(service))

    def texts(self, service: Service, sha: str, paths: Collection[str], limit: int) -> Mapping[str, str]:
        """Return those of the files that a commit has, links left out and those of more than `limit` bytes too."""
        repository = self._open(service)
        _demand(repository, (sha,))
        return show.blobs(repository.git, sha, paths, limit)

    def signature(self, service: Service, sha: str) -> Signature:
        """Return what git says of a commit's signature, with the keys that it knows on this machine."""
        repository = self._open(service)
        _demand(repository, (sha,))
        return show.signature(repository.git, sha)

    def author(self, service: Service) -> tuple[str, ...]:
        """Return the name and the address that git gives commits made here; nothing where it knows none."""
        answer = self._open(service).git.answer("var", "GIT_AUTHOR_IDENT")
        return parse_identity(text(answer.out)) if not answer.code else ()

    def remote_url(self, service: Service) -> str | None:
        """Return the address that the repository is fetched from, without what may be a password."""
        if is_url(service.repo):
            return label(service.repo)
        repository = self._open(service)
        if repository.remote is None:
            return None
        answer = repository.git.answer("config", "--get", f"remote.{repository.remote}.url")
        return label(text(answer.out).rstrip("\n")) if not answer.code else None

    def between(self, service: Service, base: str | None, head: str, *, limit: int = 200) -> tuple[Commit, ...]:
        """Return the service's commits that `head` has and `base` lacks (None: all), newest first."""
        repository = self._open(service)
        _demand(repository, (head,) if base is None else (base, head))
        found = brought_commits(repository.git, service_paths(service), base, head)[:limit]
        return parse_log(repository.git.read("log", *_GIVEN, lines=found)) if found else ()

    def relations(self, pairs: Collection[Pair]) -> Mapping[Pair, Relation]:
        """Return every pair's relation, exact; a repository that cannot be read makes its own pairs Unknown."""
        by_repo: dict[tuple[str, tuple[str, ...]], list[Pair]] = {}
        for pair in dict.fromkeys(pairs):
            by_repo.setdefault((pair.service.repo, pair.service.remote), []).append(pair)
        found: dict[Pair, Relation] = {}
        for (repo, remote), its in by_repo.items():
            try:
                found |= relations(self._repositories.open(repo, remote), its)
            except GitError as error:
                found |= dict.fromkeys(its, Unknown(str(error)))
        return found

    def service_trees(self, service: Service, shas: Collection[str]) -> Mapping[str, str]:
        """Return for each known commit a digest of what is at the service's paths; unknown ones are left out."""
        paths = service_paths(service)
        return {sha: tree for (_, sha), tree in trees(self._open(service).git, [(paths, sha) for sha in shas]).items()}

    def changed_files(self, service: Service, base: str | None, head: str) -> tuple[FileChange, ...]:
        """Return the files at the service's paths that differ from `base` (None: the empty tree) to `head`."""
        repository = self._open(service)
        _demand(repository, (head,) if base is None else (base, head))
        return show.changed_files(repository.git, base, head, service_paths(service))

    def fetch(self, service: Service, *, own: bool = False) -> None:
        """Bring a mirror up to date, and with `own` the branches of the remote of the user's own folder."""
        if own and not is_url(service.repo):
            self._repositories.fetch_own(service.repo, service.remote)
        else:
            self._repositories.fetch(service.repo)

    def _open(self, service: Service) -> Repository:
        return self._repositories.open(service.repo, service.remote)


def _searching(search: Search) -> tuple[str, ...]:
    """Return git's words for a search: each value is one argument, and none is read as a pattern."""
    words = [f"--grep={word}" for word in search.words]
    authors = [f"--author={who}" for who in search.authors]
    return ("-i", "--fixed-strings", "--all-match", *words, *authors) if words or authors else ()


def _known(repository: Repository, shas: Collection[str]) -> list[str]:
    asked = [sha for sha in dict.fromkeys(shas) if is_hash(sha)]
    found = objects(repository.git, [f"{sha}^{{commit}}" for sha in asked])
    return [sha for sha, its in zip(asked, found, strict=True) if its == sha]


def _demand(repository: Repository, shas: Collection[str]) -> None:
    known = _known(repository, shas)
    for sha in shas:
        if sha not in known:
            raise GitError(repository.git.subject, absent_reason(sha), f"run `{repository.fetch}` there")


def _branch(fields: list[str], heads: str) -> Branch:
    name, _, sha, parents, at, author, subject = fields
    return Branch(name.removeprefix(heads), make_commit(sha, parents, at, author, subject))
