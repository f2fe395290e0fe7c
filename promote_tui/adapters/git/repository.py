"""One repository as it stands on disk: where its objects are, what it lacks, which remote speaks for it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.git.command import HASH, Git
from promote_tui.adapters.git.layout import PARTS, Layout, read_layout
from promote_tui.adapters.git.remotes import LOCAL, default_of, has_any
from promote_tui.core.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository that can be read now.

    `boundary` are the commits whose parents a shallow clone lacks. `remote` is the team's, None where
    there is none. `heads` is the prefix of the refs that are the branches here: the remote's as they were
    fetched; the repository's own where it has no remote, and in a bare clone, which has no others. `mirrors`:
    its own are made like the remote's by a fetch.
    """

    git: Git
    objects: Path
    boundary: frozenset[str]
    remote: str | None
    heads: str
    bare: bool = False
    mirrors: bool = False

    @property
    def tracks(self) -> bool:
        """Whether the branches are the remote's, as it was fetched last."""
        return self.remote is not None and (self.heads != LOCAL or self.mirrors)

    @property
    def fetch(self) -> str:
        """The command that brings the branches up to date."""
        return f"git fetch {self.remote}" if self.remote else "git fetch"

    def default_branch(self) -> str | None:
        """Return the branch that the remote (a bare repository: itself) calls its default; None where nobody does.

        The HEAD of a repository with a work tree is whatever somebody has checked out.
        """
        if self.heads == LOCAL and not self.bare:
            return None
        return default_of(self.git, self.heads)

    def demand_branches(self) -> None:
        """Raise GitError where nothing of the remote is here: that is no lack of commits."""
        if self.heads == LOCAL or has_any(self.git, self.heads):
            return
        cause = f"its remote {self.remote} has no branch here: never fetched, or empty"
        raise GitError(self.git.subject, cause, f"run `{self.fetch}` in {self.git.folder}")


def look_at(git: Git, wanted: Sequence[str] = ()) -> Repository:
    """Return the repository in git's folder, its remote the first wanted one that there is, else the usual one.

    Raises GitError where there is no repository, or not one that we can read.
    """
    _demand_folder(git)
    layout = _layout(git)
    if layout.prefix:
        raise GitError(
            git.subject,
            f"it is the folder {layout.prefix.rstrip('/')} of a repository, not its root",
            "name the root in `repo` and the folder in `path`",
        )
    if layout.form != "sha1":
        cause = f"its {layout.form} object names are not supported yet"
        raise GitError(git.subject, cause, "use a repository with SHA-1")
    boundary = _boundary(git.folder / layout.shallow) if layout.is_shallow else frozenset()
    known = layout.remotes
    remote = known.team(wanted)
    heads = LOCAL if remote is None or known.own(remote) else f"refs/remotes/{remote}/"
    mirrors = remote is not None and heads == LOCAL and known.mirrors(remote)
    return Repository(git, git.folder / layout.objects, boundary, remote, heads, known.bare, mirrors)


def _demand_folder(git: Git) -> None:
    try:
        if git.folder.is_dir():
            return
    except OSError as problem:
        raise _unreadable(git, "it", git.folder, problem) from problem
    raise GitError(
        git.subject, "the folder does not exist", f"correct `repo` in the config, or clone it to {git.folder}"
    )


def _layout(git: Git) -> Layout:
    try:
        return read_layout(git)
    except GitError:
        _demand_readable(git)
        raise


def _demand_readable(git: Git) -> None:
    """Raise GitError for what we may not read: for git, what it may not read is no repository."""
    for name in PARTS:
        try:
            os.close(os.open(f"{git.folder}/{name}", os.O_RDONLY))
        except PermissionError as problem:
            path = git.folder / name
            raise _unreadable(git, "it" if path == git.folder else str(path), path, problem) from problem
        except OSError:
            continue  # it is not there, or no folder: git's own words say what is wrong


def _unreadable(git: Git, what: str, path: Path, problem: OSError) -> GitError:
    reason = (problem.strerror or str(problem)).lower()
    return GitError(git.subject, f"{what} cannot be read: {reason}", f"make {path} readable for you")


def _boundary(file: Path) -> frozenset[str]:
    try:
        return frozenset(HASH.findall(file.read_text("ascii", "replace")))
    except FileNotFoundError:
        return frozenset()
