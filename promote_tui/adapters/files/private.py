"""Folders and locks of our own below the cache: private, and never reached through a planted link."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
import time
from typing import TYPE_CHECKING

from promote_tui.core.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_LOCK_SECONDS = 30.0
_POLL_SECONDS = 0.01
_SAY_SECONDS = 1.0


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


@contextlib.contextmanager
def hold_lock(file: Path, seconds: float = _LOCK_SECONDS) -> Iterator[None]:
    """Hold the lock `file` against every other thread and process; raises GitError after `seconds`."""
    with translate_os_errors(file):
        fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        _wait(fd, file, time.monotonic() + seconds)
        yield
    finally:
        os.close(fd)


def _wait(fd: int, file: Path, deadline: float) -> None:
    _wait_for(fd, deadline)
    if not _taken(fd):
        raise GitError(str(file), "another promote-tui is busy here", "retry when it is done")


@contextlib.contextmanager
def hold_lock_patiently(file: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold the lock `file` for as long as it takes; `on_wait` is called about every second of waiting, and may raise.

    Raises GitError where the file cannot be opened. The lock ends with the process.
    """
    with translate_os_errors(file):
        fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        while not _taken(fd):
            on_wait()
            _wait_for(fd, time.monotonic() + _SAY_SECONDS)
        yield
    finally:
        os.close(fd)


def _wait_for(fd: int, until: float) -> None:
    """Take the lock as soon as it is free, or return when the time is over."""
    while not _taken(fd) and time.monotonic() < until:
        time.sleep(_POLL_SECONDS)


def _taken(fd: int) -> bool:
    """Try to take the lock, which is no trouble where it is taken by us already."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


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
