"""The log of a process that works by itself, which is its stderr: what the disk refuses there is lost, and no more."""

from __future__ import annotations

import contextlib
import sys
import traceback


def log(words: str) -> None:
    """Write a line."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{words}\n")
        sys.stderr.flush()


def log_exception() -> None:
    """Write the traceback of what is being handled."""
    with contextlib.suppress(OSError):
        traceback.print_exc()
