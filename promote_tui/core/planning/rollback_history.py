"""What the record says about a rollback: which run brought the current code, and how the older code did."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.runs.run import Outcome, Run
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Sequence


_RECENT = 3


class RollbackHistory(Value):
    """`now` is the run that brought the current code, `good` the one that verified the code to go back to.

    `ran` is for how long that ran there; `took` are the seconds of the last few runs that ended well. What the
    record does not say is None, or empty.
    """

    now: Run | None = None
    good: Run | None = None
    ran: timedelta | None = None
    took: tuple[float, ...] = ()


def rollback_history(runs: Sequence[Run], deployed: str | None, back_to: str) -> RollbackHistory:
    """Return what the runs of one stack (newest first) say about going from one commit back to another."""
    shipped = [
        run for run in runs if run.outcome is Outcome.VERIFIED or run.deploy_completed is not None or run.deployed
    ]
    now = next((run for run in shipped if run.to_commit == deployed), None)
    good = next((run for run in shipped if run.outcome is Outcome.VERIFIED and run.to_commit == back_to), None)
    left = next((run for run in reversed(shipped) if good is not None and run.started_at > good.started_at), None)
    ran = left.started_at - (good.ended_at or good.started_at) if good is not None and left is not None else None
    took = tuple(
        (run.ended_at - run.started_at).total_seconds()
        for run in [run for run in runs if run.outcome is Outcome.VERIFIED and run.ended_at][:_RECENT]
        if run.ended_at is not None
    )
    return RollbackHistory(now, good, ran, took)
