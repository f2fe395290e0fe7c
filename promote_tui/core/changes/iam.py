"""What a change of a resource does to rights and to public access, in the words of a review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from promote_tui.core.value import Json

_OPEN = ("0.0.0.0/0", "::/0")


def permission_notes(resource_type: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what is granted, taken or opened to everybody, from a resource's properties before and after."""
    then, now = set(_rights(before)), set(_rights(after))
    granted = [f"grants {action} on {where}" for action, where in sorted(now - then)]
    taken = [f"revokes {action} on {where}" for action, where in sorted(then - now)]
    opened = [words for words in _public(resource_type, after) if words not in {*_public(resource_type, before)}]
    return (*opened, *granted, *taken)


def _rights(properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for statement in _statements(properties):
        if statement.get("Effect") != "Allow":
            continue
        for action in _listed(statement.get("Action")):
            for resource in _listed(statement.get("Resource")) or ["its resource"]:
                yield str(action), resource if isinstance(resource, str) else "a resource of the stack"


def _statements(node: Json) -> Iterator[Mapping[str, Json]]:
    if isinstance(node, Mapping):
        if "Effect" in node and ("Action" in node or "NotAction" in node):
            yield node
        for value in node.values():
            yield from _statements(value)
    elif isinstance(node, list):
        for item in node:
            yield from _statements(item)


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _public(resource_type: str, properties: Mapping[str, Any]) -> Iterator[str]:
    for statement in _statements(properties):
        if statement.get("Effect") == "Allow" and statement.get("Principal") in ("*", {"AWS": "*"}):
            yield "open to everybody (Principal *)"
    if resource_type == "AWS::Lambda::Permission" and properties.get("Principal") == "*":
        yield "open to everybody (Principal *)"
    if "NONE" in {properties.get("AuthType"), properties.get("AuthorizationType")}:
        yield "needs no authorization"
    if str(properties.get("AccessControl", "")).startswith("Public"):
        yield f"public bucket ({properties['AccessControl']})"
    block = properties.get("PublicAccessBlockConfiguration")
    if isinstance(block, Mapping) and not all(block.values()):
        yield "does not block public access"
    if resource_type.startswith("AWS::EC2::SecurityGroup") and any(cidr in str(properties) for cidr in _OPEN):
        yield "open to every address"
