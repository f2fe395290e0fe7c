"""What is typed into a filter: words, and fields such as `stage:prod`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, slots=True)
class Query:
    """A filter in parts, all in lower case; the values of a field are alternatives."""

    words: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Tell whether anything is asked for."""
        return bool(self.words or self.fields)


def parse(text: str, known: Collection[str]) -> Query:
    """Return the parts of a filter; `NAME:VALUE` is a field where NAME is known, else a word.

    A field without its value yet narrows nothing: filters are applied while they are typed.
    """
    words: list[str] = []
    fields: dict[str, tuple[str, ...]] = {}
    for part in text.lower().split():
        name, colon, value = part.partition(":")
        if not colon or name not in known:
            words.append(part)
        elif values := tuple(one for one in value.split(",") if one):
            fields[name] = (*fields.get(name, ()), *values)
    return Query(tuple(words), fields)
