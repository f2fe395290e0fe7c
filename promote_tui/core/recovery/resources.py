"""The resources of a stuck stack: which could not be set back, which may be skipped, which hold data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.changes.kept_resources import kept_resources
from promote_tui.core.changes.stateful import holds_data
from promote_tui.core.errors import Refused, UsageError
from promote_tui.core.model.halfway import last_move
from promote_tui.core.model.stack_status import NESTED_STACK, is_cancellation
from promote_tui.core.text import join_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from promote_tui.core.model.stack_resources import StackResource
    from promote_tui.core.model.stack_status import StackEvent
    from promote_tui.core.value import Json

_SKIPPABLE = frozenset({"UPDATE_FAILED", "DELETE_FAILED"})


def find_failed(events: Sequence[StackEvent]) -> tuple[StackEvent, ...]:
    """Return the newest failure of each resource that has failed since the stack was last at rest, in their order."""
    found: dict[str, StackEvent] = {}
    for event in last_move(events):
        if event.of_stack:
            continue
        if event.status.endswith("_FAILED") and not is_cancellation(event):
            found[event.logical_id] = event
        elif event.status.endswith("_COMPLETE"):
            found.pop(event.logical_id, None)
    return tuple(found.values())


def find_skippable(events: Sequence[StackEvent]) -> tuple[StackEvent, ...]:
    """Return the failures of those resources that a continued rollback may leave as they are."""
    rollback = _since_rollback(last_move(events))
    return tuple(each for each in find_failed(events) if each.status in _SKIPPABLE and each in rollback)


def _since_rollback(events: Sequence[StackEvent]) -> Sequence[StackEvent]:
    began = next((at for at, event in enumerate(events) if event.of_stack and "ROLLBACK" in event.status), len(events))
    return events[began:]


def require_skippable(subject: str, skip: Iterable[str], events: Sequence[StackEvent]) -> None:
    """Raise UsageError for a resource that CloudFormation would not skip."""
    names = [event.logical_id for event in find_skippable(events)]
    wrong = [each for each in skip if each not in names]
    if wrong:
        may = f"those that can be: {join_words(names)}" if names else "no resource of it can be skipped"
        raise UsageError(subject, f"{join_words(wrong)} failed in no rollback, and cannot be skipped", may)


def find_data(resources: Iterable[StackResource], template: Mapping[str, Json], bucket: str) -> tuple[str, ...]:
    """Return what would lose its data with the stack, as `Orders (AWS::DynamoDB::Table)`."""
    kept = kept_resources(template)
    return tuple(
        f"{each.logical_id} ({each.resource_type})"
        for each in _present(resources)
        if _may_hold_data(each, bucket) and each.logical_id not in kept
    )


def find_kept(resources: Iterable[StackResource], template: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the logical ids of what stays in the account when the stack is gone."""
    kept = kept_resources(template)
    return tuple(each.logical_id for each in _present(resources) if each.logical_id in kept)


def _present(resources: Iterable[StackResource]) -> Iterator[StackResource]:
    return (each for each in resources if each.physical_id and each.status != "DELETE_COMPLETE")


def _may_hold_data(resource: StackResource, bucket: str) -> bool:
    """Tell whether a resource holds data; what a nested stack holds is not looked at, and so it counts."""
    return resource.resource_type == NESTED_STACK or holds_data(resource.resource_type, resource.logical_id, bucket)


def require_no_data(subject: str, data: Sequence[str]) -> None:
    """Raise Refused where a deletion would take data with it."""
    if data:
        cause = f"the stack is not deleted: {join_words(data)} would go with it, with the data"
        raise Refused(subject, cause, "save what it holds, then delete it or the stack in the CloudFormation console")
