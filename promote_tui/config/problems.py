"""What is wrong in a configuration file, as lines that an editor can jump to."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

LIMIT = 200
_SHOWN = 60
_LISTED = 12


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to fix; `line` and `column` start at 1, 0 means the whole file."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        """Return `file:line:column: key.path: message`, one line whatever the file holds."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        parts = (place, clean(self.path, limit=200), clean(self.message))
        return ": ".join(part for part in parts if part)


def lines(problems: Iterable[Problem], order: tuple[str, ...]) -> tuple[str, ...]:
    """Return the problems as lines by place, the files in `order`, one for each place and key path."""
    first: dict[tuple[int, int, int, str], Problem] = {}
    for problem in problems:
        first.setdefault((order.index(problem.file), problem.line, problem.column, problem.path), problem)
    found = [str(first[place]) for place in sorted(first)]
    more = len(found) - LIMIT
    return (*found[:LIMIT], f"and {more} more; fix these first") if more > 0 else tuple(found)


def quote(text: str) -> str:
    """Return text from the file as messages quote it: in double quotes, cut at 60 characters."""
    return f'"{text}"' if len(text) <= _SHOWN else f'"{text[:_SHOWN]}…"'


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean X?` where a known word is close, else what is known."""
    words = sorted(known)
    close = difflib.get_close_matches(word[:_SHOWN], words, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    if not words:
        return "; remove it"
    return f"; use {words[0]}" if len(words) == 1 else f"; use one of {', '.join(words[:_LISTED])}"
