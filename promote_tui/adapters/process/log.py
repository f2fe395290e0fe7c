"""A child's output on its way into a log that holds no secret.

The child writes to a regular file, `<log>.raw`: a program of Node dies when the reader of a pipe
goes away, and a file outlives us. While it runs, what it wrote is masked and appended to the log;
at the end the raw file is removed. Its first line is how far it was read. What was not masked when
its owner died is dropped by whoever comes next: the secrets of that moment are not known any more.

The log has a size above which only the end of each helping is kept, with a line that says how much
was dropped; the raw file is emptied when it grows large. A child that floods is not stopped for it.
"""

from __future__ import annotations

import codecs
import contextlib
import os
from typing import TYPE_CHECKING

from promote_tui.core.errors import DeployError
from promote_tui.core.text import mask, spellings

if TYPE_CHECKING:
    from pathlib import Path

LOG_BYTES = 64 * 1024 * 1024
RAW_BYTES = 16 * 1024 * 1024
HELPING_BYTES = 4 * 1024
LAST_BYTES = 64 * 1024
_LINE_CHARACTERS = 256 * 1024
_DROPPED = b"[the rest of the output was dropped: the runner died before it could be masked]\n"
_HEADER = 20
_KEY_ID = 20
_CHUNK = 1 << 20
_TRIES = 8
_OURS = os.O_NOFOLLOW | os.O_CLOEXEC


def raw_path(log: Path) -> Path:
    """Return where a child writes what goes into `log`."""
    return log.with_name(f"{log.name}.raw")


def drop_raw(log: Path) -> None:
    """Remove what a crash left in the raw file, and say so in the log where anything was lost by it.

    Harmless where there is none. Only to be called when the child's process group is gone.
    """
    lost = _unread(raw_path(log))
    raw_path(log).unlink(missing_ok=True)
    if lost:
        out = open_log(log)
        try:
            _write(out, _DROPPED)
        finally:
            os.close(out)


def _unread(raw: Path) -> bool:
    """Tell whether the raw file holds anything that did not reach the log."""
    try:
        fd = os.open(raw, os.O_RDONLY | _OURS)
    except OSError:
        return False
    try:
        return os.fstat(fd).st_size > _position(fd)
    finally:
        os.close(fd)


def open_log(log: Path) -> int:
    """Return a descriptor that appends to the log (0600, never through a symbolic link); raises DeployError."""
    try:
        return os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _OURS, 0o600)
    except OSError as problem:
        raise _unwritable(log, problem) from problem


def _unwritable(log: Path, problem: OSError) -> DeployError:
    return DeployError(str(log), f"the log cannot be written: {problem.strerror}", "fix its folder")


class MaskedLog:
    """Moves a raw file into its log, masked; not to be shared between threads."""

    def __init__(self, log: Path, secrets: tuple[str, ...], raw: int, out: int) -> None:
        self._path = raw_path(log)
        self._secrets = secrets
        self._longest = max([_KEY_ID, *map(len, spellings(secrets))])
        self._raw = raw
        self._out = out
        self._room = LOG_BYTES - os.fstat(self._out).st_size
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._partial = ""
        self._resuming = False
        self._dropped = 0
        self._at = _position(raw)

    @classmethod
    def start(cls, log: Path, secrets: tuple[str, ...]) -> MaskedLog:
        """Create the raw file, without what a crash left in it; raises DeployError."""
        drop_raw(log)
        out = open_log(log)
        try:
            raw = os.open(raw_path(log), os.O_RDWR | os.O_CREAT | os.O_EXCL | _OURS, 0o600)
        except OSError as problem:
            os.close(out)
            raise _unwritable(log, problem) from problem
        os.pwrite(raw, _header(_HEADER), 0)
        return cls(log, secrets, raw, out)

    def child_end(self) -> int:
        """Return a descriptor for the child to append to; the caller closes it."""
        return os.open(self._path, os.O_WRONLY | os.O_APPEND | _OURS)

    def drain(self) -> int:
        """Move all complete lines that are there now; return how many bytes were new."""
        return self._drain(HELPING_BYTES)

    def finish(self) -> None:
        """Move the rest, an unfinished last line too, and remove the raw file."""
        try:
            self._drain(LAST_BYTES)
            self._append(self._partial + self._decoder.decode(b"", final=True), LAST_BYTES)
            self._append("", LAST_BYTES)
        finally:
            self._path.unlink(missing_ok=True)
            os.close(self._raw)
            os.close(self._out)

    def _drain(self, helping: int) -> int:
        new = self._move(helping)
        if self._at > RAW_BYTES:
            self._empty(helping)
        if new:
            self._remember()
        return new

    def _move(self, helping: int) -> int:
        """Move what is there now; return how many bytes that was."""
        size = os.fstat(self._raw).st_size
        new = max(0, size - self._at)
        self._skip(new - max(self._room, helping))
        while chunk := os.pread(self._raw, max(0, min(_CHUNK, size - self._at)), self._at):
            self._at += len(chunk)
            self._take(self._decoder.decode(chunk), helping)
        return new

    def _empty(self, helping: int) -> None:
        """Empty the raw file, which O_APPEND makes safe, at a moment when hardly anything can be lost by it.

        Each try has less to move than the one before, until the child wrote nothing meanwhile.
        """
        for _ in range(_TRIES):
            if not self._move(helping):
                break
        self._dropped += max(0, os.fstat(self._raw).st_size - self._at)
        os.ftruncate(self._raw, _HEADER)
        self._at = _HEADER

    def _skip(self, count: int) -> None:
        """Drop bytes that the log has no room for, up to the end of a line, before they cost any work.

        Half a line could begin with half a secret.
        """
        if count <= 0:
            return
        self._at += count
        self._dropped += count + len(self._partial)
        self._partial = ""
        self._resuming = True
        self._decoder.reset()

    def _take(self, text: str, helping: int) -> None:
        if self._resuming:
            skipped, newline, text = text.partition("\n")
            self._dropped += len(skipped)
            self._resuming = not newline
        lines, newline, self._partial = (self._partial + text).rpartition("\n")
        if newline:
            self._append(lines + newline, helping)
        if len(self._partial) > max(_LINE_CHARACTERS, 2 * self._longest):
            masked = mask(self._partial, self._secrets)
            cut = len(masked) - self._longest
            self._append(masked[:cut] + "\n", helping)
            self._partial = masked[cut:]

    def _append(self, text: str, helping: int) -> None:
        """Write text, or its end where the log is full; a disk that is full costs the text, not the run."""
        data = mask(text, self._secrets).encode()
        limit = max(self._room, helping)
        if len(data) > limit:
            kept = data[-limit:]
            self._dropped += len(data) - len(kept)
            data = kept
        if self._dropped:
            data = f"\n[promote-tui: {self._dropped} bytes of output were dropped here]\n".encode() + data
        if not data:
            return
        try:
            _write(self._out, data)
        except OSError:
            self._dropped += len(data)
        else:
            self._dropped = 0
            self._room -= len(data)

    def _remember(self) -> None:
        """Note how far the log has got, for whoever comes after a crash."""
        pending = len(self._partial.encode()) + len(self._decoder.getstate()[0])
        with contextlib.suppress(OSError):
            os.pwrite(self._raw, _header(max(_HEADER, self._at - pending)), 0)


def _position(raw: int) -> int:
    """Return how far a raw file was read."""
    digits = os.pread(raw, _HEADER, 0).strip()
    return max(_HEADER, int(digits)) if digits.isdigit() else _HEADER


def _header(position: int) -> bytes:
    return f"{position:0{_HEADER - 1}d}\n".encode()


def _write(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]
