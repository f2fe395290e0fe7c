"""Stack drift: where the resources of a stack are no longer what CloudFormation made them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from promote_tui.core.changes import PropertyChange
from promote_tui.core.public import is_public, shown

DetectionStatus: TypeAlias = Literal["detecting", "complete", "failed"]


@dataclass(frozen=True, slots=True)
class Detection:
    """How a drift detection stands; `reason` is why it failed."""

    status: DetectionStatus
    drifted: int = 0
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PropertyDrift:
    """A property that was changed by hand: its path, and what is expected and found there.

    The values are as AWS gives them: only `core.public` decides whether they may be shown.
    """

    path: str
    kind: Literal["add", "remove", "change"]
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class ResourceDrift:
    """A resource that is not as CloudFormation left it."""

    logical_id: str
    resource_type: str
    deleted: bool
    properties: tuple[PropertyDrift, ...] = ()


@dataclass(frozen=True, slots=True)
class StackDrift:
    """What the last detection found in a stack; `checked_at` is None where there never was one.

    `unknown` says why it cannot be told.
    """

    resources: tuple[ResourceDrift, ...] = ()
    checked_at: datetime | None = None
    unknown: str = ""


def differences(resource: ResourceDrift) -> tuple[PropertyChange, ...]:
    """Return what differs, from expected to actual; a value that may not be shown is None."""
    return tuple(
        PropertyChange(each.path, shown(each.expected), shown(each.actual))
        if is_public(resource.resource_type, each.path)
        else PropertyChange(each.path)
        for each in resource.properties
    )
