"""What a person can do about a run that did not end well, as a value: each face says how that is done there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.model.stack_status import Phase, status
from promote_tui.core.next_steps import NextStep
from promote_tui.core.runs.run import Outcome

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Run


def next_step_after(run: Run, *, unproved: bool = True) -> NextStep | None:
    """Return the one next step after a run; None while it goes on, and where it passed.

    `unproved`: what it deployed is not known to have been proved or replaced since.
    """
    if run.outcome in {Outcome.PENDING, Outcome.VERIFIED}:
        return None
    if run.outcome is Outcome.UNKNOWN:
        return NextStep("reconcile", (run.id,))
    if describe_stuck(run):
        return NextStep("console")
    if run.planned.preview:
        return None  # no review is about it: `preview up` and `preview down` do it again
    if run.rollback:
        return NextStep("run", (run.rollback,))
    return (_of_unproved(run) if run.unproved and unproved else None) or NextStep("review", (run.to_commit,))


def _of_unproved(run: Run) -> NextStep | None:
    """Return the step after an unproved deploy: adopt where the CLI failed afterwards, else roll back."""
    if run.deploy_completed is None:
        return NextStep("adopt")
    return NextStep("rollback") if run.kind != "rollback" else None


def describe_stuck(run: Run) -> str:
    """Return what has to be done to the stack before anything can be deployed there; empty where it takes a deploy."""
    name = run.observed.stack_status if run.observed else None
    if not name or run.outcome in {Outcome.PENDING, Outcome.VERIFIED}:
        return ""
    row = status(name)
    return "" if row.deployable or row.phase is Phase.MOVING else row.remedy
