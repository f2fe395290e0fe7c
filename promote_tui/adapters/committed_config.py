"""The configuration as it is committed on the default branch of its own repository's remote, as last fetched."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.git_process import HASH, Git
from promote_tui.core.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST = 256 * 1024
_SECONDS = 10.0
_TIP_SECONDS = 5.0
_BRANCHES = ("main", "master")
_SYMBOLIC = "ref: refs/heads/"


@dataclass(frozen=True, slots=True)
class Committed:
    """`content` is None where that branch has no such file; `ref` is such as `origin/main`."""

    ref: str
    sha: str
    content: bytes | None
    fetched_at: datetime | None


class CommittedConfig:
    """The PolicySource port, for a configuration file's path; its own work tree is only read."""

    def __init__(self, path: Path) -> None:
        self._path = Path(os.path.realpath(path))
        self._git = Git(self._path.parent, str(path))

    def read(self) -> Committed | None:
        """Return the committed file; None where it lies in no repository with a remote that was fetched.

        Raises GitError where git cannot tell.
        """
        if not _in_repository(self._path.parent):
            return None
        refs = self._refs()
        ref = _default(refs)
        if ref is None:
            return None
        sha = refs[ref][0]
        answer = self._git.answer("cat-file", "blob", f"{sha}:./{self._path.name}", seconds=_SECONDS)
        content = answer.out if answer.code == 0 else None
        if content is None and not _missing(answer.err):
            raise self._git.failure(answer)
        if content is not None and len(content) > _LARGEST:
            raise GitError(str(self._path), f"the file on {ref} is larger than 256 KiB", "make it smaller")
        return Committed(ref, sha, content, self._fetched())

    def tip(self, ref: str) -> tuple[str, str]:
        """Return the commit on a branch such as `origin/main`, and the default branch, as the remote says now.

        The commit is empty where the branch is gone; the default is `ref` itself where the remote names none.
        Raises GitError where it cannot be asked within a few seconds.
        """
        remote, _, branch = ref.partition("/")
        words = ("ls-remote", "--quiet", "--symref", "--end-of-options", remote, "HEAD", f"refs/heads/{branch}")
        answer = self._git.answer(*words, seconds=_TIP_SECONDS, online=True)
        if answer.code:
            raise self._git.failure(answer)
        rows = [line.partition("\t") for line in answer.out.decode("utf-8", "replace").splitlines()]
        shas = {name: found for found, _, name in rows if HASH.fullmatch(found)}
        heads = [found for found, _, name in rows if name == "HEAD" and found.startswith(_SYMBOLIC)]
        default = f"{remote}/{heads[0].removeprefix(_SYMBOLIC)}" if heads else ref
        return shas.get(f"refs/heads/{branch}", ""), default

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
    """Tell, without git, whether it is worth while to ask git."""
    return any((above / ".git").exists() for above in (folder, *folder.parents))


def _default(refs: Mapping[str, tuple[str, str]]) -> str | None:
    """Return the remote's default branch: what its HEAD stands for, else main or master; origin before all others."""
    remotes = sorted({name.partition("/")[0] for name in refs}, key=lambda name: (name != "origin", name))
    for remote in remotes[:1]:
        head = refs.get(f"{remote}/HEAD")
        if head is not None and head[1] in refs:
            return head[1]
        return next((f"{remote}/{name}" for name in _BRANCHES if f"{remote}/{name}" in refs), None)
    return None


def _missing(words: str) -> bool:
    return "does not exist in" in words or "exists on disk, but not in" in words
