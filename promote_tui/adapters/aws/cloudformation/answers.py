"""Reads what CloudFormation answers of change sets, of drift and of resources."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from promote_tui.core.changes.model import Cause, SetChange
from promote_tui.core.changes.stack_drift import PropertyDrift, ResourceDrift
from promote_tui.core.model.stack_resources import StackResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.changes.model import ChangeAction, Recreation, Replacement
    from promote_tui.core.value import Json

_ACTIONS: Mapping[str, ChangeAction] = {"Add": "add", "Import": "add", "Remove": "remove"}


_REPLACEMENTS: Mapping[str, Replacement] = {"True": "true", "Conditional": "conditional"}


_SEVERITY: tuple[Recreation, ...] = ("Never", "Conditionally", "Always")


def read_change(raw: Json) -> SetChange:
    """Return a resource change of a change set."""
    properties: dict[str, Recreation] = {}
    attributes: dict[str, None] = {}
    causes: dict[Cause, None] = {}
    for detail in raw.get("Details", ()):
        where = detail.get("Target", {})
        if where.get("Attribute") != "Properties":
            attributes[str(where.get("Attribute", ""))] = None
        elif where.get("Name"):
            before = properties.get(where["Name"], "Never")
            properties[where["Name"]] = max(before, where.get("RequiresRecreation", "Never"), key=_SEVERITY.index)
            if where.get("RequiresRecreation", "Never") != "Never":
                causes[Cause(where["Name"], detail.get("CausingEntity", ""))] = None
    return SetChange(
        logical_id=raw["LogicalResourceId"],
        resource_type=raw["ResourceType"],
        action=_ACTIONS.get(raw["Action"], "modify"),
        replacement=_REPLACEMENTS.get(raw.get("Replacement", ""), "false"),
        properties=tuple(properties.items()),
        attributes=tuple(name for name in attributes if name),
        causes=tuple(causes),
    )


def read_drift(raw: Json) -> ResourceDrift:
    """Return what a drift detection found of a resource."""
    kinds = {"ADD": "add", "REMOVE": "remove", "NOT_EQUAL": "change"}
    return ResourceDrift(
        logical_id=raw["LogicalResourceId"],
        resource_type=raw["ResourceType"],
        deleted=raw["StackResourceDriftStatus"] == "DELETED",
        properties=tuple(
            PropertyDrift(
                path=each["PropertyPath"].strip("/").replace("/", "."),
                kind=kinds.get(each["DifferenceType"], "change"),  # type: ignore[arg-type]
                expected=each.get("ExpectedValue", ""),
                actual=each.get("ActualValue", ""),
            )
            for each in raw.get("PropertyDifferences", ())
        ),
    )


def read_resource(raw: Json) -> StackResource:
    """Return a resource of a stack, as it is listed."""
    at = raw.get("LastUpdatedTimestamp")
    return StackResource(
        logical_id=raw["LogicalResourceId"],
        resource_type=raw.get("ResourceType", ""),
        physical_id=raw.get("PhysicalResourceId", ""),
        status=raw.get("ResourceStatus", ""),
        reason=raw.get("ResourceStatusReason", ""),
        updated_at=at.astimezone(UTC) if at is not None else None,
    )
