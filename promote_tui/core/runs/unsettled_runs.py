"""Runs that hold their lock although nobody works on them: somebody has to find out what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.runs.run import Outcome
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Run

_GONE = "its process is gone, and it left no verdict"


def describe_unsettled(run: Run, *, alive: bool) -> str:
    """Return why a run has to be reconciled; empty for one that has released its lock, or is still at work.

    A verdict of "unknown" stands until another one follows, whoever may be looking for it.
    """
    if run.released:
        return ""
    if run.outcome is Outcome.UNKNOWN:
        return f"the verdict of run {run.id} is unknown: {run.cause or 'AWS could not be asked'}"
    if alive:
        return ""
    if run.outcome is Outcome.PENDING:
        return f"the verdict of run {run.id} is unknown: {_GONE}"
    return f"run {run.id} has ended ({run.status.value.replace('_', ' ')}), but its process is gone and left it locked"


def reconcile_command(run: str) -> str:
    """Return the command that finds out what happened."""
    return f"promote-tui runs reconcile {run}"


def with_known_outcome(run: Run, *, alive: bool) -> Run:
    """Return the run, its outcome unknown where it left no verdict and nobody works on it."""
    why = describe_unsettled(run, alive=alive)
    if not why or run.outcome is not Outcome.PENDING:
        return run
    return replace(run, outcome=Outcome.UNKNOWN, cause=_GONE, remedy=reconcile_command(run.id))
