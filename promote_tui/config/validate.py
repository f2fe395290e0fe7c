"""Validates both files: the models of their bytes, or every problem in them at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, assert_never

from pydantic import ValidationError

from promote_tui.config import consistency
from promote_tui.config.compose.merge import Composition, compose
from promote_tui.config.discovery import local_file
from promote_tui.config.problems import LIMIT, Problem, did_you_mean, lines, quote
from promote_tui.config.schema.block import Block
from promote_tui.config.schema.files import File, LocalFile
from promote_tui.config.schema.json_schema import json_schema
from promote_tui.config.schema.stages import Stage
from promote_tui.config.source import REMEDY, Source
from promote_tui.config.users import broken_users, fill_user
from promote_tui.config.yaml_tree import DocumentError, Node, join, parse
from promote_tui.core.errors import ConfigError
from promote_tui.core.model.users import is_user

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from promote_tui.config.compose.file import ReadFile

M = TypeVar("M", bound=Block)
_NOTHING = Composition(Node("", "", 0, 0, {}))
_EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list, such as [one, two]",
    "dict_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
}


@dataclass(frozen=True, slots=True)
class Models:
    """The two files, the shared one with the services of its compose file."""

    shared: File
    local: LocalFile
    composition: Composition


def read_models(source: Source, read: ReadFile) -> Models:
    """Return the models of the shared and the local file; raises ConfigError. `read` reads the compose file."""
    names = (source.path.name, local_file(source.path).name)
    document, problems = _document(source.shared, names[0])
    local, local_problems = _document(source.local or b"", names[1], optional=True)
    problems += local_problems
    shared = document
    if document and local:
        problems += broken_users(document, local, source.user)
        shared, local = _for_user(document, local, source.user)
    composition = compose(shared, source.path, read) if shared else _NOTHING
    problems += composition.problems
    file, wrong = validate(File, composition.document) if shared else (None, [])
    local_model, local_wrong = validate(LocalFile, local) if local else (None, [])
    problems += wrong + local_wrong
    if document and composition.complete:
        nothing = Node(names[1], "", 0, 0, {})
        problems += consistency.broken_rules(consistency.Documents(composition.document, local or nothing))
    if file is None or local_model is None or problems:
        raise ConfigError(str(source.path), lines(problems, (*names, composition.label)), REMEDY)
    return Models(file, local_model, composition)


def _for_user(shared: Node, local: Node, user: str) -> tuple[Node, Node]:
    """Return both files as they are for the user that the local one names, else for this one."""
    mine = local.get("user").text() or user
    return (fill_user(shared, mine), fill_user(local, mine)) if is_user(mine) else (shared, local)


def _document(raw: bytes, name: str, *, optional: bool = False) -> tuple[Node | None, list[Problem]]:
    try:
        return parse(raw, name, optional=optional)
    except DocumentError as error:
        return None, [error.problem]


def validate(model: type[M], document: Node) -> tuple[M | None, list[Problem]]:
    """Return the model, or None and what is wrong with each value."""
    try:
        return model.model_validate(document.data()), []
    except ValidationError as error:
        schema = json_schema(model)
        found = error.errors(include_url=False, include_context=True)
        return None, [_problem(one, document, model, schema) for one in found[: 2 * LIMIT]]


def _problem(error: ErrorDetails, document: Node, model: type[Block], schema: dict[str, Any]) -> Problem:
    node, missing = _locate(document, error["loc"])
    if missing:
        return Problem(node.file, node.line, node.column, join(node.path, missing), "is missing; add it")
    if error["type"] == "extra_forbidden":
        return node.problem(_unknown(error["loc"], model, schema))
    return node.problem(_message(error, node))


def _locate(document: Node, loc: tuple[int | str, ...]) -> tuple[Node, str]:
    """Return the node of pydantic's location; where it is missing, the mapping it is missing in and its key."""
    node = document
    for step in loc:
        match node.value:
            case tuple() if isinstance(step, int):
                node = node.value[step]
            case Mapping() if step in node.value:
                node = node.value[str(step)]
            case _ if not _is_tag(step):
                return node, str(step)
    return node, ""


def _is_tag(step: int | str) -> bool:
    return isinstance(step, str) and (step.startswith("~") or step == "[key]")


def _unknown(loc: tuple[int | str, ...], model: type[Block], schema: dict[str, Any]) -> str:
    key = str(loc[-1])
    if model is LocalFile and _shared_only(loc):
        return "cannot be set in the local file; set it in the shared one"
    return f"is not a known key{did_you_mean(key, _known(schema, loc[:-1]))}"


def _shared_only(loc: tuple[int | str, ...]) -> bool:
    match loc:
        case (key,):
            return key in File.model_fields
        case ("stages", int(), key):
            return key in Stage.model_fields
        case _:
            return False


def _known(schema: dict[str, Any], loc: tuple[int | str, ...]) -> set[str]:
    """Return the keys that the JSON Schema knows at a location."""
    places = list(_choices(schema, schema))
    for step in loc:
        if not _is_tag(step):
            places = [
                choice for place in places for inner in _inside(place, step) for choice in _choices(inner, schema)
            ]
    return {name for place in places for name in place.get("properties", {})}


def _choices(place: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "$ref" in place:
        yield from _choices(schema["$defs"][place["$ref"].rsplit("/", 1)[1]], schema)
    for choice in place.get("oneOf", ()):
        yield from _choices(choice, schema)
    yield place


def _inside(place: dict[str, Any], step: int | str) -> Iterator[dict[str, Any]]:
    if isinstance(step, int):
        yield from [place["items"]] if "items" in place else []
    elif step in place.get("properties", {}):
        yield place["properties"][step]
    else:
        yield from place.get("patternProperties", {}).values()


def _message(error: ErrorDetails, node: Node) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "plain":
            return error["msg"]
        case "literal_error":
            return _choice(node, str(context["expected"]))
        case "too_short":
            least = context["min_length"]
            return "is empty; list at least one" if least == 1 else f"needs {least} or more; list them"
        case "greater_than_equal" | "less_than_equal":
            return f"is {node.source}; {_bound(context)}"
        case kind if kind in _EXPECTED:
            return _mismatch(kind, node)
        case _:
            return f"does not fit: {error['msg']}"


def _bound(context: Mapping[str, Any]) -> str:
    return f"{context['ge']} is the least" if "ge" in context else f"{context['le']} is the most"


def _choice(node: Node, expected: str) -> str:
    words = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    if isinstance(node.value, str) and node.value not in words:
        return f"{quote(node.value)} is not possible{did_you_mean(node.value, words)}"
    if isinstance(node.value, bool) and node.source.lower() not in {"true", "false"}:
        return f"{node.source} is read as {_kind(node)} by YAML; write {' or '.join(words)}"
    quotes = " without quotes" if isinstance(node.value, str) else ""
    return f"is {_kind(node)}; write {' or '.join(words)}{quotes}"


def _mismatch(kind: str, node: Node) -> str:
    if kind == "string_type" and isinstance(node.value, int | float):
        return f'is read as {_kind(node)}; put it in quotes: "{node.source}"'
    return f"is {_kind(node)}; write {_EXPECTED[kind]}"


def _kind(node: Node) -> str:
    match node.value:
        case None:
            return "empty"
        case bool():
            return "true" if node.value else "false"
        case int() | float():
            return f"the number {node.source[:40]}"
        case str():
            return f"the text {quote(node.value)}"
        case tuple():
            return "a list"
        case Mapping():
            return "a mapping"
        case _:
            assert_never(node.value)
