"""Facts about the JSON Schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from promote_tui.config.schema.json_schema import json_schema
from tests.support.configs import edited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.aliases import Json

TOP = Path(__file__).parents[3]


def document(text: str) -> Json:
    """Read YAML as editors do: a date is text."""
    return json.loads(json.dumps(yaml.safe_load(text), default=str))


def errors(text: str) -> list[str]:
    return [error.message for error in Draft202012Validator(json_schema()).iter_errors(document(text))]


def test_the_committed_schema_is_the_one_that_the_program_prints() -> None:
    assert json.loads((TOP / "promote-tui.schema.json").read_text()) == json_schema()


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_the_example_fits_it_and_names_it() -> None:
    text = (TOP / "config.example.yml").read_text()
    assert text.splitlines()[0] == "# yaml-language-server: $schema=./promote-tui.schema.json"
    assert errors(text) == []


def keys(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for block in (schema, *schema["$defs"].values()):
        yield from block["properties"].items()


def test_every_key_is_described_and_shown_in_the_example() -> None:
    example = (TOP / "config.example.yml").read_text()
    schema = json_schema()
    for name, key in keys(schema):
        described = key.get("description") or schema["$defs"][key["$ref"].rsplit("/", 1)[1]]["description"]
        assert described.endswith("."), name
        assert f"{name}:" in example or name in {"account", "profile", "role_arn"}, name


MISTAKES = [
    ("7 +     confirm: typed",),
    ("7 +     gates: {soak: 4}",),
    ("7 +     gates: {freeze: [{start: 2026-12-20, end: 2026-12-21}]}",),
    ("9 +     path: ../x",),
    ("9 +     stages: {dev: {stak: x}}",),
    ("10 + deploy: {command: []}",),
    ("10 + deploy: {env: {A-B: x}}",),
    ("10 + ledger: {kind: x}",),
    ("2 = project:",),
    ("5 =     aws: {region: eu-west-1, account: 111111111111}",),
]


def test_it_accepts_the_smallest_file() -> None:
    assert errors(edited()) == []


@pytest.mark.parametrize("edits", MISTAKES)
def test_an_editor_sees_mistakes_too(edits: tuple[str, ...]) -> None:
    assert errors(edited(*edits))
