"""Folders of our own below the cache: private, and never reached through a planted link."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from typing import TYPE_CHECKING

from promote_tui.core.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def make_private_folder(root: Path, *names: str) -> Path:
    """Return the folder `names` below `root`, made where it is missing, each level 0700 and ours.

    Raises GitError where something else stands in its place.
    """
    folder = root
    with translate_os_errors(root):
        root.parent.mkdir(parents=True, exist_ok=True)
        _own(root, follow=True)
        for name in names:
            folder /= name
            _own(folder, follow=False)
    return folder


def _own(folder: Path, *, follow: bool) -> None:
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.stat() if follow else folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise GitError(str(folder), "this folder is not yours", "remove it; it is created again when needed")
    if stat.S_IMODE(found.st_mode) != stat.S_IRWXU:
        folder.chmod(stat.S_IRWXU)


def remove(path: Path) -> None:
    """Remove a folder, a file or a link, whatever it is; a link's target is left alone. Raises GitError."""
    with translate_os_errors(path):
        if path.is_symlink() or not path.is_dir():
            path.unlink(missing_ok=True)
        else:
            shutil.rmtree(path)


@contextlib.contextmanager
def translate_os_errors(path: Path) -> Iterator[None]:
    """Turn what the file system refuses into a GitError about `path`."""
    try:
        yield
    except OSError as problem:
        raise GitError(
            str(path), problem.strerror or str(problem), "check its permissions and the free disk space"
        ) from problem
