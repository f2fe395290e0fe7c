"""Facts about every value of the core: it never changes, and comes back from JSON as it was, or not at all."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Literal

import pytest

from promote_tui.core.value import Moment, Value, decode, decode_json, encode, encode_fields, replace
from tests.support.values import NOW

INDIA = timezone(timedelta(hours=5, minutes=30))
NOT_UTF8 = "caf\udce9"


class Colour(Enum):
    RED = "red"


class Circle(Value):
    radius: float


class Square(Value):
    side: float
    name: str = "square"


class Drawing(Value):
    shapes: tuple[Circle | Square, ...]
    colours: Mapping[str, Colour]
    pair: tuple[int, str]
    at: Moment | None
    cover: Square | str | None = None
    inside: tuple[Drawing, ...] = ()
    kind: Literal["plain", "hidden"] = "plain"


INNER = Drawing((), {}, (0, NOT_UTF8), datetime(2026, 3, 20, 17, 30, 0, 1, tzinfo=INDIA), NOT_UTF8)
DRAWING = Drawing((Square(1.0), Circle(2.5)), {NOT_UTF8: Colour.RED}, (1, "one"), NOW, Square(3.0), (INNER,), "hidden")
RAW = {
    "type": "Drawing",
    "shapes": [{"type": "Square", "side": 1.0, "name": "square"}, {"type": "Circle", "radius": 2.5}],
    "colours": {NOT_UTF8: "red"},
    "pair": [1, "one"],
    "at": "2026-03-20T12:00:00+00:00",
    "cover": {"type": "Square", "side": 3.0, "name": "square"},
    "inside": [
        {
            "type": "Drawing",
            "shapes": [],
            "colours": {},
            "pair": [0, NOT_UTF8],
            "at": "2026-03-20T17:30:00.000001+05:30",
            "cover": NOT_UTF8,
            "inside": [],
            "kind": "plain",
        }
    ],
    "kind": "hidden",
}


def test_a_value_is_written_field_by_field_under_the_name_of_its_class() -> None:
    assert encode(DRAWING) == RAW
    assert [*encode(DRAWING)] == [*RAW]
    assert encode_fields(Square(1.0)) == {"side": 1.0, "name": "square"}


def test_a_value_comes_back_from_json_as_it_was() -> None:
    assert decode(Drawing, json.loads(json.dumps(encode(DRAWING)))) == DRAWING


def test_a_container_of_values_is_written_item_by_item() -> None:
    assert encode((Circle(1.0), {"at": NOW})) == [
        {"type": "Circle", "radius": 1.0},
        {"at": "2026-03-20T12:00:00+00:00"},
    ]


def test_a_value_never_changes_and_is_known_by_its_content() -> None:
    with pytest.raises(AttributeError):
        Square(1.0).side = 2.0  # type: ignore[misc]
    assert len({Square(1.0), Square(1.0), replace(Square(2.0), side=1.0), Circle(1.0)}) == 2


def test_a_field_that_is_not_known_is_passed_over_and_one_that_is_missing_has_its_default() -> None:
    assert decode(Square, {"side": 1.0, "colour": "red"}) == Square(1.0)


def test_a_whole_number_is_read_as_a_float_where_one_is_wanted() -> None:
    assert isinstance(decode(Square, {"side": 2}).side, float)


@pytest.mark.parametrize(
    ("changed", "value"),
    [
        ("shapes", None),
        ("shapes", [{"type": "Triangle", "radius": 1.0}]),
        ("shapes", [{"radius": 1.0}]),
        ("shapes", [{"type": [], "radius": 1.0}]),
        ("shapes", [{"type": "Circle", "radius": "wide"}]),
        ("shapes", [{"type": "Circle", "radius": True}]),
        ("shapes", [{"type": "Circle"}]),
        ("colours", {"back": "green"}),
        ("colours", 7),
        ("pair", [1]),
        ("pair", ["one", 1]),
        ("pair", [True, "one"]),
        ("at", "yesterday"),
        ("at", "2026-03-20T12:00:00"),
        ("at", 5),
        ("cover", 1.5),
        ("cover", {"type": "Circle", "radius": 1.0}),
        ("kind", "odd"),
        ("kind", None),
    ],
)
def test_what_does_not_fit_its_annotation_is_refused_with_its_place(changed: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"`\$\.{changed}"):
        decode(Drawing, {**RAW, changed: value})


@pytest.mark.parametrize("raw", [None, [], "text", 1, encode(Square(1.0))])
def test_what_is_no_value_of_the_kind_is_refused(raw: object) -> None:
    with pytest.raises(ValueError, match=r"Expected|Invalid"):
        decode(Circle, raw)


def test_what_is_nested_without_end_is_refused() -> None:
    raw = RAW
    for _ in range(100_000):
        raw = {**RAW, "inside": [raw]}
    with pytest.raises(ValueError, match="recursion"):
        decode(Drawing, raw)


@dataclasses.dataclass(frozen=True)
class Plain:
    side: float


def test_a_struct_and_a_dataclass_are_replaced_by_functions_of_their_own() -> None:
    """Mypy says so too, by scripts/mypy_replace.py: without it the two comments below would be unused."""
    assert (replace(Square(1.0), side=2.0), dataclasses.replace(Plain(1.0), side=2.0)) == (Square(2.0), Plain(2.0))
    with pytest.raises(TypeError):
        dataclasses.replace(Square(1.0), side=2.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        replace(Plain(1.0), side=2.0)  # type: ignore[arg-type]


def test_a_value_is_read_from_text_as_from_its_json_value() -> None:
    assert decode_json(Drawing, json.dumps(RAW).encode()) == DRAWING  # with half a surrogate pair in it
    assert decode_json(Circle, b'{"type": "Circle", "radius": 2.5, "new": 1}') == Circle(2.5)


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b'"\\u"', b"[]", b"null", b"[" * 100_000, b'{"type": "Circle"}'])
def test_a_text_that_is_no_value_of_the_kind_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_json(Circle, text)
