"""Safeguards on the stack's functions: runtimes, names, networks, and what becomes of an event that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.model.placeholders import fill_placeholders
from promote_tui.core.safeguards.model import Finding
from promote_tui.core.safeguards.template import UNKNOWN, items, possible, referred_id, resources, texts
from promote_tui.core.text import list_first
from promote_tui.core.wildcard import matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promote_tui.core.model.team_rules import Safeguard
    from promote_tui.core.safeguards.model import PackagedStack
    from promote_tui.core.value import Json

FUNCTION = "AWS::Lambda::Function"
_ASYNCHRONOUS = ("events", "iot", "s3", "ses", "sns")
"""The services that invoke a function and do not wait for it, as principals of a permission without their domain."""


def find_runtimes(stack: PackagedStack, wanted: Safeguard) -> Iterator[Finding]:
    """Yield the functions with a runtime that is not allowed; one made from an image has none."""
    for name, properties in resources(stack.template, FUNCTION):
        for runtime in possible(properties.get("Runtime")):
            if runtime is UNKNOWN:
                yield Finding(name, "its runtime is known only to the deploy", unknown=True)
            elif runtime is not None and runtime not in wanted.values:
                yield Finding(name, f"runs on {runtime}; allowed: {list_first(wanted.values)}")


def find_function_names(stack: PackagedStack, wanted: Safeguard) -> Iterator[Finding]:
    """Yield the functions whose names do not fit the pattern, and those that CloudFormation would name."""
    values = {"stage": stack.stage, "service": stack.service, "region": stack.region}
    patterns = [fill_placeholders(pattern, values) for pattern in wanted.values]
    for name, properties in resources(stack.template, FUNCTION):
        for given in possible(properties.get("FunctionName")):
            if given is UNKNOWN:
                yield Finding(name, "its name is known only to the deploy", unknown=True)
            elif given is None:
                yield Finding(name, "has no name of its own")
            elif not any(matches(pattern, str(given)) for pattern in patterns):
                yield Finding(name, f"is named {given}, which is not {list_first(patterns)}")


def find_vpc(stack: PackagedStack, _wanted: Safeguard) -> Iterator[Finding]:
    """Yield the functions that are in no VPC."""
    for name, properties in resources(stack.template, FUNCTION):
        for network in possible(properties.get("VpcConfig")):
            if network is UNKNOWN:
                yield Finding(name, "its VPC is known only to the deploy", unknown=True)
            elif not isinstance(network, dict) or not [*items(network.get("SubnetIds"))]:
                yield Finding(name, "is in no VPC")


def find_dead_letter(stack: PackagedStack, _wanted: Safeguard) -> Iterator[Finding]:
    """Yield the functions, streams and queues whose events are lost where nobody can handle them."""
    template = stack.template
    kept = _with_destination(template)
    invoked = _invoked_asynchronously(template)
    for name, properties in resources(template, FUNCTION):
        if name in invoked and name not in kept and not properties.get("DeadLetterConfig"):
            yield Finding(
                name, f"is invoked by {invoked[name]} without a dead-letter queue or a destination of failures"
            )
    for name, properties in resources(template, "AWS::Lambda::EventSourceMapping"):
        if _is_stream(template, properties.get("EventSourceArn")) and not _on_failure(properties):
            yield Finding(name, "reads a stream without a destination of failures")
    letters = _dead_letter_queues(template)
    for name, properties in resources(template, "AWS::SQS::Queue"):
        if name not in letters and not properties.get("RedrivePolicy"):
            yield Finding(name, "is a queue without a dead-letter queue")


def _invoked_asynchronously(template: Mapping[str, Json]) -> dict[str, str]:
    """Return who invokes functions without waiting for them, by the functions' logical ids."""
    found: dict[str, str] = {}
    for _, permission in resources(template, "AWS::Lambda::Permission"):
        function = referred_id(permission.get("FunctionName"))
        for principal in texts(permission.get("Principal")):
            service = principal.partition(".")[0]
            if function and service in _ASYNCHRONOUS:
                found.setdefault(function, service)
    return found


def _with_destination(template: Mapping[str, Json]) -> set[str | None]:
    """Return the functions whose failed events go somewhere."""
    configs = resources(template, "AWS::Lambda::EventInvokeConfig")
    return {referred_id(config.get("FunctionName")) for _, config in configs if _on_failure(config)}


def _on_failure(properties: Mapping[str, Json]) -> bool:
    given = properties.get("DestinationConfig")
    return isinstance(given, dict) and bool(given.get("OnFailure"))


def _is_stream(template: Mapping[str, Json], source: Json) -> bool:
    kind = ((template.get("Resources") or {}).get(referred_id(source)) or {}).get("Type")
    named = any(f":{service}:" in text for text in texts(source) for service in ("kinesis", "dynamodb"))
    return named or kind in {"AWS::Kinesis::Stream", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"}


def _dead_letter_queues(template: Mapping[str, Json]) -> set[str | None]:
    """Return the queues that others put what failed into."""
    found: set[str | None] = set()
    for name, properties in resources(template):
        found |= {name} if properties.get("RedriveAllowPolicy") else set()
        for key in ("RedrivePolicy", "DeadLetterConfig", "DestinationConfig"):
            found |= {*_references(properties.get(key))}
    return found


def _references(value: Json) -> Iterator[str | None]:
    if (name := referred_id(value)) is not None:
        yield name
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _references(each)
