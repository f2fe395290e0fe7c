"""Which patterns of ticket ids can be used: those that come to an end on every text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 200
_REPEATS = 3
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_REPEAT = re.compile(r"[*+]|\{\d*,\d*\}|\{\d{2,}\}|\{[2-9]\}")


def pattern_problem(pattern: str) -> str:
    """Return why a pattern cannot be used, and what to do; empty where it can.

    Some patterns take endlessly long on a text of a few dozen characters. They repeat a group that itself repeats or
    has alternatives, refer back, or repeat many times in a row.
    """
    if len(pattern) > LONGEST:
        return f"is longer than {LONGEST} characters; shorten it"
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"is not a regular expression ({error}); fix it"
    if compiled.search(""):
        return "matches the empty text; let it match at least one character"
    if any(char.isspace() for char in pattern) or r"\s" in pattern:
        return "holds a space, but it is searched within words; remove it"
    return _slow(pattern)


def _slow(pattern: str) -> str:
    if re.search(r"\\[1-9]|\(\?P=|\(\?\(", pattern):
        return "refers back to a group, which can run endlessly; write it without"
    plain = _CLASS.sub("x", re.sub(r"\\.", "x", pattern))
    if any(body for body in _repeated_groups(plain) if "|" in body or _REPEAT.search(body)):
        return "repeats a group that repeats or has alternatives itself, which can run endlessly; write it without"
    if len(_REPEAT.findall(plain)) > _REPEATS:
        return f"repeats in more than {_REPEATS} places, which can run endlessly; simplify it"
    return ""


def _repeated_groups(pattern: str) -> Iterator[str]:
    """Yield what stands in each group that is followed by a repetition."""
    begins = []
    for at, char in enumerate(pattern):
        if char == "(":
            begins.append(at)
        elif char == ")" and begins:
            begin = begins.pop()
            if _REPEAT.match(pattern, at + 1):
                yield pattern[begin + 1 : at]
