"""What others see of a forked process: the command line and the environment with which it would have been started.

`/proc` shows the memory in which the first process of the family got its own; there has to be room.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_BYTES = 1 << 15
_ADDRESSES = slice(45, 49)
"""Of the fields behind the name in `/proc/PID/stat`: where arguments begin and end, where the environment does."""

SPARE_ARGUMENT = "-" * _BYTES
SPARE_ENVIRONMENT = {"SPARE": SPARE_ARGUMENT}
"""What the first process of the family is started with."""


def show_as(argv: Sequence[str], environment: Mapping[str, str]) -> None:
    """Let `/proc` tell of this process what it would of one that was started so.

    Nothing else may look into that memory any more: `os.environ` was filled anew.
    """
    fields = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    begin, end, first, last = (int(field) for field in fields[_ADDRESSES])
    _write(begin, end, argv)
    _write(first, last, (f"{name}={value}" for name, value in environment.items()))


def _write(begin: int, end: int, words: Iterable[str]) -> None:
    found = b"".join(os.fsencode(word) + b"\0" for word in words)
    assert len(found) < end - begin, "no room"
    ctypes.memmove(begin, found.ljust(end - begin, b"\0"), end - begin)
