"""Reading a log file as it grows: raw lines, a piece at a time; what is never shown is never decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = 1 << 20
_BEHIND = 32 << 20
"""How far reading may be behind before what is older is passed over: more than the log pane keeps."""
PASSED_OVER = b"(older lines are in the file)"


class LogTail:
    """The complete lines that a file has gained since the last time; a file that is not there has none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.more = False
        """Whether there was more to read than one piece: ask again at once."""
        self.there = False
        """Whether the file could be read."""
        self._offset = 0
        self._rest = b""

    def read(self, *, last: bool = False) -> list[bytes]:
        """Return the new lines, a megabyte at most; with `last` the unfinished one at the very end too."""
        data = self._new()
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        if self._rest and ((last and not self.more) or len(self._rest) > _CHUNK):
            lines.append(self._rest)
            self._rest = b""
        return lines

    def _new(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, 2)
                self._pass_over(file, size)
                file.seek(self._offset)
                data = file.read(_CHUNK)
        except OSError:  # not there yet, or not ours to read: the screen says where it would be
            self.there = self.more = False
            return b""
        self.there = True
        self._offset += len(data)
        self.more = self._offset < size
        return data

    def _pass_over(self, file: BinaryIO, size: int) -> None:
        if size - self._offset <= _BEHIND:
            return
        file.seek(size - _BEHIND // 2)
        file.readline(_CHUNK)
        self._offset = file.tell()
        self._rest = PASSED_OVER + b"\n"
