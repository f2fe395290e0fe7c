"""The kernel's half of a lock: `flock` on a file for each key, gone with the process that holds it.

A free file says that the process is gone, no more. Files are never deleted: somebody may be waiting
for the very one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.ports import Clock

_TRIES = 10
_PAUSE = 0.02  # a look at a lock holds it for microseconds, a dying process for milliseconds


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


def _locked(path: Path, how: int) -> int | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _is_at(descriptor: int, path: Path) -> bool:
    # Somebody may have deleted the file since it was opened; a lock on a nameless file excludes nobody.
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
