"""What a screen has to copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class LateText:
    """A text that has to be made first, by a function that blocks; `words` say which it is."""

    words: str
    make: Callable[[], str]

    def __str__(self) -> str:
        """Return the words."""
        return self.words


CopyItem: TypeAlias = tuple[str, str | LateText]
"""(what it is, the text)"""
