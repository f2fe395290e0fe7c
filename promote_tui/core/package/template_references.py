"""What a template's resource says: its properties, and the resource that one of them is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from promote_tui.core.value import Json


def properties_of(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the properties of a resource; none where it has none."""
    found = resource.get("Properties")
    return found if isinstance(found, Mapping) else {}


def referred_resource(value: Json) -> str:
    """Return the logical id that `{"Ref": ID}` or `{"Fn::GetAtt": [ID, "Arn"]}` is about; empty for anything else."""
    if not isinstance(value, Mapping):
        return ""
    attribute = value.get("Fn::GetAtt")
    found = value.get("Ref") or (attribute[0] if isinstance(attribute, list) and attribute else attribute)
    return found.split(".")[0] if isinstance(found, str) else ""
