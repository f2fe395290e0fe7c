"""Reading a log file as it grows, and making its lines fit to be shown."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from promote_tui.core.text import clean

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = 1 << 20
_LIMIT = 2000
# CSI, OSC and the other string sequences, then two-character escapes; their 8-bit forms too
_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]"
)


def shown(raw: str) -> str:
    """Return a log line as it would have ended up on a terminal, with nothing in it that acts on one."""
    return clean(_SEQUENCES.sub("", raw.rstrip("\r")).rpartition("\r")[2], limit=_LIMIT)


class Tail:
    """The complete lines that a file has gained since the last time; a file that is not there has none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = 0
        self._rest = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read(self, *, last: bool = False) -> list[str]:
        """Return the new lines, a megabyte at most; with `last` the unfinished one too."""
        lines = (self._rest + self._decoder.decode(self._new())).split("\n")
        self._rest = lines.pop()
        if last and self._rest:
            lines.append(self._rest)
            self._rest = ""
        if len(self._rest) > _CHUNK:
            lines.append(self._rest)
            self._rest = ""
        return [shown(raw) for raw in lines]

    def _new(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                file.seek(self._offset)
                data = file.read(_CHUNK)
        except OSError:  # not there yet, or not ours to read: the screen says where it would be
            return b""
        self._offset += len(data)
        return data
