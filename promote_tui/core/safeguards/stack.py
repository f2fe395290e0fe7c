"""Safeguards on the stack as a whole: its region, its tags, who deploys it, and how long its logs are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.safeguards.functions import FUNCTION
from promote_tui.core.safeguards.model import Finding
from promote_tui.core.safeguards.template import UNKNOWN, possible, resources
from promote_tui.core.text import list_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.model.team_rules import Safeguard
    from promote_tui.core.safeguards.model import PackagedStack
    from promote_tui.core.value import Json


def find_regions(stack: PackagedStack, wanted: Safeguard) -> Iterator[Finding]:
    """Yield that the stack is in a region that is not allowed."""
    if stack.region not in wanted.values:
        yield Finding("", f"would be in {stack.region}; allowed: {list_first(wanted.values)}")


def find_stack_tags(stack: PackagedStack, wanted: Safeguard) -> Iterator[Finding]:
    """Yield the stack tags that are missing."""
    missing = [key for key in wanted.values if key not in stack.tags]
    if missing:
        yield Finding("", f"has no stack tag {list_first(missing)}")


def find_deployment_role(stack: PackagedStack, _wanted: Safeguard) -> Iterator[Finding]:
    """Yield that CloudFormation would act with the permissions of whoever deploys."""
    if not stack.role_arn:
        yield Finding("", "names no deployment role, so CloudFormation acts as whoever deploys")


def find_log_retention(stack: PackagedStack, _wanted: Safeguard) -> Iterator[Finding]:
    """Yield the log groups that never expire, and the functions whose log group is not in the stack."""
    named: set[Json] = set()
    for name, properties in resources(stack.template, "AWS::Logs::LogGroup"):
        named |= {each for each in possible(properties.get("LogGroupName")) if isinstance(each, str) or each is UNKNOWN}
        for days in possible(properties.get("RetentionInDays")):
            if days is None:
                yield Finding(name, "never expires")
            elif days is UNKNOWN:
                yield Finding(name, "its retention is known only to the deploy", unknown=True)
    for name, properties in resources(stack.template, FUNCTION):
        if not properties.get("LoggingConfig"):
            yield from _without_group(name, properties, named)


def _without_group(name: str, properties: dict[str, Json], named: set[Json]) -> Iterator[Finding]:
    for given in possible(properties.get("FunctionName")):
        if f"/aws/lambda/{given}" in named:
            continue
        if UNKNOWN in named or given is UNKNOWN:
            yield Finding(name, "the name of its log group is known only to the deploy", unknown=True)
        else:
            yield Finding(name, "its log group is not in the stack, and would never expire")
