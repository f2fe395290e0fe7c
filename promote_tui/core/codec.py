"""Frozen dataclasses to JSON values and back, by their annotations.

Used for what is written to disk: events, plans, the cached configuration. A dataclass becomes an
object with its class name under `type`, a tuple or mapping a list, a time ISO 8601. Decoding checks
every field against its annotation and raises TypeError, ValueError or KeyError on anything else.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import types
import typing
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeVar

T = TypeVar("T")


def encode(value: object) -> Any:  # noqa: ANN401 - a JSON value
    """Return the JSON value of a dataclass, a container of them, or a plain value."""
    match value:
        case enum.Enum():
            return value.value
        case datetime():
            return value.isoformat()
        case tuple() | list():
            return [encode(item) for item in value]
        case Mapping():
            return [[encode(key), encode(item)] for key, item in value.items()]
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {"type": type(value).__name__, **fields(value)}
        case _:
            return value


def fields(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    """Return the encoded fields of a dataclass by name."""
    return {field.name: encode(getattr(value, field.name)) for field in dataclasses.fields(value)}


def decode(hint: type[T], raw: object) -> T:
    """Return the value of type `hint` that `raw` stands for."""
    return typing.cast("T", _decode(hint, raw))


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _decode(hint: Any, raw: Any) -> Any:  # noqa: ANN401, PLR0911 - one line a kind of annotation
    origin = typing.get_origin(hint)
    if origin in {typing.Union, types.UnionType}:
        return _decode_union(typing.get_args(hint), raw)
    if origin is tuple:
        return _decode_tuple(typing.get_args(hint), raw)
    if origin is Literal:
        return _check(raw, ok=raw in typing.get_args(hint), hint=hint)
    if origin is Mapping:
        key, item = typing.get_args(hint)
        return {_decode(key, pair[0]): _decode(item, pair[1]) for pair in raw}
    if hint is datetime:
        return datetime.fromisoformat(raw)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return hint(raw)
    if dataclasses.is_dataclass(hint):
        return _decode_dataclass(typing.cast("type", hint), raw)
    if hint is float:
        return float(_check(raw, ok=isinstance(raw, int | float) and not isinstance(raw, bool), hint=hint))
    return _check(raw, ok=type(raw) is hint, hint=hint)


def _decode_dataclass(cls: type, raw: Any) -> Any:  # noqa: ANN401
    _check(raw, ok=isinstance(raw, dict) and raw.get("type", cls.__name__) == cls.__name__, hint=cls)
    hints = _hints(cls)
    names = [field.name for field in dataclasses.fields(cls) if field.init]
    return cls(**{name: _decode(hints[name], raw[name]) for name in names if name in raw})


def _decode_tuple(args: tuple[Any, ...], raw: Any) -> tuple[Any, ...]:  # noqa: ANN401
    _check(raw, ok=isinstance(raw, list), hint=tuple)
    if len(args) == 2 and args[1] is Ellipsis:  # noqa: PLR2004 - tuple[X, ...]
        return tuple(_decode(args[0], item) for item in raw)
    return tuple(_decode(arg, item) for arg, item in zip(args, raw, strict=True))


def _decode_union(options: tuple[Any, ...], raw: Any) -> Any:  # noqa: ANN401
    if raw is None and types.NoneType in options:
        return None
    for option in options:
        if option is types.NoneType:
            continue
        try:
            return _decode(option, raw)
        except (TypeError, ValueError, KeyError, AttributeError):
            continue
    msg = f"{raw!r:.80} is none of {options}"
    raise TypeError(msg)


def _check(raw: Any, *, ok: bool, hint: object) -> Any:  # noqa: ANN401
    if not ok:
        msg = f"{raw!r:.80} is not {hint}"
        raise TypeError(msg)
    return raw
