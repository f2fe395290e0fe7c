"""Runs that nobody works on any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.runs.events import Failed, Observed, OutcomeUnknown, Released, Submitting
from promote_tui.core.runs.run import Outcome, RunStatus
from promote_tui.core.runs.unsettled_runs import describe_unsettled, with_known_outcome
from tests.support.values import NOW, A, run, unknown_run, verified_run

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Run

SUBMITTED = run(Submitting(NOW, ("osls",), "log"))
WAITING = run(Submitting(NOW, ("osls",), "log"), Observed(NOW, None, None, None, None, unread="no network"))
SETTLED_UNFREED = run(Failed(NOW, "quota", A))
RELEASED_UNKNOWN = run(OutcomeUnknown(NOW, "no network", "reconcile"), Released(NOW, 1))
GONE = "its process is gone, and it left no verdict"


@pytest.mark.parametrize(
    ("found", "alive", "why"),
    [
        (SUBMITTED, True, ""),
        (SUBMITTED, False, f"the verdict of run g1 is unknown: {GONE}"),
        (WAITING, True, ""),
        (WAITING, False, f"the verdict of run g1 is unknown: {GONE}"),
        (unknown_run(A), False, "the verdict of run g1 is unknown: no network"),
        (unknown_run(A), True, "the verdict of run g1 is unknown: no network"),
        (SETTLED_UNFREED, False, "run g1 has ended (failed), but its process is gone and left it locked"),
        (SETTLED_UNFREED, True, ""),
        (RELEASED_UNKNOWN, False, ""),
        (run(Failed(NOW, "quota", A), Released(NOW, 1)), False, ""),
    ],
)
def test_a_run_that_nobody_works_on_wants_to_be_reconciled(found: Run, why: str, *, alive: bool) -> None:
    assert describe_unsettled(found, alive=alive) == why


def test_a_run_that_left_no_verdict_is_shown_as_unknown_with_what_finds_out() -> None:
    shown = with_known_outcome(SUBMITTED, alive=False)
    assert (shown.status, shown.cause, shown.remedy) == (RunStatus.UNKNOWN, GONE, "promote-tui runs reconcile g1")
    assert with_known_outcome(SUBMITTED, alive=True) == SUBMITTED
    for found in (unknown_run(A), SETTLED_UNFREED, verified_run(A)):
        assert with_known_outcome(found, alive=False) == found


def test_that_the_stack_could_not_be_read_tells_nothing_of_it() -> None:
    assert WAITING.observed is None
    assert (WAITING.phase, WAITING.outcome) == ("submitting", Outcome.PENDING)
    assert [name for name, _ in WAITING.times] == ["planned", "submitting", "unread"]
