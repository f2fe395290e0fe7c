"""What a record of runs does not hold, said with it: nobody takes it for more than it is."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from promote_tui.core.run import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from promote_tui.core.run import Run


def gaps(runs: Sequence[Run], since: datetime | None, *, alone: bool) -> tuple[str, ...]:
    """Return in words what these runs (newest first) leave out; `alone`: the ledger is a file of this machine."""
    found = ["runs of other machines are not in this ledger"] if alone else []
    found += [f"nothing is on record before {_moment(runs[-1].started_at)}"] if runs and since is None else []
    found += [_open(run) for run in runs if run.outcome in {Outcome.PENDING, Outcome.UNKNOWN}]
    found += [
        f"run {run.id} holds {run.unknown_events} events of a newer version" for run in runs if run.unknown_events
    ]
    return tuple(found)


def _open(run: Run) -> str:
    where = f"run {run.id} of {run.service} to {run.stage}"
    if run.outcome is Outcome.UNKNOWN:
        return f"{where} ended without a verdict: promote-tui runs reconcile {run.id}"
    return f"{where} has not ended"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
