"""What a stack runs by its record: the run that brought it, and what nobody can know."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.model.halfway import StuckOperation
from promote_tui.core.runs.events import (
    DeployCompleted,
    Event,
    Failed,
    NotSubmitted,
    OutcomeUnknown,
    Released,
    RolledBack,
    Verified,
)
from promote_tui.core.runs.fold import fold
from promote_tui.core.runs.stack_record import (
    arrived_at,
    commit_after,
    describe_first_run,
    goes_on_after,
    read_stack_record,
    run_as_of,
)
from tests.support.values import NOW, A, B, C, planned, verified_run

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Run
    from tests.support.aliases import Argument

HOUR = timedelta(hours=1)


def run(*events: Event, to: str = B, run_id: str = "g1", **changed: Argument) -> Run:
    found = fold((planned(to, run=run_id, **changed), *events))
    assert found is not None
    return found


STUCK = StuckOperation("UPDATE_FAILED", A, B)
LEFT = [
    (run(), A),
    (run(from_commit=None, stack_id=None), None),
    (run(from_commit=None), ""),
    (run(Verified(NOW)), B),
    (run(DeployCompleted(NOW, smoke=True)), B),
    (run(DeployCompleted(NOW, smoke=True), Failed(NOW, "the smoke test failed", B)), B),
    (run(Failed(NOW, "the CLI failed", B, deployed=True)), B),
    (run(Failed(NOW, "someone else deployed it", C)), C),
    (run(Failed(NOW, "it got stuck", None, halfway=STUCK), from_commit=None, stack_id=None), ""),
    (run(RolledBack(NOW, "OrdersTable", A)), A),
    (run(RolledBack(NOW, "OrdersTable", None)), ""),
    (run(RolledBack(NOW, "OrdersTable", None), from_commit=None, stack_id=None), None),
    (run(NotSubmitted(NOW, "the plan is stale")), A),
    (run(OutcomeUnknown(NOW, "no network", "reconcile")), ""),
    (run(Verified(NOW), to="", kind="foreign"), ""),
    (run(Verified(NOW), kind="adopted", from_commit=""), B),
]


@pytest.mark.parametrize(("ended", "commit"), LEFT)
def test_a_stack_runs_what_its_newest_run_left_there(ended: Run, commit: str | None) -> None:
    assert commit_after(ended) == commit
    assert read_stack_record([ended]).commit == commit


def test_without_a_run_nothing_is_known() -> None:
    found = read_stack_record([])
    assert (found.commit, found.brought, found.running) == ("", None, None)
    assert found.unknown == "no run of it is on record"
    assert found.is_complete


def test_the_run_that_brought_a_commit_is_found_behind_those_that_failed() -> None:
    brought = verified_run(A, "g1")
    failed = [run(RolledBack(NOW, "OrdersTable", A), run_id="g3"), run(NotSubmitted(NOW, "stale"), run_id="g2")]
    found = read_stack_record([*failed, brought])
    assert (found.commit, found.brought, found.unknown, found.is_complete) == (A, brought, "", True)


def test_a_run_at_work_is_named_beside_what_it_replaces() -> None:
    at_work, brought = run(run_id="g2"), verified_run(A, "g1")
    found = read_stack_record([at_work, brought])
    assert (found.commit, found.brought, found.running) == (A, brought, at_work)
    ended = run(NotSubmitted(NOW, "stale"), run_id="g2")
    assert read_stack_record([ended, brought]).running is None


def test_a_commit_that_no_run_brought_is_not_ascribed_to_an_older_one() -> None:
    found = read_stack_record([run(RolledBack(NOW, "OrdersTable", A), run_id="g2"), verified_run(C, "g1")])
    assert (found.commit, found.brought, found.is_complete) == (A, None, False)
    assert found.unknown == "no run on record brought it there: run g2 found aaaaaaa there on 2026-03-20 12:00 UTC"


def test_an_external_update_is_complete_only_with_what_came_before() -> None:
    foreign = run(Verified(NOW), kind="foreign")
    found = read_stack_record([foreign])
    assert (found.brought, found.is_complete) == (foreign, False)


WHY = [
    (run(OutcomeUnknown(NOW, "no network", "reconcile")), "run g1 ended without a verdict: no network"),
    (run(Failed(NOW, "stuck", None, halfway=STUCK)), f"it is {STUCK}, since run g1"),
    (run(Verified(NOW), to="", kind="foreign"), "which commit the update by ana brought is unknown (run g1)"),
    (run(from_commit=""), "the stack named no commit (run g1, 2026-03-20 12:00 UTC)"),
]


@pytest.mark.parametrize(("ended", "why"), WHY, ids=[why for _, why in WHY])
def test_why_a_commit_is_unknown_is_said(ended: Run, why: str) -> None:
    found = read_stack_record([ended, verified_run(A, "g0")])
    assert (found.commit, found.unknown, found.is_complete) == ("", why, True)


def test_a_run_stood_otherwise_before_its_last_event() -> None:
    events = (planned(B), DeployCompleted(NOW + HOUR), Verified(NOW + 2 * HOUR), Released(NOW + 2 * HOUR, 1))
    whole = fold(events)
    assert whole is not None
    assert goes_on_after(whole, NOW + HOUR)
    assert not goes_on_after(whole, NOW + 2 * HOUR)
    assert run_as_of(events, NOW + 2 * HOUR) == whole
    assert run_as_of(events, NOW + HOUR) == fold(events[:2])
    assert run_as_of(events, NOW - HOUR) is None


def test_a_commit_is_there_from_its_deploy_on_not_from_its_proof() -> None:
    assert arrived_at(run(DeployCompleted(NOW + HOUR), Verified(NOW + 2 * HOUR))) == NOW + HOUR
    assert arrived_at(run(Verified(NOW + 2 * HOUR))) == NOW + 2 * HOUR
    assert arrived_at(run()) == NOW


FIRST = [
    (run(), "aaaaaaa there"),
    (run(from_commit=None, stack_id=None), "nothing there"),
    (run(from_commit=""), "a stack that named no commit"),
]


@pytest.mark.parametrize(("first", "found"), FIRST, ids=[found for _, found in FIRST])
def test_what_the_first_run_found_is_all_that_is_known_of_the_time_before(first: Run, found: str) -> None:
    assert describe_first_run(first) == f"no record before 2026-03-20 12:00 UTC, when run g1 found {found}"
