"""A run is what its events say: every life that a run can have, and what holds for all of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promote_tui.core.runs.events import (
    CancelRequested,
    Checked,
    Event,
    Exited,
    Failed,
    GateRecord,
    Locked,
    NotSubmitted,
    Observed,
    OutcomeUnknown,
    Planned,
    Recovering,
    Released,
    RolledBack,
    Submitted,
    Submitting,
    UnknownEvent,
    Verified,
)
from promote_tui.core.runs.fold import apply, fold
from promote_tui.core.runs.run import Outcome, Process, Run, RunStatus
from tests.support.event_strategies import ANY, KNOWN, UNKNOWN, unhurried
from tests.support.values import NOW, A, B, C, planned

if TYPE_CHECKING:
    from datetime import datetime


def at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


GATES = (GateRecord("stage order", passed=True, reason="verified in dev"),)
LOCKED = (Locked(at(1), 7, "laptop", 42, "1@boot"),)
CHECKED = (*LOCKED, Checked(at(2), "f" * 64, GATES))
SUBMITTING = (*CHECKED, Submitting(at(3), ("serverless", "deploy"), "runs/g1/log"))
SUBMITTED = (*SUBMITTING, Submitted(at(4), 43, "2@boot"))
EXITED = (*SUBMITTED, Exited(at(5), 0, "exited"))
OBSERVED = (*EXITED, Observed(at(6), "arn", "UPDATE_COMPLETE", B, "e9"))
LOST = (Recovering(at(7), 8, "desk", 99, "3@boot"),)
RELEASED = (Released(at(9), 7),)
NEWER = UnknownEvent('{"event": "promised", "schema": 7}', at(7))

LIVES: dict[str, tuple[tuple[Event, ...], dict[str, Any]]] = {
    "planned": ((), {"status": RunStatus.RUNNING, "phase": "planned", "submitted": False, "live": True}),
    "locked": (LOCKED, {"phase": "locked", "fence": 7, "host": "laptop", "runner": Process(42, "1@boot")}),
    "checked": (CHECKED, {"phase": "checked", "gates": GATES, "submitted": False}),
    "submitting": (SUBMITTING, {"phase": "submitting", "submitted": True, "log": "runs/g1/log", "child": None}),
    "submitted": (SUBMITTED, {"phase": "submitted", "child": Process(43, "2@boot"), "submitting_at": at(3)}),
    "exited": (EXITED, {"phase": "exited", "exit_code": 0, "outcome": Outcome.PENDING}),
    "observed": (OBSERVED, {"phase": "observed", "outcome": Outcome.PENDING, "observed": OBSERVED[-1]}),
    "verified": (
        (*OBSERVED, Verified(at(8))),
        {"status": RunStatus.SUCCEEDED, "ended_at": at(8), "still_on": B, "live": True, "cause": ""},
    ),
    "verified and released": (
        (*OBSERVED, Verified(at(8)), *RELEASED),
        {"status": RunStatus.SUCCEEDED, "ended_at": at(8), "live": False, "released": True, "phase": "released"},
    ),
    "failed": (
        (*OBSERVED, Failed(at(8), "someone else deployed it", C, "look")),
        {"status": RunStatus.FAILED, "cause": "someone else deployed it", "still_on": C, "remedy": "look"},
    ),
    "rolled back": (
        (*OBSERVED, RolledBack(at(8), "OrdersTable", A, "mend it")),
        {"status": RunStatus.ROLLED_BACK, "cause": "OrdersTable", "still_on": A, "remedy": "mend it"},
    ),
    "cancelled, so rolled back": (
        (*SUBMITTED, CancelRequested(at(5), "ana", submitted=True), RolledBack(at(8), "", A, cancelled=True)),
        {"status": RunStatus.CANCELLED, "outcome": Outcome.ROLLED_BACK, "cancel_requested": True},
    ),
    "asked to stop too late": (
        (*OBSERVED, CancelRequested(at(7), "ana", submitted=True), Verified(at(8))),
        {"status": RunStatus.SUCCEEDED, "cancel_requested": True, "cancelled": False},
    ),
    "stopped before the deploy": (
        (*CHECKED, CancelRequested(at(3), "ana", submitted=False), NotSubmitted(at(4), "stopped", cancelled=True)),
        {"status": RunStatus.CANCELLED, "outcome": Outcome.NOT_SUBMITTED, "still_on": A, "submitted": False},
    ),
    "stale": (
        (*LOCKED, NotSubmitted(at(2), "the stack moved", "plan again")),
        {"status": RunStatus.FAILED, "cause": "the stack moved", "remedy": "plan again", "still_on": A},
    ),
    "died before the deploy": (
        (*LOCKED, *LOST, NotSubmitted(at(8), "interrupted before the deploy; nothing changed")),
        {"status": RunStatus.FAILED, "fence": 8, "host": "desk", "runner": Process(99, "3@boot")},
    ),
    "died and never submitted": (
        (*SUBMITTING, *LOST, NotSubmitted(at(8), "never submitted")),
        {"status": RunStatus.FAILED, "submitted": True, "still_on": A},
    ),
    "died, AWS out of reach": (
        (*SUBMITTED, *LOST, OutcomeUnknown(at(8), "no network", "promote-tui runs reconcile g1")),
        {"status": RunStatus.UNKNOWN, "cause": "no network", "remedy": "promote-tui runs reconcile g1", "live": True},
    ),
    "died, reconciled as verified": (
        (*SUBMITTED, *LOST, OutcomeUnknown(at(8), "no network", "later"), Verified(at(9), "confirmed after a crash")),
        {"status": RunStatus.SUCCEEDED, "ended_at": at(9), "cause": "", "remedy": "", "child": Process(43, "2@boot")},
    ),
    "the CLI's end was not seen": (
        (*SUBMITTED, *LOST, Exited(at(8), None, "lost")),
        {"status": RunStatus.RUNNING, "exit_code": None, "phase": "exited"},
    ),
    "a newer event before the deploy": (
        (*CHECKED, NEWER),
        {"status": RunStatus.RUNNING, "unknown_events": 1, "phase": "checked"},
    ),
    "a newer event before the deploy, then verified": (
        (*CHECKED, NEWER, NotSubmitted(at(8), "stale")),
        {"status": RunStatus.FAILED, "outcome": Outcome.NOT_SUBMITTED, "unknown_events": 1},
    ),
    "a newer event after submitting": (
        (*SUBMITTED, NEWER),
        {"status": RunStatus.UNKNOWN, "remedy": "upgrade promote-tui, then open the run"},
    ),
    "a newer event after submitting, then a verdict": (
        (*SUBMITTED, NEWER, Verified(at(8))),
        {"status": RunStatus.UNKNOWN, "outcome": Outcome.UNKNOWN},
    ),
    "a newer event after the verdict": (
        (*OBSERVED, Verified(at(8)), NEWER),
        {"status": RunStatus.UNKNOWN, "unknown_events": 1},
    ),
}


@pytest.mark.parametrize("life", LIVES)
def test_the_life_of_a_run_is_told_by_its_events(life: str) -> None:
    events, wanted = LIVES[life]
    run = fold((planned(), *events))
    assert run is not None
    assert {key: getattr(run, key) for key in wanted} == wanted


def test_a_run_says_who_what_and_where() -> None:
    run = fold([planned()])
    assert run is not None
    assert (run.id, run.service, run.stage, run.kind) == ("g1", "orders", "staging", "normal")
    assert (run.from_commit, run.to_commit, run.started_at) == (A, B, NOW)


def test_times_name_each_event_in_order() -> None:
    run = fold((planned(), *LOCKED, NEWER))
    assert run is not None
    assert run.times == (("planned", NOW), ("locked", at(1)), ("unrecognised", at(7)))


@pytest.mark.parametrize("events", [(), LOCKED, OBSERVED], ids=["nothing", "a lock", "a life without its beginning"])
def test_without_its_plan_there_is_no_run(events: tuple[Event, ...]) -> None:
    assert fold(events) is None


LIFE = st.lists(ANY, max_size=8)


@unhurried
@given(events=LIFE, last=ANY)
def test_a_run_grows_event_by_event(events: list[Event], last: Event) -> None:
    before = fold([planned(), *events])
    assert before is not None
    assert fold([planned(), *events, last]) == apply(before, last)


@unhurried
@given(events=LIFE)
def test_a_run_keeps_its_plan_and_counts_every_event(events: list[Event]) -> None:
    run = fold([planned(), *events])
    assert run is not None
    assert run.planned == planned()
    assert len(run.times) == len(events) + 1
    assert run.unknown_events == sum(isinstance(event, UnknownEvent) for event in events)
    assert run.released == any(isinstance(event, Released) for event in events)
    assert isinstance(run.status, RunStatus)


@unhurried
@given(before=LIFE, newer=UNKNOWN, after=LIFE)
def test_nothing_concludes_a_run_that_a_newer_version_wrote_after_submitting(
    before: list[Event], newer: Event, after: list[Event]
) -> None:
    run = fold([planned(), *before, SUBMITTING[-1], newer, *after])
    assert run is not None
    assert run.outcome is Outcome.UNKNOWN


@unhurried
@given(events=st.lists(KNOWN, max_size=8))
def test_a_run_ends_with_a_verdict_and_only_with_one(events: list[Event]) -> None:
    verdicts = (NotSubmitted, Verified, Failed, RolledBack, OutcomeUnknown)
    run = fold([planned(), *events])
    assert isinstance(run, Run)
    assert (run.outcome is not Outcome.PENDING) == any(isinstance(event, verdicts) for event in events)
    assert (run.ended_at is not None) == (run.outcome is not Outcome.PENDING)


def test_a_second_plan_changes_nothing() -> None:
    run = fold([planned(), planned(to=C, run="g2")])
    assert run is not None
    assert isinstance(run.planned, Planned)
    assert (run.id, run.to_commit) == ("g1", B)
