"""The four DORA figures of a stage, with the definitions that they stand on and how much stands behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles
from typing import TYPE_CHECKING

from promote_tui.core.run import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from promote_tui.core.model import Commit
    from promote_tui.core.run import Run

DEFINITIONS: Mapping[str, str] = {
    "deployment_frequency": "promotions and hotfixes that were verified in the stage, a week",
    "lead_time": "from when a commit was written to when the run was verified that first brought it to the stage",
    "change_failure_rate": "of the promotions and hotfixes that were deployed: those that failed, were rolled back by"
    " CloudFormation, were not proved, or were left by a rollback later",
    "time_to_restore": "from when a deploy had failed its proof, or a bad one had been verified, to the next verified"
    " run",
}
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures over a time; None where nothing stands behind one.

    `lead` and `restore` are (median, 90th percentile) in seconds. `counts` say how many runs, commits or failures each
    figure stands on; `left_out` are commits that git did not know.
    """

    since: datetime
    until: datetime
    per_week: float
    lead: tuple[float, float] | None
    failure_rate: float | None
    restore: tuple[float, float] | None
    counts: tuple[tuple[str, int], ...]
    left_out: int = 0


def measure(
    runs: Iterable[Run], brought: Mapping[str, Sequence[Commit] | None], since: datetime, until: datetime
) -> Metrics:
    """Return the figures of runs (of any number of stacks of one stage, in any order) that began in a time.

    `brought` are the commits that a verified run first brought, by the run's id; None where git could not tell.
    """
    every = sorted(runs, key=lambda run: run.started_at)
    inside = [run for run in every if since <= run.started_at <= until]
    changes = [run for run in inside if run.kind in {"normal", "hotfix"}]
    verified = [run for run in changes if run.outcome is Outcome.VERIFIED]
    deployed = [run for run in changes if run.outcome in {Outcome.VERIFIED, Outcome.FAILED, Outcome.ROLLED_BACK}]
    bad = [run for run in deployed if run.outcome is not Outcome.VERIFIED or _left(run, every) is not None]
    times = [_lead(run, commit) for run in verified for commit in brought.get(run.id) or ()]
    restored = [seconds for run in deployed if (seconds := _restored(run, every)) is not None]
    weeks = max((until - since) / _WEEK, 1e-9)
    counts = (("deployments", len(verified)), ("commits", len(times)), ("deployed", len(deployed)))
    return Metrics(
        since,
        until,
        len(verified) / weeks,
        _spread(times),
        len(bad) / len(deployed) if deployed else None,
        _spread(restored),
        (*counts, ("failed", len(bad)), ("restored", len(restored))),
        sum(brought.get(run.id, ()) is None for run in verified),
    )


def _lead(run: Run, commit: Commit) -> float:
    return max(0.0, ((run.ended_at or run.started_at) - commit.authored_at).total_seconds())


def _left(run: Run, every: Sequence[Run]) -> Run | None:
    """Return the rollback that left what a run had brought, before anything else was verified on its stack."""
    later = (each for each in every if each.planned.key == run.planned.key and each.started_at > run.started_at)
    following = next((each for each in later if each.outcome is Outcome.VERIFIED), None)
    left = following is not None and following.kind == "rollback" and following.from_commit == run.to_commit
    return following if left else None


def _restored(run: Run, every: Sequence[Run]) -> float | None:
    """Return the seconds until what a run broke was well again; None where it broke nothing, or is not well yet.

    What CloudFormation rolled back never ran: there was nothing to restore.
    """
    broke = run.outcome is Outcome.FAILED and run.landed is not None
    if not broke and (run.outcome is not Outcome.VERIFIED or _left(run, every) is None):
        return None
    from_ = run.ended_at or run.started_at
    same = (each for each in every if each.planned.key == run.planned.key and each.started_at > run.started_at)
    well = next((each for each in same if each.outcome is Outcome.VERIFIED and each.ended_at), None)
    return None if well is None or well.ended_at is None else max(0.0, (well.ended_at - from_).total_seconds())


def _spread(seconds: Sequence[float]) -> tuple[float, float] | None:
    """Return the median and the 90th percentile."""
    if not seconds:
        return None
    high = quantiles(seconds, n=10, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
    return median(seconds), high
