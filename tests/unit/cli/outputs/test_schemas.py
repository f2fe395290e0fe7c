"""The published schemas are those of what is printed, and every test that prints JSON is held to them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from jsonschema import Draft202012Validator

from promote_tui.cli.main import main
from promote_tui.cli.outputs.schemas import JSON_OUTPUTS, JsonOutput, find_json_output, json_schema
from tests.support.json_outputs import command_of, hold_to_schema, wants_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

ROOT = Path(__file__).parents[4]
FOLDER = ROOT / "docs" / "schemas"
DOCS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def _commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield before + name, command
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before}{name} ")


def _takes_json(command: click.Command) -> bool:
    formats = [param.type.choices for param in command.params if isinstance(param.type, click.Choice)]
    return any("--json" in param.opts for param in command.params) or any("json" in each for each in formats)


def test_every_command_that_prints_json_has_its_schema() -> None:
    published = {each.command for each in JSON_OUTPUTS if not each.lines and not each.is_posted}
    assert published == {name for name, command in _commands(main) if _takes_json(command)}


@pytest.mark.parametrize("published", JSON_OUTPUTS, ids=lambda each: each.name)
def test_a_published_schema_is_up_to_date(published: JsonOutput) -> None:
    """`make schemas` writes them anew."""
    written = (FOLDER / f"{published.name}.json").read_text(encoding="utf-8")
    assert json.loads(written) == json_schema(published)


def test_nothing_else_is_published() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {each.name for each in JSON_OUTPUTS}


@pytest.mark.parametrize("published", JSON_OUTPUTS, ids=lambda each: each.name)
def test_a_schema_is_one_and_says_what_it_is(published: JsonOutput) -> None:
    schema = json_schema(published)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert schema["$id"] == f"urn:promote-tui:json:{published.name}:1"
    assert schema["title"] == f"promote-tui {published.words}"
    assert f"(schemas/{published.name}.json)" in DOCS


_OPTIONAL = {
    "HeadLine": {"project"},
    "Failed": {"halfway"},
    "Planned": {"preview", "recovery", "release", "started_by"},
}
"""Keys that stand only where there is something to say, by what they belong to."""


def _objects(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    every = [*schema.get("anyOf", [schema]), *schema.get("$defs", {}).values()]
    return [each for each in every if "properties" in each]


@pytest.mark.parametrize("published", JSON_OUTPUTS, ids=lambda each: each.name)
def test_no_key_is_left_out_and_none_may_be_added(published: JsonOutput) -> None:
    for each in _objects(json_schema(published)):
        assert each["additionalProperties"] is False
        assert {*each["properties"]} - {*each["required"]} == _OPTIONAL.get(each.get("title", ""), set())


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (("status",), "status"),
        (("-C", "runs", "--ascii", "status", "orders"), "status"),
        (("runs", "--live"), "runs"),
        (("runs", "show", "g1"), "runs show"),
        (("--config", "x.yml", "config", "path"), "config path"),
        (("nothing", "status"), ""),
    ],
)
def test_the_command_is_found_in_its_words(words: tuple[str, ...], command: str) -> None:
    assert command_of(words) == command.split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("status", "--json"), True),
        (("notes", "--format", "json"), True),
        (("notes", "--format=json"), True),
        (("notes", "--format", "md", "json"), False),
        (("status",), False),
    ],
)
def test_json_is_what_was_asked_for(words: tuple[str, ...], expected: bool) -> None:
    assert wants_json(words) is expected


@pytest.mark.parametrize(
    "out",
    [
        '{"schema": 1, "path": "x", "more": 1}',
        '{"schema": 1}',
        '{"schema": 2, "path": "x"}',
        '{"schema": 1, "path": null}',
    ],
)
def test_what_the_schema_does_not_allow_fails(out: str) -> None:
    hold_to_schema(("config", "path", "--json"), '{"schema": 1, "path": "x"}')
    with pytest.raises(AssertionError):
        hold_to_schema(("config", "path", "--json"), out)


def test_json_without_a_schema_fails() -> None:
    with pytest.raises(AssertionError, match="has no schema"):
        hold_to_schema(("prune", "--json"), "{}")


def test_a_command_of_no_json_has_no_schema() -> None:
    assert find_json_output(["prune"]) is None
