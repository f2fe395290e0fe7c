"""A program in a pseudo-terminal of its own, with the time at which each piece of its output came."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import pyte

COLUMNS, ROWS = 120, 40
_PATIENCE = 20.0
_SETTLE = 0.15
"""Seconds to go on reading after the key: what it changed is looked up in the recording."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured: a command, what its first frame shows, and how its screen looks once `j` has worked."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    first: str
    moved: Callable[[pyte.Screen], bool]


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from the start to the first frame, and to the effect of a key pressed at that moment."""

    frame: float
    key: float


@dataclass
class _Recording:
    began: float
    pieces: list[tuple[float, bytes]] = field(default_factory=list)

    def read(self, master: int, until: Callable[[bytes], bool]) -> None:
        """Record what comes until the text so far is as wanted; nothing else is done meanwhile."""
        text = b"".join(piece for _, piece in self.pieces)
        while not until(text):
            if time.perf_counter() - self.began > _PATIENCE:
                shown = text[-2000:].decode(errors="replace")
                raise TimeoutError(f"not on the screen after {_PATIENCE} s; the last of it: {shown!r}")
            ready, _, _ = select.select([master], [], [], 0.01)
            if ready:
                piece = self._piece(master)
                self.pieces.append((time.perf_counter(), piece))
                text += piece

    def _piece(self, master: int) -> bytes:
        try:
            return os.read(master, 65536)
        except OSError as error:  # Linux says EIO where the other end is closed
            last = b"".join(piece for _, piece in self.pieces)[-2000:].decode(errors="replace")
            raise RuntimeError(f"it has ended by itself: {last}") from error

    def moment(self, true: Callable[[pyte.Screen], bool]) -> float | None:
        """Return when the emulated screen was first as wanted, in seconds from the start."""
        screen = pyte.Screen(COLUMNS, ROWS)
        stream = pyte.ByteStream(screen)
        for at, piece in self.pieces:
            stream.feed(piece)
            if true(screen):
                return at - self.began
        return None


def measure(subject: Subject) -> Times:
    """Start it, press `j` as soon as its first frame is there, end it, and return both times."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    began = time.perf_counter()
    child = subprocess.Popen(
        subject.argv, stdin=slave, stdout=slave, stderr=slave, env=dict(subject.environment), start_new_session=True
    )
    os.close(slave)
    recording = _Recording(began)
    try:
        mark = subject.first.encode()
        recording.read(master, lambda text: mark in text)
        os.write(master, b"j")
        _read_until_moved(recording, master, subject)
    finally:
        _end(child)
        os.close(master)
    return _times(recording, subject)


def _read_until_moved(recording: _Recording, master: int, subject: Subject) -> None:
    """Read on in slices of time; the screen is looked at between them and never while the program is timed."""
    while recording.moment(subject.moved) is None:
        end = time.perf_counter() + _SETTLE
        recording.read(master, partial(_past, end))


def _past(end: float, _text: bytes) -> bool:
    return time.perf_counter() > end


def _times(recording: _Recording, subject: Subject) -> Times:
    frame = recording.moment(lambda screen: any(subject.first in line for line in screen.display))
    key = recording.moment(subject.moved)
    if frame is None or key is None:
        raise RuntimeError(f"{subject.name}: the recording does not show what was waited for")
    return Times(frame, key)


def _end(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
