"""Facts about how values are read back, beyond those of the events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import pytest

from promote_tui.core import codec


@dataclass(frozen=True, slots=True)
class Folder:
    name: str
    inside: tuple[Folder, ...] = ()
    size: float | None = None
    kind: Literal["plain", "hidden"] = "plain"
    shown: str = field(default="", init=False)


@dataclass(frozen=True, slots=True)
class Choice:
    what: Folder | str | tuple[int, ...]


def test_a_class_may_hold_its_own_kind() -> None:
    tree = Folder("top", (Folder("left", size=2.0), Folder("right", (Folder("leaf"),))))
    assert codec.decode(Folder, codec.encode(tree)) == tree


@pytest.mark.parametrize("value", [Choice(Folder("a")), Choice("a"), Choice((1, 2)), Choice(())])
def test_a_union_takes_the_option_that_fits(value: Choice) -> None:
    assert codec.decode(Choice, codec.encode(value)) == value


@pytest.mark.parametrize("raw", [{"what": 1.5}, {"what": None}, {"what": ["a"]}, {"what": {"type": [], "name": "a"}}])
def test_what_no_option_fits_is_refused(raw: object) -> None:
    with pytest.raises(TypeError, match="is none of"):
        codec.decode(Choice, raw)


def test_a_whole_number_is_read_as_a_float_where_one_is_wanted() -> None:
    assert isinstance(codec.decode(Folder, {"name": "a", "size": 2}).size, float)


def test_a_key_that_is_not_known_is_passed_over_and_one_that_is_missing_has_its_default() -> None:
    assert codec.decode(Folder, {"name": "a", "colour": "red", "shown": "no"}) == Folder("a")


@pytest.mark.parametrize("raw", [{"name": 1}, {"name": True}, {"name": None}, {"name": "a", "kind": "odd"}, [], None])
def test_a_plain_value_of_another_type_is_refused(raw: object) -> None:
    with pytest.raises(TypeError):
        codec.decode(Folder, raw)


def test_a_lean_value_leaves_out_what_is_the_default_and_reads_back_the_same() -> None:
    tree = Folder("top", (Folder("left"), Folder("right", size=0.0, kind="hidden")))
    lean = codec.encode(tree, lean=True)
    assert lean == {
        "type": "Folder",
        "name": "top",
        "inside": [
            {"type": "Folder", "name": "left"},
            {"type": "Folder", "name": "right", "size": 0.0, "kind": "hidden"},
        ],
    }
    assert codec.decode(Folder, lean) == tree


@dataclass(frozen=True, slots=True)
class Switches:
    on: bool = True
    level: float = 1.0
    names: tuple[str, ...] = field(default_factory=lambda: ("a",))


@pytest.mark.parametrize("value", [Switches(), Switches(on=False), Switches(level=True), Switches(names=())])
def test_what_only_equals_a_default_is_no_default(value: Switches) -> None:
    lean = codec.encode(value, lean=True)
    assert lean.keys() - {"type"} == {
        name for name in ("on", "level", "names") if repr(getattr(value, name)) != repr(getattr(Switches(), name))
    }
