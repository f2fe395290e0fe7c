"""A real pseudo-terminal with the program in it, read through a terminal emulator."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

import pexpect
import pyte

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

KEYS = {
    "enter": "\r",
    "esc": "\x1b",
    "tab": "\t",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "ctrl+c": "\x03",
    "ctrl+x": "\x18",
    "space": " ",
}


class Terminal:
    """A program in a pty of a given size; what it draws is what `lines` returns."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        columns: int = 80,
        rows: int = 24,
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.raw = bytearray()
        self._escaped = False
        self._stream = pyte.ByteStream(self.screen)
        self._child: Any = pexpect.spawn(
            argv[0],
            list(argv[1:]),
            env={**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor", "TEXTUAL_ANIMATIONS": "none"},
            cwd=str(folder),
            dimensions=(rows, columns),
            timeout=None,
        )

    @property
    def pid(self) -> int:
        """The program's process."""
        pid: int = self._child.pid
        return pid

    @property
    def lines(self) -> list[str]:
        """What stands on the screen now, without trailing blanks."""
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        """What stands on the screen now, as one text."""
        return "\n".join(self.lines)

    def press(self, *keys: str) -> None:
        """Press keys by name, or type text; what escape does has to be seen before the next key.

        A terminal tells an escape from the beginning of another key by nothing but the time between them.
        """
        for key in keys:
            assert not self._escaped, f"wait for what escape does before {key!r}"
            self._escaped = key == "esc"
            self._child.send(KEYS.get(key, key))

    def wait_for(self, *wanted: str, seconds: float = 180.0) -> str:
        """Read until all these texts stand on the screen, and return it; fails with the screen after a time."""
        return self.wait(lambda screen: all(text in screen for text in wanted), f"{wanted}", seconds)

    def wait(self, true: Callable[[str], bool], what: str, seconds: float = 180.0) -> str:
        """Read until the screen is as wanted, and return it; fails with the screen after a time."""
        self._escaped = False
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if true(self.text):
                return self.text
            if not self._read(1.0):
                break
        raise AssertionError(f"not on the screen: {what}\n{self.text}")

    def wait_end(self, seconds: float = 120.0) -> int | None:
        """Read until the program has ended and return its exit code."""
        deadline = time.monotonic() + seconds
        while self._read() and time.monotonic() < deadline:
            pass
        self._child.close(force=True)
        code: int | None = self._child.exitstatus
        return code

    def close(self) -> None:
        """End the program."""
        with contextlib.suppress(pexpect.ExceptionPexpect):
            self._child.close(force=True)

    def _read(self, seconds: float = 0.05) -> bool:
        """Feed to the screen what comes within a time; False once the program has closed its end."""
        try:
            data = self._child.read_nonblocking(65536, timeout=seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self._stream.feed(data)
        return True
