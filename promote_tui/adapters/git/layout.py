"""What git says of a repository as such, asked once as long as the files stay as they are that it reads for it.

Whoever looks at a commit opens its repository a dozen times, and each time would start git twice.
"""

from __future__ import annotations

import functools
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from promote_tui.adapters.git.remotes import Remotes, remotes

if TYPE_CHECKING:
    from promote_tui.adapters.git.command import Git

PARTS = (".", ".git/.", ".git/HEAD", ".git/config", ".git/objects/.", ".git/refs/.")
"""What git has to read before it knows a repository; a folder is read and entered."""

_FACTS = (
    "rev-parse",
    "--show-object-format",
    "--is-shallow-repository",
    "--git-path",
    "objects",
    "--git-path",
    "shallow",
    "--show-prefix",
)
_MAYBE = (".git/config.worktree", ".git/commondir", ".git/shallow")
_LONGEST_SECONDS = 60
"""After which git is asked anyway: settings of the whole machine are not looked at."""

_Stamp: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a repository's parts are, as git words it, and its remotes; `prefix` is where in it we look."""

    form: str
    is_shallow: bool
    objects: str
    shallow: str
    prefix: str
    remotes: Remotes


def read_layout(git: Git) -> Layout:
    """Return the layout of the repository in git's folder; raises GitError."""
    stamp = _stamp(git.folder)
    kept = _ask_once(git, stamp) if stamp else None
    return kept if kept and not kept.remotes.has_includes else _ask(git)


@functools.lru_cache(maxsize=256)
def _ask_once(git: Git, _stamp: _Stamp) -> Layout:
    return _ask(git)


def _ask(git: Git) -> Layout:
    text = git.read(*_FACTS).decode("utf-8", "surrogateescape")
    form, is_shallow, objects, shallow, prefix, *_ = (*text.split("\n"), "")
    return Layout(form, is_shallow == "true", objects, shallow, prefix, remotes(git))


def _stamp(folder: Path) -> _Stamp | None:
    """Return what changes with the answers; None where something else may change them, as in a linked work tree."""
    try:
        parts = [_seen(f"{folder}/{part}") for part in PARTS]
    except OSError:
        return None
    given = tuple((name, value) for name, value in os.environ.items() if name.startswith("GIT_"))
    others = (*(f"{folder}/{part}" for part in _MAYBE), *_own_settings())
    return (*parts, *map(_seen_if_there, others), given, int(time.monotonic() / _LONGEST_SECONDS))


def _own_settings() -> tuple[str, ...]:
    """Return the files of the user's own settings."""
    home = os.environ.get("HOME", "")
    configs = os.environ.get("XDG_CONFIG_HOME") or f"{home}/.config"
    return (os.environ.get("GIT_CONFIG_GLOBAL") or f"{home}/.gitconfig", f"{configs}/git/config")


def _seen(path: str) -> tuple[int, ...]:
    found = Path(path).stat()
    return found.st_dev, found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _seen_if_there(path: str) -> tuple[int, ...] | None:
    try:
        return _seen(path)
    except OSError:
        return None
