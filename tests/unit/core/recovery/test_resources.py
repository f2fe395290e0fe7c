"""What failed, what may be skipped, and what holds data."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from promote_tui.core.errors import Refused, UsageError
from promote_tui.core.model.stack_resources import StackResource
from promote_tui.core.model.stack_status import StackEvent
from promote_tui.core.recovery.resources import (
    find_data,
    find_failed,
    find_kept,
    find_skippable,
    require_no_data,
    require_skippable,
)

STACK, NOW = "arn:stack", datetime(2026, 1, 30, 12, 0, tzinfo=UTC)


def events(*told: tuple[str, str, str]) -> tuple[StackEvent, ...]:
    """Events of resources by (logical id, status, reason); an empty id is the stack itself."""
    return tuple(
        StackEvent(f"e{at}", NOW, STACK, each or "orders", each or STACK, "AWS::X::Y", status, reason)
        for at, (each, status, reason) in enumerate(told)
    )


STUCK = events(
    ("", "UPDATE_COMPLETE", ""),
    ("", "UPDATE_IN_PROGRESS", ""),
    ("Broken", "CREATE_FAILED", "no token"),
    ("Other", "UPDATE_FAILED", "Resource update cancelled"),
    ("", "UPDATE_ROLLBACK_IN_PROGRESS", ""),
    ("Table", "UPDATE_FAILED", "throttled"),
    ("Table", "UPDATE_COMPLETE", ""),
    ("Role", "UPDATE_FAILED", "access denied"),
    ("", "UPDATE_ROLLBACK_FAILED", ""),
)


def test_the_newest_failures_are_named_and_those_of_the_rollback_may_be_skipped() -> None:
    assert [(each.logical_id, each.reason) for each in find_failed(STUCK)] == [
        ("Broken", "no token"),
        ("Role", "access denied"),
    ]
    assert [each.logical_id for each in find_skippable(STUCK)] == ["Role"]


def test_only_what_could_not_be_set_back_may_be_skipped() -> None:
    require_skippable("orders/dev", ["Role"], STUCK)
    with pytest.raises(UsageError, match="Broken and Table failed in no rollback") as found:
        require_skippable("orders/dev", ["Broken", "Table"], STUCK)
    assert "Role" in found.value.remedy
    with pytest.raises(UsageError, match="no resource of it can be skipped"):
        require_skippable("orders/dev", ["Role"], STUCK[:1])


def resource(name: str, kind: str, status: str = "CREATE_COMPLETE") -> StackResource:
    return StackResource(name, kind, f"{name}-1", status)


@pytest.mark.parametrize(
    ("found", "policy", "data", "kept"),
    [
        (resource("Orders", "AWS::DynamoDB::Table"), None, ("Orders (AWS::DynamoDB::Table)",), ()),
        (resource("Orders", "AWS::DynamoDB::Table"), "Delete", ("Orders (AWS::DynamoDB::Table)",), ()),
        (resource("Orders", "AWS::DynamoDB::Table"), "Retain", (), ("Orders",)),
        (resource("Orders", "AWS::DynamoDB::Table"), "RetainExceptOnCreate", (), ("Orders",)),
        (resource("Orders", "AWS::DynamoDB::Table", "DELETE_COMPLETE"), None, (), ()),
        (StackResource("Orders", "AWS::DynamoDB::Table", "", "CREATE_FAILED"), None, (), ()),
        (resource("Bucket", "AWS::S3::Bucket"), None, (), ()),
        (resource("Topic", "AWS::SNS::Topic"), None, (), ()),
        (resource("Inner", "AWS::CloudFormation::Stack"), None, ("Inner (AWS::CloudFormation::Stack)",), ()),
    ],
)
def test_what_holds_data_and_would_go_is_named(
    found: StackResource, policy: str | None, data: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    template = {"Resources": {found.logical_id: {"DeletionPolicy": policy} if policy else {}}}
    assert find_data([found], template, "Bucket") == data
    assert find_kept([found], template) == kept


def test_data_refuses_a_deletion() -> None:
    require_no_data("orders/dev", ())
    with pytest.raises(Refused, match="Orders would go with it"):
        require_no_data("orders/dev", ["Orders"])
