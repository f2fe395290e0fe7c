"""The JSON Schema of the file, for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from promote_tui.config.schema.files import File

if TYPE_CHECKING:
    from pydantic_core import core_schema

    from promote_tui.config.schema.block import Block


class _Plain(GenerateJsonSchema):
    """No titles for fields, and no null: an empty value is a mistake in the file."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's hook
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        found = super().dict_schema(schema)
        return {**found, "additionalProperties": False} if "patternProperties" in found else found

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        if schema.get("default", ...) is None:
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)


def json_schema(model: type[Block] = File) -> dict[str, Any]:
    """Return the JSON Schema of the file, for editors."""
    schema = model.model_json_schema(schema_generator=_Plain)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema}
