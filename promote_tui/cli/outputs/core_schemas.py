"""The JSON Schema of what is printed as the core keeps it: the events of a run, and the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from promote_tui.core.model.pipeline import Pipeline
from promote_tui.core.runs.events import KIND_NAMES, SCHEMA, Failed, Planned

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

DEFINED = "#/$defs/"
RECORDED_EVENT, CONFIGURATION = f"{DEFINED}RecordedEvent", f"{DEFINED}Pipeline"


def event_definitions() -> dict[str, Any]:
    """Return what `RECORDED_EVENT` stands on: each kind of event with its number, and those of a newer version."""
    definitions = _definitions(KIND_NAMES)
    for kind, name in KIND_NAMES.items():
        definitions[kind.__name__] = _event(definitions[kind.__name__], name, optional=_OPTIONAL.get(kind, ()))
    known = {"event": {"enum": [*KIND_NAMES.values()]}, "schema": {"const": SCHEMA}}
    newer = {
        "type": "object",
        "properties": {"seq": _NUMBER},
        "required": ["seq"],
        "not": {"properties": known, "required": [*known]},
    }
    kinds = [{"$ref": f"{DEFINED}{kind.__name__}"} for kind in KIND_NAMES]
    about = "An event as the ledger has it, with its number; one of a newer version is as that wrote it."
    return {**definitions, "RecordedEvent": {"description": about, "anyOf": [*kinds, newer]}}


_NUMBER = {"type": "integer", "minimum": 1}
_OPTIONAL: Mapping[type, Collection[str]] = {
    Failed: {"halfway"},
    Planned: {"preview", "recovery", "release", "started_by"},
}
"""Keys that an event has only where there is something to say: earlier versions can read it without."""


def _event(definition: dict[str, Any], name: str, optional: Collection[str]) -> dict[str, Any]:
    own = {key: value for key, value in definition["properties"].items() if key != "type"}
    properties = {"seq": _NUMBER, "event": {"const": name}, "schema": {"const": SCHEMA}, **own}
    return {**definition, "properties": properties, "required": [key for key in properties if key not in optional]}


def configuration_definitions() -> dict[str, Any]:
    """Return what `CONFIGURATION` stands on."""
    definitions = _definitions([Pipeline])
    properties = {key: value for key, value in definitions["Pipeline"]["properties"].items() if key != "type"}
    return {
        **definitions,
        "Pipeline": {**definitions["Pipeline"], "properties": properties, "required": [*properties]},
    }


def _definitions(kinds: Collection[type]) -> dict[str, Any]:
    """Return the schemas of core values, which are written with every key, defaults too."""
    _, found = msgspec.json.schema_components(kinds, ref_template=f"{DEFINED}{{name}}")
    return {name: _closed(schema) if "properties" in schema else schema for name, schema in found.items()}


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    properties = {key: _without_default(value) for key, value in schema["properties"].items()}
    about = " ".join(schema["description"].split())
    return {
        **schema,
        "description": about,
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


def _without_default(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "default"}
