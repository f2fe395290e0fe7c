"""What every output value is made of: a struct without optional keys, and text that a terminal cannot act on.

Text from outside is cleaned as a value is made: `jq -r` would hand it to a terminal as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import msgspec

from promote_tui.core.durations import timestamp
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

VERSION = 1
"""The version of the JSON: the first key of every document."""
_LIMIT = 4_096

Json: TypeAlias = Any
"""A JSON value whose form is decided elsewhere."""


Timestamp: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
"""A time in UTC."""


class Output(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value of the JSON that scripts rely on: every key is always there, in the order of its fields."""


def clean_text(value: str) -> str:
    """Return text from outside as JSON may hold it."""
    return clean(value, limit=_LIMIT)


def text_or_null(value: str | None) -> str | None:
    """Return text from outside, or None where there is none."""
    return clean_text(value) if value else None


def nullable_text(value: str | None) -> str | None:
    """Return text from outside that may be empty, or None where it is unknown."""
    return None if value is None else clean_text(value)


def clean_texts(values: Iterable[str]) -> tuple[str, ...]:
    """Return several texts from outside."""
    return tuple(clean_text(each) for each in values)


def timestamp_or_null(at: datetime | None) -> str | None:
    """Return a time as `2026-01-31T12:00:00Z`, or None where there is none."""
    return timestamp(at) if at else None


def clean_json(value: Json) -> Json:
    """Return a JSON value with every text in it cleaned."""
    match value:
        case str():
            return clean_text(value)
        case dict():
            return {clean_text(key): clean_json(item) for key, item in value.items()}
        case list():
            return [clean_json(item) for item in value]
        case _:
            return value
