"""What is typed into a filter: words, and fields such as `stage:prod`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from promote_tui.core.value import Value, field

if TYPE_CHECKING:
    from collections.abc import Collection


class Query(Value):
    """A filter in parts, all in lower case; the values of a field are alternatives; flags are words with a meaning."""

    words: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether the search asks for anything."""
        return bool(self.words or self.fields or self.flags)


def parse(text: str, known: Collection[str], flags: Collection[str] = ()) -> Query:
    """Return the parts of a filter; `NAME:VALUE` is a field where NAME is known, else a word.

    A field without its value yet narrows nothing: filters are applied while they are typed.
    """
    words: list[str] = []
    raised: set[str] = set()
    fields: dict[str, tuple[str, ...]] = {}
    for part in text.lower().split():
        name, colon, value = part.partition(":")
        if part in flags:
            raised.add(part)
        elif not colon or name not in known:
            words.append(part)
        elif values := tuple(one for one in value.split(",") if one):
            fields[name] = (*fields.get(name, ()), *values)
    return Query(tuple(words), fields, frozenset(raised))


class Values(Value):
    """What a field can be about: the `named` ones are told to a person; `others` fit as well, `besides` says which.

    Without any the field takes every text.
    """

    named: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    besides: str = ""

    def has(self, value: str) -> bool:
        """Tell whether a value is one of these, or the beginning of one."""
        every = (*self.named, *self.others)
        return not every or any(one.startswith(value) for one in every)

    def __str__(self) -> str:
        """Return all of them in a row."""
        return ", ".join((*self.named, self.besides) if self.besides else self.named)


def describe_misread(text: str, fields: Mapping[str, Values], flags: Collection[str] = ()) -> str:
    """Return why a filter fits nothing: it names a field that there is not, or a value that its field never has.

    Empty where nothing is wrong with it.
    """
    return next(filter(None, (_wrong(part, fields) for part in text.lower().split() if part not in flags)), "")


def _wrong(part: str, fields: Mapping[str, Values]) -> str:
    name, colon, given = part.partition(":")
    if part == "mine" and "who" in fields:
        return "mine is not a filter; who:NAME filters by person"
    if not colon or not name:
        return ""
    if name not in fields:
        return f"there is no field {name}; the fields are {', '.join(fields)}"
    lost = next((value for value in given.split(",") if not fields[name].has(value)), "")
    return f"{name} has no {lost}; it has {fields[name]}" if lost else ""
