"""Whatever a file holds, it is a configuration or a ConfigError with lines."""

from __future__ import annotations

import contextlib
import copy
import functools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from promote_tui.config import yaml_tree
from promote_tui.config.loader import Config, describe, load
from promote_tui.config.schema.json_schema import json_schema
from promote_tui.config.yaml_tree import DocumentError
from promote_tui.core.errors import ConfigError
from tests.support.configs import BASE, write

if TYPE_CHECKING:
    from tests.support.aliases import Json

WORDS = sorted(
    {name for block in json_schema()["$defs"].values() for name in block["properties"]}
    | set(json_schema()["properties"])
    | {"dev", "prod", "orders", "billing", "off", "0123", "12:30", "~", "<<", "{service}", "\x1b[0m", "é", "a\nb"}
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.sampled_from(WORDS), st.text(max_size=8)
)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=12,
)


_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@functools.cache
def example() -> Json:
    """Return the tree of the example configuration."""
    return yaml.safe_load((Path(__file__).parents[3] / "config.example.yml").read_text())


def as_yaml(tree: Json) -> bytes:
    """Return a file that holds the tree."""
    return yaml.dump(tree, Dumper=_DUMPER, allow_unicode=True, encoding="utf-8")


def outcome(shared: bytes, local: bytes | None = None) -> Config | ConfigError:
    """Load both and hold what must hold of either answer."""
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), shared, local)
        found = attempt(path)
    for line in found.problems if isinstance(found, ConfigError) else ():
        assert line.startswith(("promote-tui.", "and "))
        assert "\n" not in line
    return found


def attempt(path: Path) -> Config | ConfigError:
    try:
        found = load(path)
    except ConfigError as error:
        return error
    assert describe(path)
    return found


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes(raw: bytes) -> None:
    outcome(raw)
    outcome(BASE.encode(), raw)


@given(st.text(alphabet="-[]{}:,&*!|>'\"%@`#?~ \n\tax01\\", max_size=60))
def test_any_punctuation(text: str) -> None:
    outcome(text.encode())
    outcome((BASE + text).encode())


@given(trees)
def test_any_tree(tree: Json) -> None:
    outcome(as_yaml(tree))


@given(st.data())
def test_a_good_file_with_anything_in_one_place(data: st.DataObject) -> None:
    tree = copy.deepcopy(example())
    place: Any = tree
    while True:
        key = data.draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(trees)
    outcome(as_yaml(tree))


@given(
    st.text(max_size=60)
    | st.sampled_from(['"\\U00110000"', '"\\ud800"', "%YAML 9999999999999.1\n--- a", "0b_", "!<\ud7ff> a"])
)
@settings(max_examples=60)
def test_without_the_compiled_parser_too(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(yaml, "CSafeLoader", raising=False)
        with contextlib.suppress(DocumentError):
            yaml_tree.parse(text.encode("utf-8", "surrogatepass"), "f")
