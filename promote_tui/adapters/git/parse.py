"""Reading commits and trees out of what git prints."""

from __future__ import annotations

import hashlib
import posixpath
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from promote_tui.adapters.git.command import HASH
from promote_tui.core.errors import GitError
from promote_tui.core.model.pipeline import Commit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from promote_tui.adapters.git.command import Git
    from promote_tui.core.model.pipeline import Service

SUBJECT_COLUMNS = 300
LOG_FORMAT = f"--format=tformat:%H%n%P%n%at%n%an%n%<({SUBJECT_COLUMNS},trunc)%s"
"""One commit; records end with NUL (-z). The subject is cut by git: it can be megabytes long."""

Paths: TypeAlias = tuple[str, ...]

_EARLIEST, _LATEST = -62135596800, 253402300799
_BATCH = ("cat-file", "--batch-check=%(objectname)")
_HEADER = 3
"""Words before a content: `id SP type SP size LF contents LF`; `id SP missing LF` where there is none."""


def is_hash(text: str) -> bool:
    """Tell whether a text may go to git as a commit: 40 hex digits and nothing else."""
    return HASH.fullmatch(text) is not None


def parse_log(out: bytes) -> tuple[Commit, ...]:
    """Return the commits of a `log -z` with LOG_FORMAT."""
    return tuple(_commit(record) for record in out.split(b"\0") if record)


def parse_identity(ident: str) -> tuple[str, ...]:
    """Return the name and the address of `Ana <ana@example.com> 1700000000 +0100`; those that are empty left out."""
    name, _, rest = ident.partition(" <")
    return tuple(part.strip() for part in (name, rest.partition(">")[0]) if part.strip())


def _commit(record: bytes) -> Commit:
    sha, parents, at, author, subject = text(record).split("\n", 4)
    return make_commit(sha, parents, at, author, subject)


def make_commit(sha: str, parents: str, at: str, author: str, subject: str) -> Commit:
    """Return a commit of what git printed for its fields."""
    return Commit(sha, subject.rstrip()[:SUBJECT_COLUMNS], author[:SUBJECT_COLUMNS], moment(at), tuple(parents.split()))


def moment(seconds: str) -> datetime:
    """Return the time; what no calendar holds becomes its first or last day."""
    try:
        return datetime.fromtimestamp(min(max(int(seconds), _EARLIEST), _LATEST), UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)


def text(raw: bytes) -> str:
    """Return text for people; what is not UTF-8 becomes replacement characters."""
    return raw.decode("utf-8", "replace")


def service_paths(service: Service) -> Paths:
    """Return the service's folders as git wants them: relative to the root, `.` for the root itself."""
    paths = tuple(dict.fromkeys(posixpath.normpath(path) for path in service.paths))
    for path in paths:
        if path.startswith(("/", "../")) or path == ".." or "\n" in path:
            raise GitError(service.name, f"the path {path!r} is not inside the repository", "correct it in the config")
    return (".",) if "." in paths else paths


def objects(git: Git, names: Sequence[str]) -> tuple[str | None, ...]:
    """Return the object id of each name, in order; None where there is none, or more than one."""
    if not names:
        return ()
    rows = git.read(*_BATCH, lines=names).decode("utf-8", "surrogateescape").split("\n")[:-1]
    return tuple(row if is_hash(row) else None for row in rows)


def contents(git: Git, ids: Sequence[str]) -> Iterator[bytes]:
    """Yield the content of each object; raises GitError where one is missing."""
    out, at = git.read("cat-file", "--batch", lines=ids) if ids else b"", 0
    while at < len(out):
        begin = out.index(b"\n", at) + 1
        words = out[at:begin].split()
        if len(words) < _HEADER:
            raise GitError(git.subject, "an object of the commit is missing", "clone it again without --filter")
        yield out[begin : begin + int(words[2])]
        at = begin + int(words[2]) + 1


def trees(git: Git, wanted: Iterable[tuple[Paths, str]]) -> Mapping[tuple[Paths, str], str]:
    """Return a digest of what is at the paths of each commit, in one call; unknown commits are left out."""
    asked = [(paths, sha) for paths, sha in dict.fromkeys(wanted) if is_hash(sha)]
    found = iter(objects(git, [name for paths, sha in asked for name in _names(paths, sha)]))
    return {
        (paths, sha): tree
        for (paths, sha), tree in [((paths, sha), _tree(paths, sha, found)) for paths, sha in asked]
        if tree
    }


def _names(paths: Paths, sha: str) -> tuple[str, ...]:
    return (f"{sha}^{{commit}}", *(f"{sha}:{'' if path == '.' else path}" for path in paths))


def _tree(paths: Paths, sha: str, found: Iterator[str | None]) -> str | None:
    commit = next(found)
    ids = [f"{path}\0{next(found) or '-'}" for path in paths]
    return hashlib.sha256("\n".join(ids).encode("utf-8", "surrogateescape")).hexdigest() if commit == sha else None
