"""Finding a service's repository: the user's folder, or our mirror of a URL."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.files import locks, private
from promote_tui.adapters.git.command import Git, GitAnswer, complaint
from promote_tui.adapters.git.repository import Repository, look_at
from promote_tui.core.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Sequence

FETCH_SECONDS = 120.0

_REMOTE = "origin"
_HEADS = f"refs/remotes/{_REMOTE}/"
_REFSPECS = (f"+refs/heads/*:{_HEADS}*", "+refs/tags/*:refs/tags/*")
_SYMBOLIC = re.compile(r"^ref: refs/heads/(\S+)\tHEAD$", re.MULTILINE)
_HALF = re.compile(r"[0-9a-f]{16}\.[0-9a-f]{8}")
_USER_INFO = re.compile(r"(?<=://)[^/@]*@")


def is_url(repo: str) -> bool:
    """Tell whether a service's `repo` is to be mirrored; every path in a pipeline is absolute."""
    return not Path(repo).is_absolute()


def label(repo: str) -> str:
    """Return what messages call a repository: its path, or its URL without what may be a password."""
    return _USER_INFO.sub("", repo)


def digest(repo: str) -> str:
    """Return the name of what the cache keeps for a repository."""
    return hashlib.sha256(repo.encode("utf-8", "surrogateescape")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Repositories:
    """Opens repositories; mirrors are in `cache/mirrors` and are made on first need."""

    cache: Path
    fetch_seconds: float = FETCH_SECONDS

    def open(self, repo: str, remote: Sequence[str] = ()) -> Repository:
        """Return the repository, which is only ever read; raises GitError.

        `remote` names whose branches count in a folder of the user's: the first of them that it has.
        """
        if not is_url(repo):
            return look_at(Git(Path(repo), label(repo)), remote)
        self._create(repo)
        found = look_at(Git(self._mirror(repo), label(repo)))
        return replace(found, remote=_REMOTE, heads=_HEADS)

    def fetch(self, repo: str) -> None:
        """Bring a mirror up to date, and leave a folder of the user's alone; raises GitError."""
        if not is_url(repo):
            return
        if not self._create(repo):
            with locks.hold_lock(self._lock(repo), self.fetch_seconds):
                self._fetch(repo, self._mirror(repo))

    def fetch_own(self, repo: str, remote: Sequence[str] = ()) -> None:
        """Bring the branches of the remote of a user's folder up to date; no file is touched. Raises GitError."""
        found = self.open(repo, remote)
        if found.remote is None or not found.tracks:
            return
        words = ("fetch", "--quiet", "--prune", "--no-recurse-submodules", "--end-of-options", found.remote)
        answer = found.git.answer(*words, seconds=self.fetch_seconds, online=True)
        if answer.code:
            raise GitError(label(repo), f"git fetch failed: {_cause(answer, repo)}", "check the remote and your access")

    def prune(self) -> int:
        """Remove what fetches that were killed left half made; return how many."""
        folder = self.cache / "mirrors"
        half = [path for path in folder.iterdir() if _HALF.fullmatch(path.name)] if folder.is_dir() else []
        return sum(self._removed(path) for path in half)

    def _removed(self, half: Path) -> bool:
        """Remove it unless the fetch was only still at work."""
        with locks.hold_lock(half.with_suffix(".lock"), self.fetch_seconds):
            left = half.exists()
            private.remove(half)
        return left

    def _mirror(self, repo: str) -> Path:
        return private.make_private_folder(self.cache, "mirrors") / digest(repo)

    def _lock(self, repo: str) -> Path:
        return self._mirror(repo).with_suffix(".lock")

    def _create(self, repo: str) -> bool:
        """Make the mirror where it is missing, and tell whether it was."""
        mirror = self._mirror(repo)
        if _is_folder(mirror):
            return False
        with locks.hold_lock(self._lock(repo), self.fetch_seconds):
            if _is_folder(mirror):
                return False
            private.remove(mirror)
            self._build(repo, mirror)
            return True

    def _build(self, repo: str, mirror: Path) -> None:
        """Make it under another name first: what was never fetched is never seen as a mirror."""
        fresh = private.make_private_folder(mirror.parent, f"{mirror.name}.{secrets.token_hex(4)}")
        try:
            Git(fresh, label(repo)).read("init", "--quiet", "--bare", "--template=", "--initial-branch=main")
            self._fetch(repo, fresh)
            with private.translate_os_errors(mirror):
                fresh.rename(mirror)
        finally:
            private.remove(fresh)

    def _fetch(self, repo: str, mirror: Path) -> None:
        if repo.startswith("-"):
            raise GitError(label(repo), "a URL cannot begin with a dash", "correct `repo` in the config")
        words = ("fetch", "--quiet", "--prune", "--no-write-fetch-head", "--no-recurse-submodules", "--no-tags")
        answer = Git(mirror, label(repo)).answer(
            *words, "--end-of-options", repo, *_REFSPECS, seconds=self.fetch_seconds, online=True
        )
        if answer.code:
            raise GitError(label(repo), f"git fetch failed: {_cause(answer, repo)}", "check the URL and your access")
        self._note_default(repo, mirror)

    def _note_default(self, repo: str, mirror: Path) -> None:
        """Write down which branch the remote calls its default; where it does not say, what is known stays."""
        git = Git(mirror, label(repo))
        words = ("ls-remote", "--quiet", "--symref", "--end-of-options", repo, "HEAD")
        answer = git.answer(*words, seconds=self.fetch_seconds, online=True)
        found = _SYMBOLIC.search(answer.out.decode("utf-8", "surrogateescape")) if not answer.code else None
        if found:
            git.answer("symbolic-ref", f"{_HEADS}HEAD", f"{_HEADS}{found[1]}")


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _cause(answer: GitAnswer, repo: str) -> str:
    said = complaint(label(answer.err.replace(repo, label(repo))), "fatal:", "error:", "remote:", "ssh:")
    return said or f"exit code {answer.code}"
