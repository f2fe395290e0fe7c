"""Commits in memory: a repository that is built like a real one, and the port CommitGraph over some."""

from __future__ import annotations

import hashlib
import posixpath
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import unified_diff
from typing import TYPE_CHECKING

from promote_tui.core.errors import GitError, UsageError
from promote_tui.core.gates.facts import Signature
from promote_tui.core.git.commits import EVERYTHING, CommitDetail, FileDetail, Patch, Search, is_shared
from promote_tui.core.git.relation import Unknown, relate
from promote_tui.core.model.commit_names import LookupKeys, NamedCommits, lookup_keys
from promote_tui.core.model.pipeline import Branch, Commit, FileChange
from promote_tui.core.text import short
from tests.support.repositories import ANA, START

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from typing import TypeAlias

    from promote_tui.core.git.relation import Pair, Relation
    from promote_tui.core.model.pipeline import Service

    _Rule: TypeAlias = Callable[[str, Service], bool]

_REVISION = re.compile(r"(?P<name>[^~^]+)(?:~(?P<back>\d+))?")


@dataclass(slots=True)
class FakeRepository:
    """Built like tests.support.repositories.Repository; hashes look like real ones.

    `unreachable` is why its remote cannot be fetched.
    """

    info: dict[str, Commit] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    default: str = "main"
    remote: bool = False
    url: str | None = None
    fetched: bool = True
    author: tuple[str, ...] = ()
    unreachable: str = ""
    _at: datetime = START

    def commit(
        self,
        files: Mapping[str, str | None] | None = None,
        message: str = "Change",
        *,
        author: str = ANA,
        at: datetime | None = None,
        branch: str = "main",
        parents: tuple[str, ...] | None = None,
    ) -> str:
        """Commit changed files (None removes one) on top of a branch and return the hash."""
        tip = self.heads.get(branch)
        before = parents if parents is not None else ((tip,) if tip else ())
        tree = dict(self.files[before[0]]) if before else {}
        tree |= {name: text for name, text in (files or {}).items() if text is not None}
        for name in [name for name, text in (files or {}).items() if text is None]:
            tree.pop(name, None)
        self._at += timedelta(hours=1)
        return self._add(tree, message, author, at or self._at, before, branch)

    def _add(
        self, tree: dict[str, str], message: str, author: str, at: datetime, before: tuple[str, ...], branch: str
    ) -> str:
        made_of = repr((sorted(tree.items()), message, author, at, before))
        sha = hashlib.sha1(made_of.encode(), usedforsecurity=False).hexdigest()
        self.info[sha] = Commit(sha, message.split("\n", 1)[0], author.partition(" <")[0], at, before)
        self.bodies[sha] = message.partition("\n")[2].strip()
        self.files[sha] = tree
        self.heads[branch] = sha
        return sha

    def merge(self, other: str, message: str | None = None, *, into: str = "main") -> str:
        """Merge a branch (never fast-forward) and return the merge commit."""
        ours, theirs = self.heads[into], self.heads[other]
        common = [sha for sha in self.reached(ours) if sha in self.reached(theirs)]
        base = self.files[common[0]] if common else {}
        their = self.files[theirs]
        changed: dict[str, str | None] = {
            name: their.get(name) for name in (*their, *base) if their.get(name) != base.get(name)
        }
        said = message or f"Merge branch '{other}' into {into}"
        return self.commit(changed, said, branch=into, parents=(ours, theirs))

    def branch(self, name: str, at: str = "main") -> None:
        """Make a branch, or move it, to a commit or to another branch's tip."""
        self.heads[name] = self.heads.get(at, at)

    def tag(self, name: str, at: str = "main") -> None:
        """Make a tag."""
        self.tags[name] = self.heads.get(at, at)

    def introduce(self, name: str, address: str) -> None:
        """Say who commits here."""
        self.author = (name, address)

    def name_default(self, branch: str) -> None:
        """Make a branch the default one, whether or not it is there."""
        self.default = branch

    def tip(self, branch: str) -> str | None:
        """Return a branch's commit, None where there is no such branch."""
        return self.heads.get(branch)

    def reached(self, sha: str) -> list[str]:
        """Return the commit and all before it, newest first."""
        found, waiting = set[str](), [sha]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self.info[one].parents
        return sorted(found, key=lambda one: (self.info[one].authored_at, one), reverse=True)

    def at(self, sha: str, service: Service) -> dict[str, str]:
        """Return the files at the service's paths."""
        paths = [posixpath.normpath(path) for path in service.paths]
        return {
            name: text
            for name, text in self.files[sha].items()
            if any(path in {".", name} or name.startswith(f"{path}/") for path in paths)
        }

    def fits(self, sha: str, search: Search) -> bool:
        """Tell whether all words stand in its message, and whether one of the authors wrote it."""
        message = f"{self.info[sha].subject}\n{self.bodies[sha]}".lower()
        who = self.info[sha].author.lower()
        return all(word.lower() in message for word in search.words) and (
            not search.authors or any(name.lower() in who for name in search.authors)
        )

    def touches(self, sha: str, service: Service) -> bool:
        """Tell whether it belongs to the service's log: its tree differs from any parent's."""
        here = self.at(sha, service)
        parents = self.info[sha].parents
        return any(self.at(parent, service) != here for parent in parents) if parents else bool(here)

    def brings(self, sha: str, service: Service) -> bool:
        """Tell whether it counts as a commit of the service: some file differs from all its parents'."""
        here, before = self.at(sha, service), [self.at(parent, service) for parent in self.info[sha].parents]
        names = {name for files in (here, *before) for name in files}
        return any(all(files.get(name) != here.get(name) for files in before) for name in names)


@dataclass(slots=True)
class FakeGraph:
    """The port CommitGraph; `fetched` lists the services that were asked to be brought up to date.

    `asked` lists the names whose meanings were asked for, one entry a call.
    """

    repositories: dict[str, FakeRepository]
    fetched: list[str] = field(default_factory=list)
    remote: str | None = None
    signatures: dict[str, Signature] = field(default_factory=dict)
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def resolve(self, service: Service, revision: str) -> str:
        repository, found = self._repository(service), _REVISION.fullmatch(revision)
        name = found["name"] if found else ""
        named = repository.heads.get(name) or repository.tags.get(name)
        starts = {named} if named else {sha for sha in repository.info if len(name) > 3 and sha.startswith(name)}
        if len(starts) != 1 or found is None:
            raise UsageError(service.name, f"{revision!r} names no commit, or more than one", "check the name")
        sha = starts.pop()
        for _ in range(int(found["back"] or 0)):
            if not repository.info[sha].parents:
                raise UsageError(service.name, f"{revision!r} names no commit", "check the name")
            sha = repository.info[sha].parents[0]
        return sha

    def commits_named(self, service: Service, names: Collection[str]) -> Mapping[str, NamedCommits]:
        repository = self._repository(service)
        self.asked.append(tuple(names))
        found = {name: _meaning(repository, lookup_keys(name) or LookupKeys()) for name in names}
        return {name: meaning for name, meaning in found.items() if meaning.commits}

    def commits(self, service: Service, shas: Collection[str]) -> Mapping[str, Commit]:
        known = self._repository(service).info
        return {sha: known[sha] for sha in shas if sha in known}

    def branches(self, service: Service) -> tuple[Branch, ...]:
        repository = self._with_branches(service)
        found = [Branch(name, repository.info[sha]) for name, sha in sorted(repository.heads.items())]
        return tuple(sorted(found, key=lambda branch: branch.tip.authored_at, reverse=True))

    def default_branch(self, service: Service) -> str | None:
        repository = self._repository(service)
        return repository.default if repository.default in repository.heads and repository.fetched else None

    def tracks_remote(self, service: Service) -> bool:
        return self._repository(service).remote

    def branches_containing(self, service: Service, sha: str) -> tuple[str, ...]:
        repository = self._with_branches(service)
        return tuple(sorted(name for name, tip in repository.heads.items() if sha in repository.reached(tip)))

    def log(
        self, service: Service, revision: str, *, skip: int = 0, limit: int = 50, search: Search = EVERYTHING
    ) -> tuple[Commit, ...]:
        repository = self._repository(service)
        reached = repository.reached(self.resolve(service, revision))
        found = [sha for sha in reached if repository.touches(sha, service) and repository.fits(sha, search)]
        return tuple(repository.info[sha] for sha in found[skip : skip + limit])

    def between(self, service: Service, base: str | None, head: str, *, limit: int = 200) -> tuple[Commit, ...]:
        self._demand(service, base, head)
        repository = self._repository(service)
        found = self._sides(service, head, base)[0] if base else self._only(service, head, None, repository.brings)
        return tuple(repository.info[sha] for sha in found[:limit])

    def relations(self, pairs: Collection[Pair]) -> Mapping[Pair, Relation]:
        return {pair: self._relation(pair) for pair in pairs}

    def service_trees(self, service: Service, shas: Collection[str]) -> Mapping[str, str]:
        repository = self._repository(service)
        return {
            sha: hashlib.sha256(repr(sorted(repository.at(sha, service).items())).encode()).hexdigest()
            for sha in shas
            if sha in repository.info
        }

    def changed_files(self, service: Service, base: str | None, head: str) -> tuple[FileChange, ...]:
        self._demand(service, base, head)
        repository = self._repository(service)
        before = repository.at(base, service) if base else {}
        after = repository.at(head, service)
        names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        return tuple(
            FileChange("A" if name not in before else "D" if name not in after else "M", name) for name in names
        )

    def count(self, service: Service, revision: str) -> int:
        return len(self._repository(service).reached(self.resolve(service, revision)))

    def contained_commits(self, service: Service, revision: str, shas: Collection[str]) -> frozenset[str]:
        return frozenset(shas) & set(self._repository(service).reached(self.resolve(service, revision)))

    def detail(self, service: Service, sha: str) -> CommitDetail:
        self._demand(service, sha)
        repository = self._repository(service)
        commit = repository.info[sha]
        base = commit.parents[0] if commit.parents else None
        changes = self.changed_files(service, base, sha)
        files = tuple(
            FileDetail(change.status, change.path, *self._lines(service, base, sha, change.path), shared)
            for change in changes
            for shared in (is_shared(service, change.path),)
        )
        return CommitDetail(commit, repository.bodies[sha], base, files, len(files))

    def bodies(self, service: Service, shas: Collection[str]) -> Mapping[str, str]:
        repository = self._repository(service)
        return {sha: repository.bodies[sha] for sha in shas if sha in repository.bodies}

    def patch(self, service: Service, base: str | None, head: str, path: str | None, limit: int) -> Patch:
        self._demand(service, base, head)
        names = [change.path for change in self.changed_files(service, base, head) if path in {None, change.path}]
        text = "".join(self._unified(service, base, head, name) for name in names)
        if len(text) <= limit:
            return Patch(text, cut=False)
        return Patch(text[: text.rindex("\n", 0, limit) + 1], cut=True)

    def paths_with_commits(self, service: Service, base: str | None, head: str) -> Mapping[str, tuple[str, ...]]:
        self._demand(service, base, head)
        repository = self._repository(service)
        found: dict[str, list[str]] = {}
        for sha in self._only(service, head, base, lambda _sha, _service: True):
            parents = repository.info[sha].parents
            for change in self.changed_files(service, parents[0] if parents else None, sha) if len(parents) < 2 else ():
                found.setdefault(change.path, []).append(sha)
        return {path: tuple(shas) for path, shas in found.items()}

    def texts(self, service: Service, sha: str, paths: Collection[str], limit: int) -> Mapping[str, str]:
        self._demand(service, sha)
        files = self._repository(service).files[sha]
        return {path: files[path] for path in paths if len(files.get(path, "x" * (limit + 1)).encode()) <= limit}

    def signature(self, service: Service, sha: str) -> Signature:
        self._demand(service, sha)
        return self.signatures.get(sha, Signature("none"))

    def author(self, service: Service) -> tuple[str, ...]:
        return self._repository(service).author

    def remote_url(self, service: Service) -> str | None:
        return self._repository(service).url or self.remote

    def _unified(self, service: Service, base: str | None, head: str, name: str) -> str:
        before, after = self._texts(service, base, head, name)
        rows = unified_diff(before, after, f"a/{name}", f"b/{name}", lineterm="")
        return f"diff --git a/{name} b/{name}\n" + "".join(f"{row}\n" for row in rows)

    def _lines(self, service: Service, base: str | None, head: str, name: str) -> tuple[int, int]:
        before, after = self._texts(service, base, head, name)
        rows = list(unified_diff(before, after, lineterm=""))[2:]
        return sum(row.startswith("+") for row in rows), sum(row.startswith("-") for row in rows)

    def _texts(self, service: Service, base: str | None, head: str, name: str) -> tuple[list[str], list[str]]:
        repository = self._repository(service)
        old = repository.at(base, service).get(name, "") if base else ""
        return old.splitlines(), repository.at(head, service).get(name, "").splitlines()

    def fetch(self, service: Service, *, own: bool = False) -> None:
        problem = self._repository(service).unreachable
        if problem:
            raise GitError(service.repo, problem, "check the remote and your access")
        self.fetched.append(f"{service.name} with its own branches" if own else service.name)

    def _relation(self, pair: Pair) -> Relation:
        try:
            repository = self._repository(pair.service)
        except GitError as error:
            return Unknown(str(error))
        trees = self.service_trees(pair.service, (pair.commit, pair.against))
        for sha in (pair.commit, pair.against):
            if sha not in trees:
                return Unknown(f"{short(sha) if len(sha) == 40 else sha} is not in this clone")
        same = trees[pair.commit] == trees[pair.against]
        if not same and not set(repository.reached(pair.commit)) & set(repository.reached(pair.against)):
            return Unknown(f"{short(pair.commit)} and {short(pair.against)} have no common history")
        ahead, behind = self._sides(pair.service, pair.commit, pair.against)
        return relate(same_tree=same, ahead=len(ahead), behind=len(behind))

    def _sides(self, service: Service, one: str, other: str) -> tuple[list[str], list[str]]:
        """Return what counts on each side: where no commit explains other trees, a merge that drops a change does."""
        repository = self._repository(service)
        brought = self._both(service, one, other, repository.brings)
        if any(brought) or repository.at(one, service) == repository.at(other, service):
            return brought
        return self._both(service, one, other, repository.touches)

    def _both(self, service: Service, one: str, other: str, rule: _Rule) -> tuple[list[str], list[str]]:
        return self._only(service, one, other, rule), self._only(service, other, one, rule)

    def _only(self, service: Service, has: str, lacks: str | None, rule: _Rule) -> list[str]:
        repository = self._repository(service)
        without = set(repository.reached(lacks)) if lacks else set[str]()
        return [sha for sha in repository.reached(has) if sha not in without and rule(sha, service)]

    def _demand(self, service: Service, *shas: str | None) -> None:
        for sha in shas:
            if sha is not None and sha not in self._repository(service).info:
                raise GitError(service.repo, f"{short(sha)} is not in this clone", "run `git fetch` there")

    def _with_branches(self, service: Service) -> FakeRepository:
        repository = self._repository(service)
        if not repository.fetched:
            cause = "its remote origin has no branch here: never fetched, or empty"
            raise GitError(service.repo, cause, f"run `git fetch origin` in {service.repo}")
        return repository

    def _repository(self, service: Service) -> FakeRepository:
        if service.repo not in self.repositories:
            raise GitError(service.repo, "the folder does not exist", "correct `repo` in the config")
        return self.repositories[service.repo]


def _meaning(repository: FakeRepository, asked: LookupKeys) -> NamedCommits:
    begun = [sha for sha in repository.info if asked.digits and sha.startswith(asked.digits)]
    tagged = [repository.tags[asked.tag]] if asked.tag in repository.tags else []
    return NamedCommits(tuple(dict.fromkeys((*begun, *tagged))), by_tag=bool(tagged) and not begun)
