"""What is written where in a YAML or JSON file, by keys and indentation.

No parser: nothing that a file says is carried out, no alias is followed, and whatever the file holds there is an
outline of it. What is written in one line, such as `{Type: x}`, is left as it stands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_NOTHING = re.compile(r"[ \t\[\]{},]*(?:#.*|---.*|\.\.\.)?")
_DASHES = re.compile(r" *(?:-(?: +|$))+")
_KEY = re.compile(r"(?P<quote>['\"]?)(?P<key>[^'\"#\s](?:[^'\"]{0,254}?))(?P=quote)[ \t]*:(?=[ \t]|$)(?P<value>.*)")


class OutlineEntry(Value):
    """A key with what stands behind it and the lines below it; without a key, a value of a list."""

    key: str
    value: str
    rows: tuple[str, ...] = ()


def entries(rows: Sequence[str]) -> tuple[OutlineEntry, ...]:
    """Return what is written on the uppermost level; the mappings of a list count as one."""
    kept = [row.expandtabs() for row in rows if not _NOTHING.fullmatch(row)]
    least = min((_indent(row) for row in kept), default=0)
    if kept and _is_item(kept[0], least):
        items = _groups(kept, lambda row: _is_item(row, least))
        return tuple(each for first, *rest in items for each in _mapping([_DASHES.sub(_blank, first, count=1), *rest]))
    return _mapping(kept)


def _mapping(rows: Sequence[str]) -> tuple[OutlineEntry, ...]:
    kept = [row for row in rows if row.strip()]
    least = min((_indent(row) for row in kept), default=0)
    groups = _groups(kept, lambda row: _indent(row) == least and not _is_item(row, least))
    return tuple(_entry(first.strip(), rest) for first, *rest in groups)


def _groups(rows: Sequence[str], begins: Callable[[str], bool]) -> list[list[str]]:
    found: list[list[str]] = []
    for row in rows:
        if begins(row):
            found.append([row])
        elif found:
            found[-1].append(row)
    return found


def _entry(first: str, rest: Sequence[str]) -> OutlineEntry:
    named = _KEY.match(first)
    return (
        OutlineEntry(named["key"], named["value"].strip(), tuple(rest))
        if named
        else OutlineEntry("", first, tuple(rest))
    )


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip(" "))


def _is_item(row: str, indent: int) -> bool:
    return _indent(row) == indent and (row[indent : indent + 2] == "- " or row[indent:] == "-")


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())
