"""Whether sync may try code in a stage, by how it went there before: what failed or was rolled back, people decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.runs.run import Outcome
from promote_tui.core.sync.decision import Waiting
from promote_tui.core.text import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.runs.run import Run
    from promote_tui.core.runs.verification import SameCode

_NOTHING_TRIED = frozenset({Outcome.NOT_SUBMITTED, Outcome.PENDING})


def refuse_another_attempt(commit: str, runs: Sequence[Run], same_code: SameCode) -> Waiting | None:
    """Return why the code is not tried again by itself; None where it is new to the stage, or has worked last.

    `runs` are those of the stack, newest first; one that submitted nothing is no attempt.
    """
    for run in runs:
        if run.has_no_deploy or run.outcome in _NOTHING_TRIED:
            continue
        left = run.from_commit if run.kind == "rollback" and run.outcome is Outcome.VERIFIED else None
        if left and same_code(left, commit):
            return _waiting(run, f"{short(left)} was rolled back in {run.stage} by run {run.id}")
        if same_code(run.to_commit, commit):
            return _after(run)
    return None


def _after(run: Run) -> Waiting | None:
    if run.outcome is Outcome.VERIFIED:
        return None
    status = run.status.value.replace("_", " ")
    told = f": {run.cause}" if run.cause else ""
    return _waiting(run, f"run {run.id} of {short(run.to_commit)} is {status}{told}")


def _waiting(run: Run, reason: str) -> Waiting:
    again = f"push a fix, or promote-tui sync {run.service} --stage {run.stage} --retry"
    return Waiting(f"{reason}; it is not tried again by itself", again)
