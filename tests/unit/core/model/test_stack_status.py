"""Stack statuses and root causes."""

from __future__ import annotations

from typing import get_args

import pytest
from mypy_boto3_cloudformation.literals import StackStatusType

from promote_tui.core.model.stack_status import (
    NESTED_STACK,
    STATUSES,
    Phase,
    first_failure,
    has_completed,
    has_rolled_back,
    has_started,
    root_cause,
    status,
)
from tests.support.values import event

LAMBDA = "AWS::Lambda::Function"
NESTED = "arn:aws:cloudformation:eu-west-1:222222222222:stack/inner/2"


def test_every_status_of_the_api_has_a_row() -> None:
    assert set(STATUSES) == set(get_args(StackStatusType))


@pytest.mark.parametrize("name", sorted(STATUSES))
def test_what_cannot_be_deployed_to_says_what_to_do(name: str) -> None:
    row = status(name)
    assert row.name == name
    assert row.deployable is not bool(row.remedy)
    assert row.deployable is (row.phase in {Phase.STABLE, Phase.GONE})
    assert (row.phase is Phase.MOVING) is name.endswith("_IN_PROGRESS") or name == "REVIEW_IN_PROGRESS"


def test_a_status_of_the_future_blocks() -> None:
    row = status("UPDATE_TELEPORTED")
    assert row.phase is Phase.UNKNOWN
    assert not row.deployable
    assert "console" in row.remedy


def test_the_root_cause_is_the_first_failure_that_is_not_an_echo() -> None:
    events = [
        event("UPDATE_IN_PROGRESS"),
        event("CREATE_FAILED", "Queue", resource_type="AWS::SQS::Queue", reason="Resource creation cancelled"),
        event("UPDATE_FAILED", "Worker", resource_type=LAMBDA, reason="quota exceeded"),
        event("UPDATE_FAILED", "Table", resource_type="AWS::DynamoDB::Table", reason="later"),
        event("UPDATE_ROLLBACK_FAILED", reason="could not"),
    ]
    cause = root_cause(events)
    assert str(cause) == "Worker (AWS::Lambda::Function) UPDATE_FAILED: quota exceeded"


def test_a_resource_goes_before_the_stack_that_sums_it_up() -> None:
    events = [
        event("CREATE_FAILED", reason="The following resource(s) failed"),
        event("CREATE_FAILED", "X", reason="no"),
    ]
    failure = first_failure(events)
    assert failure is not None
    assert failure.logical_id == "X"


def test_only_echoes_and_successes_are_no_cause() -> None:
    assert root_cause([event("UPDATE_COMPLETE"), event("CREATE_FAILED", "Q", reason="Cancelled")]) is None


def test_a_cause_is_followed_into_nested_stacks() -> None:
    outer = [event("UPDATE_FAILED", "Inner", resource_type=NESTED_STACK, physical_id=NESTED, reason="Embedded stack")]
    inner = [event("CREATE_FAILED", "Topic", resource_type="AWS::SNS::Topic", reason="bad name", stack_id=NESTED)]
    cause = root_cause(outer, {NESTED: inner})
    assert cause is not None
    assert (cause.logical_id, cause.reason) == ("Topic", "bad name")


def test_a_nested_stack_without_events_is_the_cause_itself() -> None:
    outer = [event("UPDATE_FAILED", "Inner", resource_type=NESTED_STACK, physical_id=NESTED, reason="Embedded stack")]
    cause = root_cause(outer, {})
    assert cause is not None
    assert cause.logical_id == "Inner"


@pytest.mark.parametrize(
    ("names", "is_started", "is_rolled_back", "is_completed"),
    [
        ((), False, False, False),
        (("UPDATE_IN_PROGRESS",), True, False, False),
        (("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"), True, False, True),
        (("CREATE_IN_PROGRESS", "CREATE_COMPLETE"), True, False, True),
        (("UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"), True, True, False),
        (("CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE"), True, True, False),
        (("UPDATE_IN_PROGRESS", "UPDATE_FAILED"), True, False, False),
    ],
)
def test_the_stacks_own_events_tell_how_an_update_went(
    names: tuple[str, ...], is_started: bool, is_rolled_back: bool, is_completed: bool
) -> None:
    events = [event(name) for name in names]
    assert has_started(events) is is_started
    assert has_rolled_back(events) is is_rolled_back
    assert has_completed(events) is is_completed


def test_a_resources_completion_is_not_the_stacks() -> None:
    assert not has_completed([event("UPDATE_COMPLETE", "Worker", resource_type=LAMBDA)])
