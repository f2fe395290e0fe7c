"""YAML as a tree in which every value knows its place and its key path.

Read from PyYAML's events instead of composed by it: aliases, anchors and tags are named as
problems before anything is expanded, and the depth is limited before anything recurses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml

from promote_tui.config.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml.events import Event

    from promote_tui.core.value import Json

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
NAME = re.compile(r"(?:[A-Za-z0-9]|\{user\})(?:[A-Za-z0-9._-]|\{user\}){0,99}")
_EMPTY = "is empty; give it a value, or remove the key"
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BOOL = re.compile(r"(?i:(true|yes|on)|false|no|off)")
_NULL = re.compile(r"|~|null|Null|NULL")
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,14})")
_NUMBER = re.compile(
    r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF))"
    r"|0x[0-9a-fA-F_]+|0o[0-7_]+|0b[01_]+|\.(?:nan|NaN|NAN)"
)

YamlValue: TypeAlias = "str | int | float | bool | tuple[Node, ...] | Mapping[str, Node] | None"


class DocumentError(Exception):
    """The text is no YAML document at all; `problem` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its place: that of its key in a mapping, its own in a list; `source` is a scalar as written."""

    file: str
    path: str
    line: int
    column: int
    value: YamlValue
    source: str = ""

    def get(self, key: str) -> Node:
        """Return the value under a key; where there is none, an empty node in this node's place."""
        child = self.value.get(key) if isinstance(self.value, Mapping) else None
        return child or Node(self.file, join(self.path, key), self.line, self.column, None)

    def list(self) -> tuple[Node, ...]:
        """Return the items of a list; none for anything else."""
        return self.value if isinstance(self.value, tuple) else ()

    def entries(self) -> Mapping[str, Node]:
        """Return the entries of a mapping; none for anything else."""
        return self.value if isinstance(self.value, Mapping) else {}

    def text(self) -> str | None:
        """Return the text; None for anything else."""
        return self.value if isinstance(self.value, str) else None

    def flag(self) -> bool:
        """Tell whether it is `true`."""
        return self.value is True

    def data(self) -> Json:
        """Return the tree as plain dicts, lists and scalars."""
        match self.value:
            case tuple():
                return [item.data() for item in self.value]
            case Mapping():
                return {key: item.data() for key, item in self.value.items()}
            case value:
                return value

    def problem(self, message: str) -> Problem:
        """Return a problem with this value."""
        return Problem(self.file, self.line, self.column, self.path, message)


def join(path: str, key: str) -> str:
    """Return the key path of a key under a path."""
    return f"{path}.{key}" if path else key


def parse(raw: bytes, file: str, *, optional: bool = False) -> tuple[Node, list[Problem]]:
    """Return the document and what is wrong with it as YAML; raises DocumentError where it cannot be read.

    An `optional` document may be empty, which is an empty mapping.
    """
    text = _decode(raw, file)
    try:
        tree = _document(text, file) or (_Raw(1, 1, pairs=()) if optional else None)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        what = f"is not valid YAML: {error.problem or error.context}; check indentation, quotes and brackets"
        raise DocumentError(Problem(file, *where, "", what)) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise DocumentError(Problem(file, 0, 0, "", "is not valid YAML; check its quotes and escapes")) from error
    if tree is None:
        raise DocumentError(Problem(file, 1, 1, "", "is empty; see config.example.yml for what it holds"))
    problems: list[Problem] = []
    return _place(tree, _Spot(file, "", tree.line, tree.column), problems), problems


def _decode(raw: bytes, file: str) -> str:
    if len(raw) > MAX_BYTES:
        raise DocumentError(Problem(file, 0, 0, "", "is larger than 256 KiB; a configuration is a few pages at most"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = _where(raw[: error.start].decode("utf-8-sig", "replace"))
        raise DocumentError(Problem(file, *where, "", "is not UTF-8; save it in that encoding")) from error
    if bad := _UNPRINTABLE.search(text):
        what = f"holds the character U+{ord(bad[0]):04X}; remove it"
        raise DocumentError(Problem(file, *_where(text[: bad.start()]), "", what))
    return text


def _where(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


@dataclass(frozen=True, slots=True)
class _Raw:
    line: int
    column: int
    value: str | float | bool | None = None
    source: str = ""
    flaw: str = ""
    items: tuple[_Raw, ...] | None = None
    pairs: tuple[tuple[_Raw, _Raw], ...] | None = None


def _document(text: str, file: str) -> _Raw | None:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events: Iterator[Event] = iter(yaml.parse(text, Loader=loader))
    documents = []
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents.append(_compose(next(events), events, file, 0))
            if len(documents) > 1:
                line, _ = _mark(event)
                raise DocumentError(Problem(file, line, 1, "", "a second document begins here; keep one in the file"))
    if not documents or documents[0].flaw == _EMPTY:
        return None
    return documents[0]


def _compose(event: Event, events: Iterator[Event], file: str, depth: int) -> _Raw:
    line, column = _mark(event)
    if depth > MAX_DEPTH:
        what = f"is nested more than {MAX_DEPTH} deep; no setting is"
        raise DocumentError(Problem(file, line, column, "", what))
    if isinstance(event, yaml.ScalarEvent):
        return _Raw(line, column, _scalar(event), event.value, _flaw(event))
    if isinstance(event, yaml.SequenceStartEvent):
        items = tuple(_compose(item, events, file, depth + 1) for item in _until(events, yaml.SequenceEndEvent))
        return _Raw(line, column, flaw=_flaw(event), items=items)
    if isinstance(event, yaml.MappingStartEvent):
        pairs = tuple(
            (_compose(key, events, file, depth + 1), _compose(next(events), events, file, depth + 1))
            for key in _until(events, yaml.MappingEndEvent)
        )
        return _Raw(line, column, flaw=_flaw(event), pairs=pairs)
    return _Raw(line, column, flaw="aliases are not supported; write the value out")


def _mark(event: Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


def _until(events: Iterator[Event], end: type[Event]) -> Iterator[Event]:
    for event in events:
        if isinstance(event, end):
            return
        yield event


def _scalar(event: yaml.ScalarEvent) -> str | float | bool | None:
    """Read plain scalars as YAML 1.2 does, and `yes`, `no`, `on`, `off` as YAML 1.1: so that they want quotes."""
    text: str = event.value
    if event.style or event.tag:
        return text
    if _NULL.fullmatch(text):
        return None
    if found := _BOOL.fullmatch(text):
        return found[1] is not None
    if _INT.fullmatch(text):
        return int(text)
    return float("nan") if _NUMBER.fullmatch(text) else text


def _flaw(event: Any) -> str:  # noqa: ANN401 - any node's event
    if event.anchor:
        return "anchors are not supported; write the value out where it is needed"
    if event.tag:
        return "tags are not supported; remove it"
    if isinstance(event, yaml.ScalarEvent):
        if _CONTROL.search(event.value):
            return "holds a control character; remove it"
        if not event.style and _NULL.fullmatch(event.value):
            return _EMPTY
    return ""


@dataclass(frozen=True, slots=True)
class _Spot:
    file: str
    path: str
    line: int
    column: int


def _place(raw: _Raw, spot: _Spot, problems: list[Problem]) -> Node:
    value: YamlValue = raw.value
    if raw.pairs is not None:
        value = _mapping(raw.pairs, spot, problems)
    elif raw.items is not None:
        value = tuple(_item(item, index, spot, problems) for index, item in enumerate(raw.items))
    node = Node(spot.file, spot.path, spot.line, spot.column, value, raw.source)
    if raw.flaw:
        problems.append(node.problem(raw.flaw))
    return node


def _mapping(pairs: tuple[tuple[_Raw, _Raw], ...], spot: _Spot, problems: list[Problem]) -> dict[str, Node]:
    entries: dict[str, Node] = {}
    for key, item in pairs:
        at = _Spot(spot.file, join(spot.path, key.source), key.line, key.column)
        if key.value is None or key.flaw:
            problems.append(Problem(at.file, at.line, at.column, spot.path, "a key is a plain word; rewrite it"))
        elif (first := entries.get(key.source)) is not None:
            what = f"is set twice, first in line {first.line}; keep one"
            problems.append(Problem(at.file, at.line, at.column, at.path, what))
        else:
            entries[key.source] = _place(item, at, problems)
    return entries


def _item(raw: _Raw, index: int, spot: _Spot, problems: list[Problem]) -> Node:
    path = f"{spot.path}[{index}]"
    if spot.path in {"stages", "services"}:
        path = next((join(spot.path, name) for name in _names(raw)), path)
    return _place(raw, _Spot(spot.file, path, raw.line, raw.column), problems)


def _names(raw: _Raw) -> Iterator[str]:
    """Stages and services go by their names in key paths, other items by their place."""
    for key, item in raw.pairs or ():
        if key.source == "name" and isinstance(item.value, str) and NAME.fullmatch(item.value):
            yield item.value
