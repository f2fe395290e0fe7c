"""The configuration as it is committed on the default branch of its own repository's remote, as last fetched."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.git.command import HASH, Git
from promote_tui.adapters.git.remotes import remote_of, remotes
from promote_tui.core.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LARGEST = 256 * 1024
_SECONDS = 10.0
_TIP_SECONDS = 5.0
_FETCH_SECONDS = 120.0
_FETCH = ("fetch", "--quiet", "--no-recurse-submodules")
_BRANCHES = ("main", "master")
_SYMBOLIC = "ref: refs/heads/"


@dataclass(frozen=True, slots=True)
class Committed:
    """`content` is None where that branch has no such file; `ref` is such as `origin/main`, on the team's `remote`."""

    ref: str
    sha: str
    content: bytes | None
    fetched_at: datetime | None
    remote: str = "origin"


@dataclass(frozen=True, slots=True)
class NotCommitted:
    """Why there is nothing to read, in words."""

    why: str


class CommittedConfig:
    """The PolicySource port, for a configuration file's path; its own work tree is only read.

    `remote` names whose branches count, the first of them that the repository has; empty for the usual one.
    """

    def __init__(self, path: Path, remote: Sequence[str] = ()) -> None:
        self._path = Path(os.path.realpath(path))
        self._remote = tuple(remote)
        self._git = Git(self._path.parent, str(path))

    def read(self) -> Committed | NotCommitted:
        """Return the committed file, or why there is none; raises GitError where git cannot tell."""
        refs = self._refs() if _in_repository(self._path.parent) else {}
        remote = self.remote()
        if remote is None:
            return NotCommitted("the configuration is in no repository with a remote")
        ref = _default(refs, remote)
        if ref is None:
            return NotCommitted(_nothing_of(remote, refs))
        return self._committed(ref, refs[ref][0], remote)

    def remote(self) -> str | None:
        """Return whose branches count; None where the file lies in no repository with a remote. Raises GitError."""
        return remotes(self._git).team(self._remote) if _in_repository(self._path.parent) else None

    def _committed(self, ref: str, sha: str, remote: str) -> Committed:
        answer = self._git.answer("cat-file", "blob", f"{sha}:./{self._path.name}", seconds=_SECONDS)
        content = answer.out if answer.code == 0 else None
        if content is None and not _missing(answer.err):
            raise self._git.failure(answer)
        if content is not None and len(content) > _LARGEST:
            raise GitError(str(self._path), f"the file on {ref} is larger than 256 KiB", "make it smaller")
        return Committed(ref, sha, content, self._fetched(), remote)

    def tip(self, ref: str) -> tuple[str, str]:
        """Return the commit on a branch such as `origin/main`, and the default branch, as the remote says now.

        The commit is empty where the branch is gone; the default is `ref` itself where the remote names none.
        Raises GitError where it cannot be asked within a few seconds.
        """
        remote = remote_of(ref, remotes(self._git).names)
        branch = ref.removeprefix(f"{remote}/")
        words = ("ls-remote", "--quiet", "--symref", "--end-of-options", remote, "HEAD", f"refs/heads/{branch}")
        answer = self._git.answer(*words, seconds=_TIP_SECONDS, online=True)
        if answer.code:
            raise self._git.failure(answer)
        rows = [line.partition("\t") for line in answer.out.decode("utf-8", "replace").splitlines()]
        shas = {name: found for found, _, name in rows if HASH.fullmatch(found)}
        heads = [found for found, _, name in rows if name == "HEAD" and found.startswith(_SYMBOLIC)]
        default = f"{remote}/{heads[0].removeprefix(_SYMBOLIC)}" if heads else ref
        return shas.get(f"refs/heads/{branch}", ""), default

    def fetch(self, ref: str) -> None:
        """Bring the branches of a ref's remote (empty: the team's) up to date, and which is its default.

        No file of the work tree is touched. Raises GitError where the remote cannot be asked.
        """
        remote = remote_of(ref, remotes(self._git).names) if ref else self.remote()
        if remote is None:
            return
        answer = self._git.answer(*_FETCH, "--end-of-options", remote, seconds=_FETCH_SECONDS, online=True)
        if answer.code:
            raise self._git.failure(answer)
        self._git.answer("remote", "set-head", remote, "--auto", seconds=_FETCH_SECONDS, online=True)

    def _refs(self) -> Mapping[str, tuple[str, str]]:
        """Return (hash, what it stands for) of each remote-tracking branch by its name, such as `origin/main`."""
        form = "%(refname:lstrip=2)%00%(objectname)%00%(symref:lstrip=2)"
        text = self._git.read("for-each-ref", f"--format={form}", "refs/remotes").decode("utf-8", "replace")
        rows = [line.split("\0") for line in text.splitlines()]
        return {name: (sha, stands) for name, sha, stands in rows}

    def _fetched(self) -> datetime | None:
        place = self._git.read("rev-parse", "--git-path", "FETCH_HEAD").decode("utf-8", "surrogateescape").strip()
        try:
            return datetime.fromtimestamp((self._path.parent / place).stat().st_mtime, UTC)
        except OSError:
            return None


def _in_repository(folder: Path) -> bool:
    """Tell whether the file can lie in a repository, without asking git."""
    return any((above / ".git").exists() for above in (folder, *folder.parents))


def _default(refs: Mapping[str, tuple[str, str]], remote: str) -> str | None:
    """Return the remote's default branch: what its HEAD stands for, else main or master."""
    head = refs.get(f"{remote}/HEAD")
    if head is not None and head[1] in refs:
        return head[1]
    return next((f"{remote}/{name}" for name in _BRANCHES if f"{remote}/{name}" in refs), None)


def _nothing_of(remote: str, refs: Mapping[str, tuple[str, str]]) -> str:
    if any(name.startswith(f"{remote}/") for name in refs):
        return f"unknown which branch of {remote} is its default: git remote set-head {remote} --auto"
    return f"the remote {remote} has no branch here: git fetch {remote}"


def _missing(words: str) -> bool:
    return "does not exist in" in words or "exists on disk, but not in" in words
