"""Values that a deploy is given, as parameters or in its environment: text, or where the value is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from promote_tui.core.model.placeholders import fill_placeholders, variables
from promote_tui.core.value import Value, field, replace

if TYPE_CHECKING:
    from collections.abc import Mapping


class SsmValue(Value):
    """The value of a parameter in the SSM Parameter Store of the stage's account and region."""

    name: str

    def __str__(self) -> str:
        """Return where it is kept, in words."""
        return f"SSM {self.name}"


class SecretValue(Value):
    """A secret of AWS Secrets Manager, by its name or ARN; with `key`, one entry of a secret that is a JSON object."""

    name: str
    key: str = ""

    def __str__(self) -> str:
        """Return where it is kept, in words."""
        return f"secret {self.name}" + (f", {self.key}" if self.key else "")


class OutputValue(Value):
    """An output of a service's stack in the same stage."""

    output: str
    service: str

    def __str__(self) -> str:
        """Return where it is kept, in words."""
        return f"output {self.output} of {self.service}"


class KnownValue(Value):
    """A value that was read for one deploy; it is never written down, and its text shows nothing of it."""

    text: str = field()
    secret: bool = True

    def __repr__(self) -> str:
        """Return nothing of the value."""
        return "KnownValue(...)"


Reference: TypeAlias = SsmValue | SecretValue | OutputValue
DeployValue: TypeAlias = str | Reference | KnownValue
"""A text is a template: its `${NAME}` are read from the environment when a child is started, never before."""

NamedValues: TypeAlias = tuple[tuple[str, DeployValue], ...]


def fill_value(value: DeployValue, values: Mapping[str, str]) -> DeployValue:
    """Return the value with its placeholders (`{stage}` and the like) filled in."""
    match value:
        case str():
            return fill_placeholders(value, values)
        case SsmValue():
            return SsmValue(fill_placeholders(value.name, values))
        case SecretValue():
            return replace(value, name=fill_placeholders(value.name, values))
        case _:
            return value


def without_kept(values: NamedValues) -> NamedValues:
    """Return the values that the configuration or the environment says, without those that AWS keeps."""
    return tuple((name, value) for name, value in values if isinstance(value, str))


def source_words(value: DeployValue) -> str:
    """Return where a value comes from, in words that tell nothing of the value itself."""
    if isinstance(value, str):
        read = list(dict.fromkeys(variables(value)))
        return f"environment {', '.join(read)}" if read else "configuration"
    return "" if isinstance(value, KnownValue) else str(value)


def is_literal(value: DeployValue) -> bool:
    """Tell whether the configuration itself says the value: then it is no secret."""
    return isinstance(value, str) and not variables(value)
