"""The kernel's locks: `flock` on a file, gone with the process that holds it.

A ledger takes one for each key (`try_lock`): a free file says that the process is gone, no more. What is ours
below the cache is held for as long as something is done to it (`hold_lock`). Files are never deleted: somebody
may be waiting for the very one.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import time
from typing import TYPE_CHECKING

from promote_tui.adapters.files.private import translate_os_errors
from promote_tui.core.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from promote_tui.ports import Clock

_TRIES = 10
_PAUSE = 0.02  # a look at a lock holds it for microseconds, a dying process for milliseconds
_LOCK_SECONDS = 30.0
_POLL_SECONDS = 0.01
_SAY_SECONDS = 1.0


def lock_file(folder: Path, key: str) -> Path:
    """Return where the lock of a key is taken."""
    return folder / "locks" / f"{hashlib.sha256(key.encode()).hexdigest()}.lock"


def try_lock(path: Path, clock: Clock) -> int | None:
    """Return a descriptor that holds the lock until it is closed, or None where another one holds it."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    for attempt in range(_TRIES):
        if attempt:
            clock.sleep(_PAUSE)
        descriptor = _locked(path, fcntl.LOCK_EX)
        if descriptor is not None and _is_at(descriptor, path):
            return descriptor
        unlock(descriptor)
    return None


def is_taken(path: Path) -> bool:
    """Tell whether some process holds the lock; looking does not take it from anybody."""
    if not path.exists():
        return False
    descriptor = _locked(path, fcntl.LOCK_SH)
    unlock(descriptor)
    return descriptor is None


def unlock(descriptor: int | None) -> None:
    """Give the lock back to the kernel."""
    if descriptor is not None:
        os.close(descriptor)


@contextlib.contextmanager
def unlock_on_error(descriptor: int) -> Iterator[None]:
    """Give the lock back where the block does not end well; else it stays held."""
    try:
        yield
    except BaseException:
        unlock(descriptor)
        raise


@contextlib.contextmanager
def hold_lock(file: Path, seconds: float = _LOCK_SECONDS) -> Iterator[None]:
    """Hold the lock `file` against every other thread and process; raises GitError after `seconds`."""
    with _opened(file) as descriptor:
        if not _take_by(descriptor, time.monotonic() + seconds):
            raise GitError(str(file), "another promote-tui is busy here", "retry when it is done")
        yield


@contextlib.contextmanager
def hold_lock_patiently(file: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold the lock `file` for as long as it takes; `on_wait` is called about every second of waiting, and may raise.

    Raises GitError where the file cannot be opened. The lock ends with the process.
    """
    with _opened(file) as descriptor:
        while not _take(descriptor):
            on_wait()
            if _take_by(descriptor, time.monotonic() + _SAY_SECONDS):
                break
        yield


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[int]:
    with translate_os_errors(file):
        descriptor = _open(file)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _take_by(descriptor: int, deadline: float) -> bool:
    """Take the lock as soon as it is free; return False where it is not, until the deadline."""
    while not _take(descriptor):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _locked(path: Path, how: int) -> int | None:
    descriptor = _open(path)
    try:
        taken = _take(descriptor, how)
    except OSError:
        os.close(descriptor)
        raise
    if taken:
        return descriptor
    os.close(descriptor)
    return None


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def _take(descriptor: int, how: int = fcntl.LOCK_EX) -> bool:
    """Try to take the lock; False where another one holds it."""
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    # Somebody may have deleted the file since it was opened; a lock on a nameless file excludes nobody.
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
