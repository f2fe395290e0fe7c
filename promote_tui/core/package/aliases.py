"""The aliases that requests reach a stack's functions through, told from its template."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, TypeAlias

from promote_tui.core.package.template_references import properties_of, referred_resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promote_tui.core.value import Json

Aliases: TypeAlias = "Mapping[str, tuple[str, ...]]"
"""The names of aliases by the logical id of their function."""

_ALIAS, _FUNCTION, _URL = "AWS::Lambda::Alias", "AWS::Lambda::Function", "AWS::Lambda::Url"
_INVOKES = frozenset(
    {
        "AWS::ApiGateway::Method",
        "AWS::ApiGatewayV2::Authorizer",
        "AWS::ApiGatewayV2::Integration",
        "AWS::Cognito::UserPool",
        "AWS::Events::Rule",
        "AWS::IoT::TopicRule",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Permission",
        "AWS::S3::Bucket",
        "AWS::SNS::Subscription",
        "AWS::Scheduler::Schedule",
    }
)
"""The resources that send requests to a function, and may name one of its aliases."""
_BEHIND = re.compile(r":([A-Za-z][A-Za-z0-9_-]*)(?=/|$)")
_SUBSTITUTED = re.compile(r"\$\{(\w+)(?:\.Arn)?\}:([A-Za-z][A-Za-z0-9_-]*)(?=/|$)")


def served_aliases(template: Mapping[str, Json]) -> Aliases:
    """Return the aliases that the template makes, and those that its event sources and integrations name."""
    listed = template.get("Resources")
    named = listed.items() if isinstance(listed, dict) else ()
    resources = {key: each for key, each in named if isinstance(each, dict)}
    functions = {key for key, each in resources.items() if each.get("Type") == _FUNCTION}
    found: dict[str, dict[str, None]] = {}
    for each in resources.values():
        for function, alias in _named(each):
            if function in functions:
                found.setdefault(function, {})[alias] = None
    return {function: tuple(names) for function, names in found.items()}


def _named(resource: Json) -> Iterator[tuple[str, str]]:
    kind, properties = resource.get("Type"), properties_of(resource)
    if kind == _ALIAS and isinstance(properties.get("Name"), str):
        yield referred_resource(properties.get("FunctionName")), properties["Name"]
    elif kind == _URL and isinstance(properties.get("Qualifier"), str):
        yield referred_resource(properties.get("TargetFunctionArn")), properties["Qualifier"]
    elif kind in _INVOKES:
        yield from _written(properties)


def _written(value: Json) -> Iterator[tuple[str, str]]:
    """Yield each function with the alias that is written behind it: `Fn::Join` and `Fn::Sub`, wherever they stand."""
    match value:
        case {"Fn::Join": [_, list(parts)]}:
            yield from _joined(parts)
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            yield from ((found[1], found[2]) for found in _SUBSTITUTED.finditer(text))
        case dict():
            for each in value.values():
                yield from _written(each)
        case list():
            for each in value:
                yield from _written(each)


def _joined(parts: list[Json]) -> Iterator[tuple[str, str]]:
    for part, behind in itertools.pairwise(parts):
        found = _BEHIND.match(behind) if isinstance(behind, str) else None
        if found and (function := referred_resource(part)):
            yield function, found[1]
