"""How long a promotion of a stack usually takes: the median of its last runs that ended well."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING

from promote_tui.core.runs.run import Outcome, Run
from promote_tui.core.runs.steps import steps
from promote_tui.core.value import Value, field

if TYPE_CHECKING:
    from collections.abc import Iterable

LAST = 5
"""How many of the newest runs count: what a service took long ago says little about it now."""


class TypicalDuration(Value):
    """Seconds in total and by step; `runs` is how many runs they come from."""

    total: float
    steps: Mapping[str, float] = field(default_factory=dict)
    runs: int = 0


def recent_verified(runs: Iterable[Run]) -> list[Run]:
    """Return the runs that count, of runs newest first: the last few that ended well."""
    return list(islice((run for run in runs if _counts(run)), LAST))


def _counts(run: Run) -> bool:
    return run.outcome is Outcome.VERIFIED and run.ended_at is not None and not run.has_no_deploy and not run.is_removal


def typical_total(runs: Iterable[Run]) -> float | None:
    """Return how many seconds a run usually takes, by those of the same stack, newest first; None without any."""
    counted = [_seconds(run) for run in recent_verified(runs)]
    return median(counted) if counted else None


def typical_duration(runs: Iterable[Run]) -> TypicalDuration | None:
    """Return what is usual in all and step by step, by the runs of the same stack, newest first; None without any."""
    counted = recent_verified(runs)
    if not counted:
        return None
    times: dict[str, list[float]] = {}
    for run in counted:
        for step in steps(run, run.ended_at or run.started_at):
            if step.seconds is not None:
                times.setdefault(step.name, []).append(step.seconds)
    by_step = {name: median(seconds) for name, seconds in times.items()}
    return TypicalDuration(median(_seconds(run) for run in counted), by_step, len(counted))


def _seconds(run: Run) -> float:
    return ((run.ended_at or run.started_at) - run.started_at).total_seconds()
