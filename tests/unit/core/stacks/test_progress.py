"""Resources as CloudFormation's events tell of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promote_tui.core.model.stack_status import STATUSES
from promote_tui.core.stacks.progress import StackPhase, StackProgress, fold_progress
from promote_tui.core.value import replace
from tests.support.values import NOW, event

if TYPE_CHECKING:
    from promote_tui.core.model.stack_status import StackEvent


def at(second: int, status: str, name: str = "orders-staging", reason: str = "", physical: str = "") -> StackEvent:
    """An event so many seconds after the beginning; of the stack itself unless a resource is named."""
    made = event(status, name, resource_type="AWS::X::Y", reason=reason, physical_id=physical or None)
    return replace(made, id=f"e{second}", at=NOW + timedelta(seconds=second))


BEGUN = (at(0, "UPDATE_IN_PROGRESS"), at(1, "UPDATE_IN_PROGRESS", "Table"), at(2, "CREATE_IN_PROGRESS", "Role"))
FAILED = (
    *BEGUN,
    at(5, "UPDATE_IN_PROGRESS", "Function"),
    at(7, "CREATE_COMPLETE", "Role"),
    at(9, "UPDATE_FAILED", "Function", "no such key"),
    at(10, "UPDATE_FAILED", "Table", "Resource update cancelled"),
    at(11, "UPDATE_ROLLBACK_IN_PROGRESS"),
)
UNDONE = (
    *FAILED,
    at(12, "UPDATE_IN_PROGRESS", "Function"),
    at(15, "UPDATE_COMPLETE", "Function"),
    at(16, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
    at(17, "DELETE_IN_PROGRESS", "Role"),
    at(18, "DELETE_COMPLETE", "Role"),
    at(20, "UPDATE_ROLLBACK_COMPLETE"),
)


def states(found: StackProgress) -> list[tuple[str, str]]:
    return [(row.logical_id, row.state) for row in found.rows]


def test_nothing_has_begun_without_events() -> None:
    assert fold_progress([]) == StackProgress()
    assert fold_progress([]).total is None


def test_what_runs_the_longest_stands_first_and_what_was_finished_last_behind_it() -> None:
    found = fold_progress([*BEGUN, at(3, "CREATE_IN_PROGRESS", "Queue"), at(4, "CREATE_COMPLETE", "Role")])
    assert states(found) == [("Table", "running"), ("Queue", "running"), ("Role", "done")]
    assert (found.finished, found.total, found.phase) == (1, None, StackPhase.UPDATING)
    assert [row.seconds for row in found.rows] == [None, None, 2]


def test_a_second_event_of_the_same_step_does_not_begin_it_anew() -> None:
    again = at(6, "UPDATE_IN_PROGRESS", "Table", "Resource creation Initiated")
    assert fold_progress([*BEGUN, again]).rows[0].since == NOW + timedelta(seconds=1)


def test_a_failure_stands_first_with_its_echo_behind_it() -> None:
    found = fold_progress(FAILED)
    assert states(found) == [("Function", "failed"), ("Table", "cancelled"), ("Role", "done")]
    assert found.failure is not None
    assert (found.failure.logical_id, found.failure.at) == ("Function", NOW + timedelta(seconds=9))
    assert found.phase is StackPhase.ROLLING_BACK
    assert found.total == 3


def test_while_it_goes_back_a_resource_runs_again() -> None:
    found = fold_progress([*FAILED, at(12, "UPDATE_IN_PROGRESS", "Function")])
    row = next(row for row in found.rows if row.logical_id == "Function")
    assert (row.state, row.undoing, row.since) == ("running", True, NOW + timedelta(seconds=12))


def test_what_failed_stays_failed_when_it_was_undone_and_the_rest_is_rolled_back() -> None:
    found = fold_progress(UNDONE)
    assert states(found) == [("Function", "failed"), ("Table", "cancelled"), ("Role", "rolled back")]
    assert found.rows[0].reason == "no such key"
    assert found.phase is StackPhase.ROLLED_BACK
    assert found.rollback == (NOW + timedelta(seconds=11), NOW + timedelta(seconds=20))


@pytest.mark.parametrize(
    "second",
    [
        at(3, "UPDATE_IN_PROGRESS", "Table", "Requested update requires the creation of a new physical resource"),
        at(3, "UPDATE_COMPLETE", "Table", physical="Table-2"),
    ],
)
def test_a_replacement_is_seen_by_its_reason_or_by_its_new_id(second: StackEvent) -> None:
    assert not fold_progress(BEGUN).rows[0].replaced
    assert next(row for row in fold_progress([*BEGUN, second]).rows if row.logical_id == "Table").replaced


def test_going_back_to_the_old_one_is_no_replacement() -> None:
    found = fold_progress([*FAILED, at(12, "UPDATE_COMPLETE", "Table", physical="Table-0")])
    assert not next(row for row in found.rows if row.logical_id == "Table").replaced


def test_removing_what_was_replaced_leaves_the_time_that_replacing_took() -> None:
    cleaned = (
        at(9, "UPDATE_COMPLETE", "Table", physical="Table-2"),
        at(10, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        at(11, "DELETE_IN_PROGRESS", "Table", physical="Table"),
        at(60, "DELETE_COMPLETE", "Table", physical="Table"),
    )
    row = next(row for row in fold_progress([*BEGUN, *cleaned]).rows if row.logical_id == "Table")
    assert (row.state, row.seconds) == ("done", 8)


def test_a_resource_that_no_event_ended_ends_with_its_stack() -> None:
    found = fold_progress([*BEGUN, at(9, "UPDATE_COMPLETE")])
    assert {state for _, state in states(found)} == {"done"}
    assert found.phase is StackPhase.DONE


def test_an_update_after_a_creation_counts_on() -> None:
    created = (at(0, "CREATE_IN_PROGRESS"), at(1, "CREATE_IN_PROGRESS", "Bucket"), at(2, "CREATE_COMPLETE", "Bucket"))
    found = fold_progress([*created, at(3, "CREATE_COMPLETE"), at(4, "UPDATE_IN_PROGRESS"), *BEGUN[1:]])
    assert found.phase is StackPhase.UPDATING
    assert found.finished == 1


_NAMES = st.sampled_from(["orders-staging", "Table", "Role"])
_STATUSES = st.sampled_from([*STATUSES, "SOMETHING_NEW", ""])


@given(st.lists(st.tuples(_STATUSES, _NAMES), max_size=30))
def test_whatever_the_events_are_each_resource_has_one_row(told: list[tuple[str, str]]) -> None:
    found = fold_progress([at(second, status, name) for second, (status, name) in enumerate(told)])
    assert sorted(row.logical_id for row in found.rows) == sorted({name for _, name in told} - {"orders-staging"})
    assert found.finished <= len(found.rows)
