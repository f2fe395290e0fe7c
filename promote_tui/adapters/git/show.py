"""One commit from near: its message, the files that it changes, its patch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.adapters.git.parse import LOG_FORMAT, contents, make_commit, service_paths, text
from promote_tui.core.errors import GitError
from promote_tui.core.gates.facts import Signature, SignatureStatus
from promote_tui.core.git.commits import CommitDetail, FileDetail, Patch, is_shared
from promote_tui.core.model.pipeline import FileChange

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from promote_tui.adapters.git.command import Git
    from promote_tui.adapters.git.repository import Repository
    from promote_tui.core.model.pipeline import Service

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
MESSAGE_BYTES = 32_000
BODY_BYTES = 4_000
FILES = 300
"""More changed files than this are counted, not listed."""

_COUNT_SECONDS = 10.0
_MESSAGE = ("log", "--no-walk=unsorted", f"{LOG_FORMAT}%n%b")
_BODIES = ("log", "-z", "--no-walk=unsorted", "--format=tformat:%H%n%b", "--stdin")
_TREES = ("diff-tree", "-r", "--no-commit-id", "--no-ext-diff", "--ignore-submodules=none", "-M100%")
"""Only exact renames: others would read files, which a partial clone lacks."""

_FILES = frozenset({"100644", "100755"})
_SIGNATURES: dict[str, SignatureStatus] = {"G": "good", "B": "bad", "R": "bad", "N": "none"}
"""U, X, Y, E: good perhaps, but not known to be, expired, or with a key that is missing."""
_TOUCHED = (
    *("log", "-z", "--full-history", "--max-count=500", "--raw", "--no-renames"),
    *("--diff-merges=off", "--no-ext-diff", "--ignore-submodules=none", "--format=tformat:%H"),
)
_PATCH = (
    *("-p", "--no-color", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/", "--no-relative"),
    "--inter-hunk-context=0",
)


def changed_files(git: Git, base: str | None, head: str, paths: Sequence[str]) -> tuple[FileChange, ...]:
    """Return the files at these paths that differ from `base` (None: the empty tree) to `head`."""
    return _changes(git.read(*_TREES, "-z", "--name-status", base or EMPTY_TREE, head, "--", *paths))


def _changes(out: bytes) -> tuple[FileChange, ...]:
    """Read `status NUL path NUL`; a rename or copy has the old path before the new one."""
    words = iter(text(out).split("\0")[:-1])
    found = []
    for status in words:
        if status[0] in "RC":
            next(words)
        found.append(FileChange(status[0], next(words)))
    return tuple(found)


def detail(repository: Repository, service: Service, sha: str) -> CommitDetail:
    """Return a known commit with the beginning of its message and its files, compared with its first parent."""
    git = repository.git
    raw, _ = git.beginning(*_MESSAGE, "--end-of-options", sha, limit=MESSAGE_BYTES)
    _, parents, at, author, subject, body = (*text(raw).split("\n", 5), *[""] * 5)[:6]
    commit = make_commit(sha, parents, at, author, subject)
    if sha in repository.boundary:
        return CommitDetail(commit, body.strip(), None, (), 0, edge=True)
    base = commit.parents[0] if commit.parents else None
    paths = service_paths(service)
    changes = changed_files(git, base, sha, paths)
    counts = _counts(git, base, sha, paths) if len(changes) <= FILES else {}
    files = tuple(_file(service, change, counts) for change in changes[:FILES])
    return CommitDetail(commit, body.strip(), base, files, len(changes))


def bodies(git: Git, shas: Sequence[str]) -> Mapping[str, str]:
    """Return the beginnings of the bodies of known commits' messages."""
    records = git.read(*_BODIES, lines=shas).split(b"\0")[:-1]
    found = (record.partition(b"\n") for record in records)
    return {text(sha): text(body[:BODY_BYTES]).strip() for sha, _, body in found}


def _file(service: Service, change: FileChange, counts: Mapping[str, tuple[int | None, int | None]]) -> FileDetail:
    added, deleted = counts.get(change.path, (None, None))
    return FileDetail(change.status, change.path, added, deleted, is_shared(service, change.path))


def _counts(git: Git, base: str | None, head: str, paths: Sequence[str]) -> Mapping[str, tuple[int | None, int | None]]:
    """Return the added and deleted lines by path; none where a partial clone lacks the files, or it takes long."""
    answer = None
    words = (*_TREES, "-z", "--numstat", base or EMPTY_TREE, head, "--", *paths)
    try:
        answer = git.answer(*words, seconds=_COUNT_SECONDS)
    except GitError:
        return {}
    return _numbers(answer.out) if not answer.code else {}


def _numbers(out: bytes) -> dict[str, tuple[int | None, int | None]]:
    """Read `added TAB deleted TAB path NUL`; a rename has an empty path, then the old and the new one."""
    words = iter(text(out).split("\0")[:-1])
    found = {}
    for row in words:
        added, deleted, path = row.split("\t", 2)
        if not path:
            next(words)
            path = next(words)
        found[path] = (_number(added), _number(deleted))
    return found


def _number(word: str) -> int | None:
    return int(word) if word.isdecimal() else None


def patch(repository: Repository, base: str | None, head: str, paths: Sequence[str], limit: int) -> Patch:
    """Return the unified diff at these paths, at most `limit` bytes of whole lines."""
    words = (*_TREES, *_PATCH, base or EMPTY_TREE, head, "--", *paths)
    raw, cut = repository.git.beginning(*words, limit=limit)
    if cut and b"\n" in raw:
        raw = raw[: raw.rindex(b"\n") + 1]
    return Patch(text(raw), cut)


def contained_commits(git: Git, head: str, shas: Sequence[str]) -> frozenset[str]:
    """Return those of the known commits that are `head` or before it."""
    found = set()
    for sha in shas:
        answer = git.answer("merge-base", "--is-ancestor", sha, head)
        if answer.code not in {0, 1}:
            raise git.failure(answer)
        if not answer.code:
            found.add(sha)
    return frozenset(found)


def touched_paths(
    repository: Repository, base: str | None, head: str, paths: Sequence[str]
) -> Mapping[str, tuple[str, ...]]:
    """Return which commits that `head` has and `base` lacks changed each file at these paths, newest first.

    Of a commit at the edge of a shallow clone that is not known.
    """
    reach = (head,) if base is None else (head, f"^{base}")
    found: dict[str, list[str]] = {}
    sha, words = "", iter(text(repository.git.read(*_TOUCHED, *reach, "--", *paths)).split("\0")[:-1])
    for word in words:
        if not word.startswith((":", "\n:")):
            sha = word
            continue
        path = next(words)  # by its place: a file may be named like a hash
        if sha not in repository.boundary:
            found.setdefault(path, []).append(sha)
    return {path: tuple(shas) for path, shas in found.items()}


def signature(git: Git, sha: str) -> Signature:
    """Return what git says of a known commit's signature; see `%G?` in git's "pretty formats"."""
    answer = git.answer("log", "--no-walk", "--format=tformat:%G?%x00%GS%x00%GK", sha)
    if answer.code:
        return Signature("none", problem=" ".join(answer.err.split()) or "git could not check the signature")
    status, signer, key = (*text(answer.out).rstrip("\n").split("\0"), "", "", "")[:3]
    return Signature(_SIGNATURES.get(status, "unknown"), signer or key)


def blobs(git: Git, sha: str, paths: Collection[str], limit: int) -> Mapping[str, str]:
    """Return those of the files that a known commit has, without links and what is larger than `limit` bytes."""
    asked = [path for path in dict.fromkeys(paths) if _is_inside(path)]
    rows = text(git.read("ls-tree", "-lz", "--full-tree", sha, "--", *asked)).split("\0")[:-1] if asked else []
    ids: dict[str, str] = {}
    for row in rows:
        (mode, _, its, size), path = row.partition("\t")[0].split(), row.partition("\t")[2]
        if path in asked and mode in _FILES and size.isdecimal() and int(size) <= limit:
            ids[path] = its
    return dict(zip(ids, map(text, contents(git, [*ids.values()])), strict=True))


def _is_inside(path: str) -> bool:
    return bool(path) and not path.startswith("/") and not {"", ".", ".."} & {*path.split("/")} and "\0" not in path
