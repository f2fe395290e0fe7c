"""What can be done about a run that did not end well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.next_steps import NextStep
from promote_tui.core.runs.events import (
    DeployCompleted,
    Failed,
    NotSubmitted,
    Observed,
    OutcomeUnknown,
    RolledBack,
    Submitting,
)
from promote_tui.core.runs.next_step import next_step_after
from promote_tui.core.value import replace
from tests.support.values import NOW, A, run, unknown_run, verified_run

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Run

BEGUN = run(Submitting(NOW, ("osls",), "log"))
STUCK = Observed(NOW, "arn", "UPDATE_ROLLBACK_FAILED", None, "e9")
UNPROVED = Failed(NOW, "the smoke test failed", A, "promote-tui rollback orders --stage dev", deployed=True)
LANDED = DeployCompleted(NOW, smoke=True)


def again(found: Run) -> NextStep:
    return NextStep("review", (found.to_commit,))


def way_back(found: Run) -> Run:
    return replace(found, planned=replace(found.planned, kind="rollback"))


@pytest.mark.parametrize(
    ("found", "step"),
    [
        (BEGUN, None),
        (verified_run(A), None),
        (unknown_run(A), NextStep("reconcile", ("g1",))),
        (run(STUCK, OutcomeUnknown(NOW, "no network", "reconcile")), NextStep("reconcile", ("g1",))),
        (run(STUCK, Failed(NOW, "quota", None)), NextStep("console")),
        (run(LANDED, replace(UNPROVED, rollback="g9")), NextStep("run", ("g9",))),
        (run(LANDED, UNPROVED), NextStep("rollback")),
        (run(UNPROVED), NextStep("adopt")),
        (way_back(run(UNPROVED)), NextStep("adopt")),
        (way_back(run(LANDED, UNPROVED)), again(run())),
        (run(NotSubmitted(NOW, "held", "promote-tui unhold orders dev")), again(run())),
        (run(RolledBack(NOW, "quota", A)), again(run())),
        (run(Failed(NOW, "quota", A)), again(run())),
    ],
)
def test_the_next_step_follows_from_how_a_run_ended(found: Run, step: NextStep | None) -> None:
    assert next_step_after(found) == step


@pytest.mark.parametrize("found", [run(LANDED, UNPROVED), run(UNPROVED)])
def test_what_was_proved_or_replaced_since_is_neither_adopted_nor_rolled_back(found: Run) -> None:
    assert next_step_after(found, unproved=False) == again(found)
