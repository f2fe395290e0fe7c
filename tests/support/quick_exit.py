"""Ending a forked process without taking Python apart: that frees everything imported, which takes 50 ms."""

from __future__ import annotations

import atexit
import os
import sys
from contextlib import suppress


class QuickExit:
    """Ends the process with the code that it was given, once threads have ended and others were told of the end.

    Without a code, or where its last words cannot be written, Python ends as ever.
    """

    def __init__(self) -> None:
        self._code: int | None = None
        atexit.register(self._leave)

    def with_code(self, code: int) -> int:
        """End with this code once Python would end; return it."""
        self._code = code
        return code

    def _leave(self) -> None:
        if self._code is not None:
            with suppress(OSError, ValueError):
                for stream in (sys.stdout, sys.stderr):
                    stream.flush()
                os._exit(self._code)
