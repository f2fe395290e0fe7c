"""Reading a log file as it grows: raw lines, a piece at a time; what is never shown is never decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

_PIECE = 1 << 20
_BEHIND = 32 << 20
"""How far reading may be behind before what is older is passed over: more than the log pane keeps."""
PASSED_OVER = b"(older lines are in the file)"


class LogTail:
    """The complete lines that a file has gained since the last time; a file that is not there has none."""

    def __init__(self, path: Path, *, piece: int = _PIECE, whole: bool = False) -> None:
        """Read the file by pieces of so many bytes; the `whole` of it, however far reading is behind."""
        self.path = path
        self._piece = piece
        self._whole = whole
        self.more = False
        """Whether there was more to read than one piece: ask again at once."""
        self.problem = ""
        """Why the file could not be read, unless it is not there yet."""
        self.there = False
        """Whether the file could be read."""
        self._offset = 0
        self._rest = b""

    def read(self, *, last: bool = False) -> list[bytes]:
        """Return the new lines, a piece at most; with `last` the unfinished one at the very end too.

        A line without an end is returned in pieces, as it grows.
        """
        data = self._new()
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        if self._rest and ((last and not self.more) or len(self._rest) > self._piece):
            lines.append(self._rest)
            self._rest = b""
        return lines

    def _new(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, 2)
                self._pass_over(file, size)
                file.seek(self._offset)
                data = file.read(self._piece)
        except OSError as error:
            self.there = self.more = False
            self.problem = "" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
            return b""
        self.there, self.problem = True, ""
        self._offset += len(data)
        self.more = self._offset < size
        return data

    def _pass_over(self, file: BinaryIO, size: int) -> None:
        if self._whole or size - self._offset <= _BEHIND:
            return
        file.seek(size - _BEHIND // 2)
        file.readline(_PIECE)
        self._offset = file.tell()
        self._rest = PASSED_OVER + b"\n"
