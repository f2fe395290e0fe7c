"""Finding by a few letters: what is typed has to stand in a text in its order, best matches first.

Written here because the matcher that comes with Textual tries every way to spread the letters over the
text: a commit subject of an adversary would hang the screen. This one looks at each text once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")


def score(typed: str, text: str) -> float:
    """Return how well the letters fit, 0 where they do not: whole words first, then beginnings, then any order."""
    wanted, have = typed.lower(), text.lower()
    if not wanted:
        return 1.0
    at = have.find(wanted)
    if at >= 0:
        starts = at == 0 or not have[at - 1].isalnum()
        return 4.0 + 2.0 * starts + len(wanted) / max(1, len(have))
    return _spread(wanted, have)


def _spread(wanted: str, have: str) -> float:
    at, total, last = -1, 0.0, -2
    for letter in wanted:
        at = have.find(letter, at + 1)
        if at < 0:
            return 0.0
        total += 1.0 + (at == last + 1) + (at == 0 or not have[at - 1].isalnum())
        last = at
    return total / (3.0 * len(wanted))


def rank(typed: str, items: Sequence[T], text: Callable[[T], str]) -> list[T]:
    """Return the items that fit every word typed, best first; equal ones keep their order."""
    words = typed.split()
    rated = [(min((score(word, text(item)) for word in words), default=1.0), item) for item in items]
    return [item for rate, item in sorted((pair for pair in rated if pair[0] > 0), key=lambda pair: -pair[0])]
