"""What stages ask of the package, and the rules that it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import Field

from promote_tui.config import types as f
from promote_tui.config.schema.block import Block
from promote_tui.core.model import team_rules
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

Level: TypeAlias = Literal["ignore", "warn", "require"]
_LEVEL = "ignore, warn, or require: whether a finding blocks."


class Allowed(Block):
    """What is allowed, and whether anything else blocks."""

    allow: list[f.Line] = Field(min_length=1, description="What is allowed.")
    level: Level = Field("warn", description=_LEVEL)


class NamePattern(Block):
    """What a name has to look like."""

    pattern: f.Word = Field(
        min_length=1, description="{stage}, {service} and {region} are replaced; * matches any characters."
    )
    level: Level = Field("warn", description=_LEVEL)


class Tags(Block):
    """The tags that a stack has to have."""

    keys: list[f.TagName] = Field(min_length=1, description="Keys of stack tags.")
    level: Level = Field("warn", description=_LEVEL)


class Command(Block):
    """A command of the team's own that looks at the package."""

    name: f.Line = Field(description="What the gate calls it.")
    run: f.Argv = Field(
        description="A program and its arguments; {package} is the package's folder, and {stage}, {service} and"
        " {region} are replaced, too."
    )
    level: Literal["warn", "require"] = Field("require", description="warn, or require: whether a failure blocks.")


class Safeguards(Block):
    """What a stage asks of the package."""

    wildcard_iam: Level | None = Field(None, description="No role may do everything.")
    secrets_in_environment: Level | None = Field(None, description="No function has a secret in its environment.")
    public_buckets: Level | None = Field(None, description="No bucket is open to everybody.")
    dead_letter: Level | None = Field(None, description="No event is lost where a function cannot handle it.")
    runtimes: Allowed | None = Field(None, description="The runtimes of functions.")
    regions: Allowed | None = Field(None, description="The regions of stacks.")
    function_names: NamePattern | None = Field(None, description="What functions are named.")
    stack_tags: Tags | None = Field(None, description="The tags of stacks.")
    vpc: Level | None = Field(None, description="Every function is in a VPC.")
    deployment_role: Level | None = Field(None, description="CloudFormation acts with a role of its own.")
    log_retention: Level | None = Field(None, description="No log never expires.")
    commands: list[Command] | None = Field(
        None, description="Commands that look at the package, without AWS credentials."
    )


def with_safeguards(rules: team_rules.Rules, shared: Safeguards, own: Safeguards) -> team_rules.Rules:
    """Return the rules with a file's and a stage's safeguards; the stage's win, one by one."""
    commands = own.commands if own.commands is not None else shared.commands or []
    asked = tuple(team_rules.SafeguardCommand(each.name, each.level, tuple(each.run)) for each in commands)
    return replace(rules, safeguards=tuple(_built_in(shared, own)), safeguard_commands=asked)


def _built_in(shared: Safeguards, own: Safeguards) -> Iterator[team_rules.Safeguard]:
    for name in Safeguards.model_fields:
        if name != "commands":
            found = getattr(own, name) if getattr(own, name) is not None else getattr(shared, name)
            level, values = _parts(found)
            if level != "ignore":
                yield team_rules.Safeguard(name, level, values)


def _parts(found: Level | Allowed | NamePattern | Tags | None) -> tuple[Level, tuple[str, ...]]:
    if isinstance(found, Allowed):
        return found.level, tuple(found.allow)
    if isinstance(found, NamePattern):
        return found.level, (found.pattern,)
    if isinstance(found, Tags):
        return found.level, tuple(found.keys)
    return found or "ignore", ()
