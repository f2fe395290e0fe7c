"""A unified diff: the file of each line, and whether the line was added, removed or stays.

The head of a hunk says how many lines belong to it. So a removed line that looks like the head of another file is not
taken for one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from promote_tui.core.value import Value

LineKind: TypeAlias = Literal["file", "meta", "hunk", "added", "removed", "same", "note"]

_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_HEAD = "diff --git "
_KINDS: dict[str, LineKind] = {"+": "added", "-": "removed", "\\": "note"}


class PatchLine(Value):
    """A line of a diff; `number` is its place in the new file, for lines that are there."""

    kind: LineKind
    text: str
    path: str
    number: int | None = None


@dataclass(slots=True)
class _Reader:
    path: str = ""
    old: int = 0
    new: int = 0
    at: int = 0

    def read(self, row: str) -> PatchLine:
        if self.old > 0 or self.new > 0 or row.startswith("\\"):
            return self._of_hunk(row)
        hunk = _HUNK.match(row)
        if hunk:
            self.old, self.new = int(hunk[1] or 1), int(hunk[3] or 1)
            self.at = int(hunk[2])
            return PatchLine("hunk", row, self.path)
        if row.startswith(_HEAD):
            self.path = _path(row.removeprefix(_HEAD))
            return PatchLine("file", row, self.path)
        return PatchLine("meta", row, self.path)

    def _of_hunk(self, row: str) -> PatchLine:
        kind = _KINDS.get(row[:1], "same")
        if kind == "note":
            return PatchLine(kind, row[2:], self.path)
        self.old -= kind != "added"
        self.new -= kind != "removed"
        number = self.at if kind != "removed" else None
        self.at += kind != "removed"
        return PatchLine(kind, row[1:], self.path, number)


def parse(text: str) -> tuple[PatchLine, ...]:
    """Return the lines of a diff that git has printed with the prefixes a/ and b/."""
    reader, start = _Reader(), 0
    found: list[PatchLine] = []
    renamed: dict[int, str] = {}
    for row in text.split("\n")[:-1] if text.endswith("\n") else text.split("\n") if text else ():
        line = reader.read(row)
        if line.kind == "file":
            start = len(found)
        if line.kind == "meta" and row.startswith("rename to "):
            reader.path = renamed[start] = row.removeprefix("rename to ")
        found.append(line)
    return tuple(_renamed(found, renamed))


def _renamed(lines: list[PatchLine], renamed: dict[int, str]) -> list[PatchLine]:
    """Give the head of a renamed file its new name: it stands a line or two below."""
    for start, path in renamed.items():
        head = lines[start]
        lines[start] = PatchLine(head.kind, head.text, path)
    return lines


def _path(names: str) -> str:
    """Return the path of `a/PATH b/PATH`, which is twice the same but for a rename."""
    half = (len(names) - 5) // 2
    path = names[2 : 2 + half]
    if names == f"a/{path} b/{path}":
        return path
    return names.rpartition(" b/")[2] if " b/" in names else names.rpartition('"b/')[2].rstrip('"')
