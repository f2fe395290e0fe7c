"""What the host of a commit is told of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.model.ci import CiReport, CiReportState
from promote_tui.core.runs.run import Outcome
from promote_tui.core.text import clean, mask

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Run

_LONGEST = 140
"""Characters of a description that every host takes; see "Create a commit status" of GitHub's REST API."""
_STATES: dict[Outcome, CiReportState] = {
    Outcome.PENDING: "running",
    Outcome.VERIFIED: "success",
    Outcome.UNKNOWN: "running",  # until somebody reconciles it: no host has a word for what nobody knows
}


def ci_report(run: Run) -> CiReport | None:
    """Return what is told of a run as it stands; None where it brings no commit that has a name."""
    if not run.to_commit:
        return None
    state = _STATES.get(run.outcome, "failed")
    told = clean(f"run {run.id}: {_words(run)}", limit=_LONGEST)
    return CiReport(run.to_commit, run.service, run.stage, state, mask(told))


def _words(run: Run) -> str:
    match run.outcome:
        case Outcome.PENDING:
            return "deploying"
        case Outcome.VERIFIED:
            return run.rollback_words or "verified"
        case _:
            return f"{run.status.value.replace('_', ' ')}: {run.cause}"
