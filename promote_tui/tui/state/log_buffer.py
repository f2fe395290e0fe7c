"""The lines of a log as they came, the oldest dropped, and what a search finds in them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from typing import TYPE_CHECKING

from promote_tui.tui.presentation.ansi import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KEPT = 100_000
"""How many lines are kept."""
_LONGEST = 100_000
"""Bytes of a line that are ever looked at."""


class LogBuffer:
    """Raw lines, known by their number since the beginning: a number stays right when the oldest go."""

    def __init__(self) -> None:
        self.lines: deque[bytes] = deque(maxlen=KEPT)
        self.start = 0
        """The number of the oldest line that is kept."""
        self.needle = ""
        self.match: int | None = None
        """The number of the match that the search goes on from."""
        self._matches: list[int] = []

    @property
    def end(self) -> int:
        """The number behind the newest line."""
        return self.start + len(self.lines)

    def append(self, lines: Sequence[bytes]) -> None:
        """Append raw lines; the oldest go when there are too many."""
        if self.needle:
            self._matches += _hits(self.needle, lines, self.end)
        self.start += max(0, len(self.lines) + len(lines) - KEPT)
        self.lines.extend(lines)

    def decode(self, number: int) -> str:
        """Return a line that is kept, with its colours."""
        return _decode(self.lines[number - self.start])

    def text_of(self, number: int) -> str:
        """Return a line without its colours; empty for one that is not kept."""
        return plain_text(self.decode(number)) if self.start <= number < self.end else ""

    def find(self, *words: str) -> int | None:
        """Return the number of the first line that holds all these words, as they are written."""
        wanted = [word.encode() for word in words]
        return next((self.start + at for at, raw in enumerate(self.lines) if all(word in raw for word in wanted)), None)

    def search(self, words: str, first: int) -> int | None:
        """Look for other words; return the first match from the line `first` on, as the one to go to."""
        self.needle, self.match = words, None
        self._matches = _hits(words, self.lines, self.start) if words else []
        if self._matches:
            self.match = self._matches[bisect_left(self._matches, first) % len(self._matches)]
        return self.match

    def step(self, step: int, first: int) -> int | None:
        """Go to the next match, or to the one before, and return it; behind the last comes the first."""
        del self._matches[: bisect_left(self._matches, self.start)]
        if not self._matches:
            return None
        here = first - 1 if self.match is None else self.match
        at = bisect_right(self._matches, here) if step > 0 else bisect_left(self._matches, here) - 1
        self.match = self._matches[at % len(self._matches)]
        return self.match

    @property
    def place(self) -> tuple[int, int]:
        """Which match is the present one (0: none), of how many."""
        old = bisect_left(self._matches, self.start)
        at = 0 if self.match is None else bisect_right(self._matches, self.match) - old
        return max(0, at), len(self._matches) - old


def _decode(raw: bytes) -> str:
    return raw[:_LONGEST].decode("utf-8", "replace")


def _hits(words: str, lines: Iterable[bytes], start: int) -> list[int]:
    """Return the numbers of the lines that hold the words, however they are written; colours do not part them."""
    low = words.lower()
    needle = low.encode()
    simple = low.isascii()

    def is_hit(raw: bytes) -> bool:
        if simple and b"\x1b" not in raw and b"\r" not in raw:
            return needle in raw.lower()
        return low in plain_text(_decode(raw)).lower()

    return [start + at for at, raw in enumerate(lines) if is_hit(raw)]
