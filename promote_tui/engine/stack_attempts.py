"""Why an attempt to change a stack failed, and who made it: by CloudFormation's events and CloudTrail."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError
from promote_tui.core.model.stack_status import NESTED_STACK, first_failure, root_cause
from promote_tui.core.runs.external import Actor, nearest_actor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.model.stack_status import RootCause, StackEvent
    from promote_tui.engine.context import Context

_DEEPEST_NESTING = 5
_AROUND = timedelta(minutes=2)
"""How far CloudTrail's time of a call may be from the stack's own first event."""


def find_root_cause(context: Context, target: Target, events: Sequence[StackEvent]) -> RootCause | None:
    """Return why an attempt failed, with the events of the nested stacks that it leads into; raises AwsError."""
    nested: dict[str, Sequence[StackEvent]] = {}
    failure = first_failure(events)
    while failure is not None and failure.resource_type == NESTED_STACK and len(nested) < _DEEPEST_NESTING:
        if failure.of_stack or not failure.physical_id or failure.physical_id in nested:
            break
        began = events[0].at
        inner = context.stacks.events(target, failure.physical_id)
        nested[failure.physical_id] = [event for event in inner if event.at >= began]
        failure = first_failure(nested[failure.physical_id])
    return root_cause(events, nested)


def find_actor(context: Context, target: Target, began: datetime) -> Actor:
    """Return who began to change the stack at a moment, or why that is not known."""
    try:
        found = context.ports.trail.actors(target, began - _AROUND, began + _AROUND)
    except AwsError as error:
        return Actor(problem=f"unknown who did it: {error.cause}")
    return nearest_actor(found, began)
