"""What every value of the core is: frozen, equal by its content, and written as JSON under the name of its class."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar, dataclass_transform

import msgspec
from msgspec import Meta, field

if TYPE_CHECKING:
    S = TypeVar("S", bound=msgspec.Struct)

    def replace(value: S, /, **changes: object) -> S:
        """Return a changed copy; by scripts/mypy_replace.py mypy knows which fields a value has."""
else:
    from msgspec.structs import replace

__all__ = [
    "Json",
    "Moment",
    "Value",
    "decode",
    "decode_json",
    "encode",
    "encode_fields",
    "encode_json",
    "field",
    "replace",
]

T = TypeVar("T")

Json: TypeAlias = Any
"""A JSON value, as Python holds it: whoever takes one looks at what it is."""

Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
"""An aware time: one without its zone could not be compared with any other."""


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Value(msgspec.Struct, frozen=True, tag=True):
    """A frozen value; as JSON it names its class under `type`."""


def encode(value: object) -> Json:
    """Return the JSON value of a value or of a container of them: times as ISO 8601, tuples as lists."""
    return _with_times_as_text(msgspec.to_builtins(value, builtin_types=(datetime,)))


def _with_times_as_text(value: Json) -> Json:
    match value:
        case datetime():
            return value.isoformat()  # what ledgers hold: +00:00, where msgspec writes Z
        case list() | tuple():
            return [_with_times_as_text(item) for item in value]
        case dict():
            return {key: _with_times_as_text(item) for key, item in value.items()}
        case _:
            return value


def encode_fields(value: Value) -> dict[str, Any]:
    """Return the JSON values of a value's fields by name, without its class."""
    fields: dict[str, Any] = encode(value)
    del fields["type"]
    return fields


def encode_json(value: object) -> str:
    """Return the JSON text of a value or of a container of them, in one line."""
    import json  # noqa: PLC0415 - a screen that shows what it has kept is there before anything is written

    return json.dumps(encode(value))


def decode(kind: type[T], raw: object) -> T:
    """Return the value of this kind that a JSON value stands for; raises ValueError on anything else.

    Fields that this version does not know are passed over.
    """
    try:
        return msgspec.convert(raw, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        raise ValueError(str(error)) from error


def decode_json(kind: type[T], text: bytes) -> T:
    """Return the value of this kind that a JSON text stands for; raises ValueError, see `decode`.

    It is read at once, without a JSON value in between; only a text with half a surrogate pair goes that way.
    """
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.DecodeError, RecursionError):
        return decode(kind, _parse(text))


def _parse(text: bytes) -> Json:
    import json  # noqa: PLC0415 - only for the odd text

    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError(str(error)) from error
