"""Frozen dataclasses to JSON values and back, by their annotations.

Used for what is written to disk: events, plans, the cached configuration. A dataclass becomes an
object with its class name under `type`, a tuple or mapping a list, a time ISO 8601. Decoding checks
every field against its annotation and raises TypeError, ValueError or KeyError on anything else.

A matrix is thousands of small objects, so annotations are read once a class: each becomes a reader,
a function from a JSON value to the value that it stands for.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import sys
import types
import typing
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, TypeAlias, TypeVar

T = TypeVar("T")
Reader: TypeAlias = Callable[[Any], Any]

_WRONG = (TypeError, ValueError, KeyError, AttributeError)


def encode(value: object, *, lean: bool = False) -> Any:  # noqa: ANN401 - a JSON value
    """Return the JSON value of a dataclass, a container of them, or a plain value.

    `lean` leaves out the fields that hold their default: for caches, which are read often and by one version only.
    """
    match value:
        case enum.Enum():
            return value.value
        case datetime():
            return value.isoformat()
        case tuple() | list():
            return [encode(item, lean=lean) for item in value]
        case Mapping():
            return [[encode(key, lean=lean), encode(item, lean=lean)] for key, item in value.items()]
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {"type": type(value).__name__, **fields(value, lean=lean)}
        case _:
            return value


def fields(value: Any, *, lean: bool = False) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    """Return the encoded fields of a dataclass by name."""
    found = ((field, getattr(value, field.name)) for field in dataclasses.fields(value))
    return {field.name: encode(item, lean=lean) for field, item in found if not (lean and _is_default(field, item))}


def _is_default(field: dataclasses.Field[Any], item: object) -> bool:
    if field.default_factory is not dataclasses.MISSING:
        return bool(item == field.default_factory())
    return type(item) is type(field.default) and bool(item == field.default)


def decode(hint: type[T], raw: object) -> T:
    """Return the value of type `hint` that `raw` stands for."""
    reader = _dataclass(hint) if dataclasses.is_dataclass(hint) else _reader(hint)
    return typing.cast("T", reader(raw))


def _reader(hint: Any) -> Reader:  # noqa: ANN401, PLR0911 - one line a kind of annotation
    origin = typing.get_origin(hint)
    if origin in {typing.Union, types.UnionType}:
        return _union(typing.get_args(hint))
    if origin is tuple:
        return _tuple(typing.get_args(hint))
    if origin is Literal:
        return _literal(hint)
    if origin is Mapping:
        return _mapping(*typing.get_args(hint))
    if hint is datetime:
        return _moment
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return hint
    if dataclasses.is_dataclass(hint):
        return _dataclass(typing.cast("type", hint))
    return _float if hint is float else _plain(hint)


def _moment(text: str) -> datetime:
    """Return an aware time: without its zone it could not be compared with any other."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        msg = f"{text} has no time zone"
        raise ValueError(msg)
    return at


@functools.cache
def _dataclass(cls: type) -> Reader:
    name = cls.__name__

    def read(raw: Any) -> Any:  # noqa: ANN401
        if not isinstance(raw, dict) or raw.get("type", name) != name:
            raise _not_a(cls, raw)
        values, known = {}, _fields(cls)
        for field, value in raw.items():
            if field in known:
                itself, reader = known[field]
                values[field] = value if type(value) is itself else reader(value)
        return cls(**values)

    return read


@functools.cache
def _fields(cls: type) -> dict[str, tuple[type | None, Reader]]:
    """Return each field's type that stands for itself, and its reader: at first use, as classes may be recursive."""
    hints = _hints(cls)
    names = [field.name for field in dataclasses.fields(cls) if field.init]
    return {name: (_itself(hints[name]), _reader(hints[name])) for name in names}


def _hints(cls: type) -> dict[str, Any]:
    """Return each field's annotation, as typing.get_type_hints does, but without compiling the same word twice."""
    return {
        name: _evaluated(hint, base.__module__) if isinstance(hint, str) else hint
        for base in reversed(cls.__mro__)
        for name, hint in vars(base).get("__annotations__", {}).items()
    }


@functools.cache
def _evaluated(hint: str, module: str) -> Any:  # noqa: ANN401 - a type
    return eval(hint, vars(sys.modules[module]))  # noqa: S307 - an annotation of our own


def _itself(hint: Any) -> type | None:  # noqa: ANN401
    """Return the type whose values need no reader here: most fields are plain, and a call costs more than a look."""
    first = next((option for option in typing.get_args(hint) if option is not types.NoneType), None)
    plain = first if typing.get_origin(hint) in {typing.Union, types.UnionType} else hint
    return plain if plain in {str, int, bool, float} else None


def _tuple(args: tuple[Any, ...]) -> Reader:
    readers = [_reader(arg) for arg in args if arg is not Ellipsis]
    endless = len(args) == 2 and args[1] is Ellipsis  # noqa: PLR2004 - tuple[X, ...]

    def read(raw: Any) -> tuple[Any, ...]:  # noqa: ANN401
        if not isinstance(raw, list):
            raise _not_a(tuple, raw)
        if endless:
            return tuple(map(readers[0], raw))
        return tuple([reader(item) for reader, item in zip(readers, raw, strict=True)])

    return read


def _mapping(key: Any, value: Any) -> Reader:  # noqa: ANN401
    keys, values = _reader(key), _reader(value)
    return lambda raw: {keys(pair[0]): values(pair[1]) for pair in raw}


def _union(options: tuple[Any, ...]) -> Reader:
    """Return a reader that takes the first option that fits; a dataclass is known by its name."""
    nothing = types.NoneType in options
    readers = [_reader(option) for option in options if option is not types.NoneType]
    named = {getattr(option, "__name__", ""): _reader(option) for option in options if dataclasses.is_dataclass(option)}

    def read(raw: Any) -> Any:  # noqa: ANN401
        if raw is None and nothing:
            return None
        known = named.get(str(raw.get("type"))) if isinstance(raw, dict) else None
        for reader in readers if known is None else (known,):
            try:
                return reader(raw)
            except _WRONG:
                continue
        raise _not_a(options, raw, "is none of")

    return read


def _literal(hint: Any) -> Reader:  # noqa: ANN401
    allowed = typing.get_args(hint)

    def read(raw: Any) -> Any:  # noqa: ANN401
        if raw not in allowed:
            raise _not_a(hint, raw)
        return raw

    return read


def _float(raw: Any) -> float:  # noqa: ANN401
    if not isinstance(raw, int | float) or isinstance(raw, bool):
        raise _not_a(float, raw)
    return float(raw)


def _plain(hint: Any) -> Reader:  # noqa: ANN401
    def read(raw: Any) -> Any:  # noqa: ANN401
        if type(raw) is not hint:
            raise _not_a(hint, raw)
        return raw

    return read


def _not_a(hint: object, raw: object, words: str = "is not") -> TypeError:
    return TypeError(f"{raw!r:.80} {words} {hint}")
