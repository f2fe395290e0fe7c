"""The last attempt is told from those before it, with the run that made it, or none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.description.failed_update import (
    actor_of,
    failed_events,
    last_attempt,
    newest_verified_event,
    run_of_attempt,
)
from promote_tui.core.model.stack_status import StackEvent
from promote_tui.core.runs.events import Failed, Observed, RolledBack, Submitting, Verified
from promote_tui.core.runs.external import Actor
from promote_tui.core.runs.fold import fold
from tests.support.values import NOW, STACK_ID, planned, stack

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Run

MINUTE = timedelta(minutes=1)
STACK, TABLE = "AWS::CloudFormation::Stack", "AWS::DynamoDB::Table"


def told(*statuses: str, first: int = 1) -> tuple[StackEvent, ...]:
    """Events a minute apart: `UPDATE_FAILED Table` is a resource's, others are the stack's own."""
    found = []
    for number, words in enumerate(statuses, first):
        status, _, name = words.partition(" ")
        who = (name, f"{name}-1", TABLE) if name else ("orders-staging", STACK_ID, STACK)
        found.append(
            StackEvent(f"e{number}", NOW + number * MINUTE, STACK_ID, *who, status, "why AKIAABCDEFGHIJKLMNOP")
        )
    return tuple(found)


def ended(last: str, run: str = "g1", before: str = "e0", **changed: str) -> Run:
    """A run that began at an event of the stack and was seen to end at another."""
    events = (
        planned(run=run, last_event_id=before, **changed),
        Submitting(NOW, ("serverless",), "log", None),
        Observed(NOW, STACK_ID, "UPDATE_ROLLBACK_COMPLETE", None, last),
        RolledBack(NOW, "because", None),
    )
    found = fold(events)
    assert found is not None
    return found


def at_work(run: str = "g1", before: str = "e0", minutes: float = 0, *, submitted: bool = True) -> Run:
    """A run that nobody has seen end."""
    began = Submitting(NOW + minutes * MINUTE, ("serverless",), "log", None)
    found = fold((planned(run=run, last_event_id=before), *((began,) if submitted else ())))
    assert found is not None
    return found


UNDONE = ("UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE")
FIRST_UNDONE = ("ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE")
BEFORE = ("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")
ATTEMPTS = {
    "an update": ("UPDATE_IN_PROGRESS", "UPDATE_FAILED Table", *UNDONE),
    "a rollback that was asked for afterwards": (
        "UPDATE_IN_PROGRESS", "UPDATE_FAILED Table", "UPDATE_FAILED",
        "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE",
    ),
    "one that goes back still": ("UPDATE_IN_PROGRESS", "UPDATE_FAILED Table", "UPDATE_ROLLBACK_IN_PROGRESS"),
    "a first one, by a change set": ("CREATE_IN_PROGRESS", "CREATE_FAILED Table", *FIRST_UNDONE),
    "a deletion": ("DELETE_IN_PROGRESS", "DELETE_FAILED Table", "DELETE_FAILED"),
    "an import": ("IMPORT_IN_PROGRESS", "IMPORT_ROLLBACK_IN_PROGRESS", "IMPORT_ROLLBACK_COMPLETE"),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTEMPTS)
def test_the_last_attempt_is_all_that_happened_since_somebody_last_began_to_change_the_stack(name: str) -> None:
    events = told(*BEFORE, *ATTEMPTS[name])
    assert last_attempt(events) == events[2:]


def test_events_of_which_none_tells_of_a_beginning_are_the_attempt() -> None:
    events = told("UPDATE_FAILED Table", "UPDATE_ROLLBACK_COMPLETE")
    assert last_attempt(events) == events
    assert last_attempt(()) == ()


def test_failed_events_are_masked_and_leave_out_what_was_cancelled() -> None:
    events = told(*ATTEMPTS["an update"])
    cancelled = StackEvent("e9", NOW, STACK_ID, "Topic", "t", "T", "UPDATE_FAILED", "Resource update cancelled")
    (found,) = failed_events((*events, cancelled))
    assert (found.logical_id, found.reason) == ("Table", "why [masked]")


RUNS = {
    "the run that was seen to end with it": ([ended("e6")], "g1"),
    "an update from outside that is on record": ([ended("e6", kind="foreign")], "g1"),
    "none, after a run that ended before it": ([ended("e2")], ""),
    "none, after a run that ended before it, and an older one without an end": ([ended("e2"), at_work("old")], ""),
    "a run that is at work": ([at_work()], "g1"),
    "a run that is at work, by a clock that is fast": ([at_work(minutes=6)], "g1"),
    "none, where a run was handed over long after it began": ([at_work(minutes=60)], ""),
    "none, where a run stood at it when it was planned": ([ended("e6", before="e6")], ""),
    "the run before one that was not submitted": ([at_work("g2", submitted=False), ended("e6")], "g1"),
    "none on record": ([], ""),
}


@pytest.mark.parametrize("name", RUNS)
def test_an_attempt_is_of(name: str) -> None:
    runs, wanted = RUNS[name]
    found = run_of_attempt(runs, told(*ATTEMPTS["an update"], first=3))
    assert (found.id if found else "") == wanted


def test_the_newest_verified_event_is_of_this_stack_and_of_a_run_that_ended_well() -> None:
    def seen(event: str, stack_id: str, end: Verified | Failed) -> Run:
        found = fold((planned(), Observed(NOW, stack_id, "UPDATE_COMPLETE", None, event), end))
        assert found is not None
        return found

    well, badly = Verified(NOW), Failed(NOW, "x", None)
    runs = [seen("e9", STACK_ID, badly), seen("e8", "another", well), seen("e7", STACK_ID, well)]
    assert newest_verified_event(runs, stack()) == "e7"
    assert newest_verified_event(runs[:2], stack()) is None


def test_who_is_on_record_is_named_with_why_or_by_which_call() -> None:
    arn = planned().arn
    assert actor_of(ended("e6", reason="weekly")) == Actor("ana", arn, "weekly")
    assert actor_of(ended("e6", kind="foreign", reason="UpdateStack by aws-cli")) == Actor(
        "ana", arn, "UpdateStack by aws-cli"
    )
    assert actor_of(ended("e6", kind="foreign", arn="", reason="no record")).problem == "no record"
