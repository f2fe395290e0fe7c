"""Files that only the user can read: made anew, or written whole or not at all."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def create_private(path: Path) -> int:
    """Return a descriptor that writes to a new file; raises OSError where something is there, also a link."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)


def write_private(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Write a file whole or not at all, in place of what is there; raises OSError.

    What is `durable` is on the disk before it takes its place, so that a loss of power leaves it whole as well.
    """
    aside = path.with_name(f"{path.name}.{os.urandom(4).hex()}.new")
    try:
        with os.fdopen(create_private(aside), "wb") as out:
            out.write(content)
            if durable:
                out.flush()
                os.fsync(out.fileno())
        aside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise
