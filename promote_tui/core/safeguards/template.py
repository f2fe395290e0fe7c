"""Values of a CloudFormation template, as far as they can be told before the deploy.

See "Intrinsic function reference" in the AWS CloudFormation User Guide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promote_tui.core.value import Json

UNKNOWN: Final = object()
"""A value that only the deploy knows."""
_FUNCTION = ("Ref", "Condition")


def resources(template: Mapping[str, Json], *types: str) -> Iterator[tuple[str, dict[str, Json]]]:
    """Yield (logical id, properties) of the resources of these types; without any, of all of them."""
    for name, resource in (template.get("Resources") or {}).items():
        if isinstance(resource, dict) and (not types or resource.get("Type") in types):
            properties = resource.get("Properties")
            yield name, properties if isinstance(properties, dict) else {}


def possible(value: Json) -> tuple[Json, ...]:
    """Return every value that this may have: both of an `Fn::If`, None for no value, UNKNOWN where none can be told."""
    if not is_intrinsic(value):
        return (value,)
    ((name, given),) = value.items()
    if name == "Ref":
        return (None,) if given == "AWS::NoValue" else (UNKNOWN,)
    if name == "Fn::If" and isinstance(given, list) and len(given) == _IF:
        return (*possible(given[1]), *possible(given[2]))
    if name == "Fn::Sub" and isinstance(given, str) and "${" not in given:
        return (given,)
    return (_joined(given) if name == "Fn::Join" else UNKNOWN,)


_IF = 3
"""The parts of an `Fn::If`: its condition, and a value for either case."""


def _joined(given: Json) -> Json:
    match given:
        case [str(separator), list(parts)] if all(isinstance(part, str) for part in parts):
            return separator.join(parts)
    return UNKNOWN


def is_intrinsic(value: Json) -> bool:
    """Tell whether it is a function of CloudFormation's instead of a value."""
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith(("Fn::", *_FUNCTION))


def items(value: Json) -> Iterator[Json]:
    """Yield every item that a list may hold; one value that stands for a list is its only item."""
    for each in possible(value):
        if isinstance(each, list):
            for item in each:
                yield from possible(item)
        elif each is not None:
            yield each


def blocks(value: Json) -> Iterator[dict[str, Json]]:
    """Yield the mappings among the items that a list may hold."""
    yield from (each for each in items(value) if isinstance(each, dict))


def texts(value: Json) -> Iterator[str]:
    """Yield every text anywhere in a value, within functions of CloudFormation's, too."""
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(each)


def referred_id(value: Json) -> str | None:
    """Return the logical id that a `Ref` or an `Fn::GetAtt` names; None for anything else."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return name
        case {"Fn::GetAtt": str(words)}:
            return words.partition(".")[0]
    return None
