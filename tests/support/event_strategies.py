"""Any event, for hypothesis: each field drawn by its annotation."""

from __future__ import annotations

import types
import typing
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any, Literal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from promote_tui.core.runs import events
from promote_tui.core.runs.events import Event, UnknownEvent, from_dict
from promote_tui.core.value import Value

KINDS: tuple[type, ...] = tuple(kind for kind in typing.get_args(events.Event) if kind is not UnknownEvent)
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no counterexample."""

MOMENTS = st.datetimes(
    min_value=datetime.fromisoformat("1971-01-01"),  # hypothesis adds the zone
    max_value=datetime.fromisoformat("2200-01-01"),
    timezones=st.sampled_from((UTC, timezone(timedelta(hours=5, minutes=30)))),
)
TEXT = st.text(st.characters(), max_size=20)
"""Lone surrogates included: names of files and authors may hold them."""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def of(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401, PLR0911 - one line a kind of annotation
    """Return values of an annotation."""
    if typing.get_origin(hint) is Annotated:
        return of(typing.get_args(hint)[0])
    if hint is datetime:
        return MOMENTS
    if hint is str:
        return TEXT
    if hint is type(None):
        return st.none()
    if hint in {bool, int}:
        return st.from_type(hint)
    if hint is float:
        return st.floats(0, 1e9)
    if isinstance(hint, type) and issubclass(hint, Value):
        fields = typing.get_type_hints(hint, include_extras=True)
        return st.builds(typing.cast("type", hint), **{name: of(fields[name]) for name in hint.__struct_fields__})
    arguments = typing.get_args(hint)
    match typing.get_origin(hint):
        case types.UnionType | typing.Union:
            return st.one_of([of(argument) for argument in arguments])
        case origin if origin is Literal:
            return st.sampled_from(arguments)
        case _:
            return st.lists(of(arguments[0]), max_size=3).map(tuple)


UNKNOWN: st.SearchStrategy[Event] = st.builds(
    lambda more, name: from_dict({**more, "event": name, "schema": 2}),
    st.dictionaries(st.text(max_size=5), JSON, max_size=3),
    st.sampled_from(("verified", "promised")),
)
KNOWN: st.SearchStrategy[Event] = st.one_of([of(kind) for kind in KINDS])
ANY: st.SearchStrategy[Event] = KNOWN | UNKNOWN
