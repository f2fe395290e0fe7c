"""Make single CloudFormation calls and translate their answers; parameter values are never kept."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from botocore.exceptions import ClientError

from promote_tui.adapters.aws.refusals import code, is_denied, is_missing
from promote_tui.core.model.cells import StackState
from promote_tui.core.model.stack_status import StackEvent, status
from promote_tui.core.stacks.cells import commit_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef, StackTypeDef

    from promote_tui.core.model.pipeline import CommitSource

T = TypeVar("T")
StackPage: TypeAlias = "tuple[Sequence[StackTypeDef], str | None]"
"""Some of an account's stacks, and what leads to the next page."""
EventPage: TypeAlias = "tuple[Sequence[StackEvent], str | None]"
"""Some of a stack's events, newest first, and what leads to older ones."""
_CANCELLED = frozenset({
    "UPDATE_ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE",
})  # fmt: skip


def describe_stack(client: CloudFormationClient, name: str) -> StackTypeDef | None:
    """Return a stack by its name or id; None where there is none."""
    try:
        found = client.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    return found[0] if found else None


def list_stacks(client: CloudFormationClient, token: str | None) -> StackPage | None:
    """Return a page of all stacks; None where only single stacks may be read."""
    try:
        answer = client.describe_stacks(NextToken=token) if token else client.describe_stacks()
    except ClientError as error:
        if is_denied(error):
            return None
        raise
    return answer["Stacks"], answer.get("NextToken")


def events(client: CloudFormationClient, stack_id: str, token: str | None) -> EventPage:
    """Return a page of a stack's events."""
    if token:
        answer = client.describe_stack_events(StackName=stack_id, NextToken=token)
    else:
        answer = client.describe_stack_events(StackName=stack_id)
    return [event_of(raw) for raw in answer["StackEvents"]], answer.get("NextToken")


def cancel(client: CloudFormationClient, stack_id: str) -> str | None:
    """Cancel the running update; return the stack's status where there is none that could be cancelled.

    That the update rolls back already is what was wanted: a reply may be lost and the call repeated.
    """
    try:
        client.cancel_update_stack(StackName=stack_id)
    except ClientError as error:
        stack = describe_stack(client, stack_id) if code(error) == "ValidationError" else None
        if stack is None:
            raise
        return None if stack["StackStatus"] in _CANCELLED else stack["StackStatus"]
    return None


def state_of(raw: StackTypeDef, source: CommitSource, bucket_output: str = "") -> StackState:
    """Translate a stack of CloudFormation's answer."""
    outputs = tuple((pair.get("OutputKey", ""), pair.get("OutputValue", "")) for pair in raw.get("Outputs", ()))
    tags = tuple((tag["Key"], tag["Value"]) for tag in raw.get("Tags", ()))
    updated = raw.get("LastUpdatedTime", raw.get("CreationTime"))
    return StackState(
        id=raw.get("StackId", ""),
        name=raw["StackName"],
        status=status(raw["StackStatus"]),
        status_name=raw["StackStatus"],
        commit=commit_text(source, outputs, tags, bucket_output),
        updated_at=_utc(updated),
        outputs=outputs,
    )


def event_of(raw: StackEventTypeDef) -> StackEvent:
    """Translate an event of CloudFormation's answer."""
    return StackEvent(
        id=raw["EventId"],
        at=_utc(raw["Timestamp"]),
        stack_id=raw["StackId"],
        logical_id=raw.get("LogicalResourceId", ""),
        physical_id=raw.get("PhysicalResourceId", ""),
        resource_type=raw.get("ResourceType", ""),
        status=raw.get("ResourceStatus", ""),
        reason=raw.get("ResourceStatusReason", ""),
    )


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
