"""The resources that stay in the account when their stack is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.package.template_references import properties_of, referred_resource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.value import Json

_KEPT = frozenset({"Retain", "RetainExceptOnCreate"})
_VERSION = "AWS::Lambda::Version"


def kept_resources(template: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the logical ids of what the template's deletion policies keep, in their order.

    The versions of a function go with it, whatever their own policy says.
    """
    listed = template.get("Resources")
    resources = {key: each for key, each in (listed or {}).items() if isinstance(each, dict)}
    kept = {key: None for key, each in resources.items() if each.get("DeletionPolicy") in _KEPT}
    return tuple(key for key in kept if not _goes_with_function(resources[key], kept, resources))


def _goes_with_function(resource: Json, kept: Mapping[str, None], resources: Mapping[str, Json]) -> bool:
    function = referred_resource(properties_of(resource).get("FunctionName"))
    return resource.get("Type") == _VERSION and function in resources and function not in kept
