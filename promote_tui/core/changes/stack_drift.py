"""Stack drift: where the resources of a stack are no longer what CloudFormation made them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.changes.model import PropertyChange, ResourceChange
from promote_tui.core.changes.redaction import is_public, redact
from promote_tui.core.durations import age
from promote_tui.core.value import Moment, Value, replace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

DetectionStatus: TypeAlias = Literal["detecting", "complete", "failed"]


class Detection(Value):
    """How a drift detection stands; `reason` is why it failed."""

    status: DetectionStatus
    drifted: int = 0
    reason: str = ""
    at: Moment | None = None


class PropertyDrift(Value):
    """A property that was changed by hand: its path, and what is expected and found there.

    The values are as AWS gives them: only `core.changes.redaction` decides whether they may be shown.
    """

    path: str
    kind: Literal["add", "remove", "change"]
    expected: str
    actual: str


class ResourceDrift(Value):
    """A resource that is not as CloudFormation left it."""

    logical_id: str
    resource_type: str
    deleted: bool
    properties: tuple[PropertyDrift, ...] = ()


class StackDrift(Value):
    """What the last detection found in a stack; `checked_at` is None where there never was one.

    `unknown` says why it cannot be told.
    """

    resources: tuple[ResourceDrift, ...] = ()
    checked_at: Moment | None = None
    unknown: str = ""


def mark_overwritten(
    changes: Sequence[ResourceChange], drift: StackDrift, now: datetime
) -> tuple[tuple[ResourceChange, ...], tuple[str, ...]]:
    """Return the changes with the manual changes that they set back, and what has to be said of all of them.

    CloudFormation writes what differs between two templates: a property that was changed by hand is set back for
    certain where the deploy changes it, or makes the resource anew. Where a deploy changes another property of the
    resource, whether it is set back is up to the resource.
    """
    found = {each.logical_id: each for each in drift.resources}
    told = tuple(_overwriting(each, found.get(each.logical_id)) for each in changes)
    names = [each.logical_id for each in told if each.overwrites]
    if not names:
        return told, ()
    when = f", as CloudFormation found {age(drift.checked_at, now)} ago" if drift.checked_at else ""
    return told, (f"this deploy overwrites a manual change of {', '.join(names)}{when}",)


def _overwriting(change: ResourceChange, drift: ResourceDrift | None) -> ResourceChange:
    if drift is None or change.action == "add" or (change.action == "remove" and change.kept):
        return change
    whole = change.action == "remove" or change.replacement == "true"
    if drift.deleted:
        lost = (
            ()
            if whole
            else ("was deleted by hand: CloudFormation cannot update it, so this deploy will probably fail",)
        )
        return replace(change, notes=(*change.notes, *lost))
    paths = [each.path for each in drift.properties]
    sure = tuple(path for path in paths if whole or any(_touches(each.path, path) for each in change.properties))
    perhaps = ", ".join(path for path in paths if path not in sure)
    notes = (*change.notes, f"may overwrite a manual change of {perhaps}") if perhaps else change.notes
    return replace(change, overwrites=sure, notes=notes)


def _touches(one: str, other: str) -> bool:
    """Tell whether a property is the other one, or stands above or below it."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def differences(resource: ResourceDrift) -> tuple[PropertyChange, ...]:
    """Return what differs, from expected to actual; a value that may not be shown is None."""
    return tuple(
        PropertyChange(each.path, redact(each.expected), redact(each.actual))
        if is_public(resource.resource_type, each.path)
        else PropertyChange(each.path)
        for each in resource.properties
    )
