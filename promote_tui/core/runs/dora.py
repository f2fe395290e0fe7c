"""The four DORA figures of a stage, with their definitions and how much data is behind each."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from statistics import median, quantiles
from typing import TYPE_CHECKING

from promote_tui.core.durations import utc_minute
from promote_tui.core.model.stack_status import status
from promote_tui.core.runs.run import Outcome, Run
from promote_tui.core.text import plural
from promote_tui.core.value import Moment, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from promote_tui.core.model.pipeline import Commit

DEFINITIONS: Mapping[str, str] = {
    "deployment_frequency": "promotions and hotfixes that were verified in the stage, per week",
    "lead_time": "from when a commit was written to when the run that first deployed it to the stage was verified",
    "change_failure_rate": "of the promotions and hotfixes that were deployed: those that failed, were rolled back by"
    " CloudFormation, were not proved, or were rolled back later",
    "time_to_restore": "from when a deploy failed its proof or left its stack stuck, or a bad one was"
    " verified, to the next verified run; later failures before that are the same failure",
}
_CHANGES = frozenset({"normal", "hotfix"})
_DEPLOYED = frozenset({Outcome.VERIFIED, Outcome.FAILED, Outcome.ROLLED_BACK})
_WEEK = timedelta(days=7)


class Metrics(Value):
    """The figures over a time; None where there is no data for one.

    `lead` and `restore` are (median, 90th percentile) in seconds. `counts` say how many runs, commits or failures each
    figure stands on, `left_out` in words what none of them knows of.
    """

    since: Moment
    until: Moment
    per_week: float
    lead: tuple[float, float] | None
    failure_rate: float | None
    restore: tuple[float, float] | None
    counts: tuple[tuple[str, int], ...]
    left_out: tuple[str, ...] = ()


class _MeasuredRun(Value):
    """A run with what came after it on its stack: `rolled_back` later, `restored_by` the next verified run."""

    run: Run
    rolled_back: bool
    restored_by: Run | None

    @property
    def is_failure(self) -> bool:
        """Whether the change failed."""
        return self.run.outcome is not Outcome.VERIFIED or self.rolled_back

    @property
    def needs_restoring(self) -> bool:
        """Whether there is something to restore; what CloudFormation has rolled back never ran."""
        if self.run.outcome is Outcome.FAILED:
            return self.run.unproved or _stuck(self.run)
        return self.rolled_back


def _stuck(run: Run) -> bool:
    name = run.observed.stack_status if run.observed else None
    return bool(name) and not status(name or "").deployable


def runs_to_measure(runs: Iterable[Run], since: datetime, until: datetime) -> tuple[Run, ...]:
    """Return the runs whose commits the lead time has to know.

    Those are the runs of the time itself, and earlier ones that were rolled back: a commit that comes again is not
    counted again.
    """
    return tuple(
        each.run
        for each in _with_consequences(runs)
        if _is_change(each.run, Outcome.VERIFIED)
        and each.run.started_at <= until
        and (each.rolled_back or each.run.started_at >= since)
    )


def measure(
    runs: Iterable[Run], brought: Mapping[str, Sequence[Commit] | str], since: datetime, until: datetime
) -> Metrics:
    """Return the figures of runs (of any number of stacks of one stage, in any order) that began in a time.

    `brought` are the commits of the runs that `bringing` names, by the run's id; words where they cannot be told.
    """
    every = _with_consequences(runs)
    inside = [each for each in every if since <= each.run.started_at <= until]
    deployed = [each for each in inside if _is_change(each.run, *_DEPLOYED)]
    verified = sum(each.run.outcome is Outcome.VERIFIED for each in deployed)
    bad = sum(each.is_failure for each in deployed)
    times, unknown = _lead_times(every, brought, since, until)
    restored, still_broken = _restored(deployed)
    counts = {"deployments": verified, "commits": len(times), "deployed": len(deployed), "failed": bad}
    return Metrics(
        since,
        until,
        verified / max((until - since) / _WEEK, 1e-9),
        _spread(times),
        bad / len(deployed) if deployed else None,
        _spread(restored),
        (*counts.items(), ("restored", len(restored)), ("not_restored", still_broken)),
        (*_before(every, since, until), *_left_out(inside), *unknown),
    )


def _is_change(run: Run, *outcomes: Outcome) -> bool:
    return run.kind in _CHANGES and run.outcome in outcomes


def _with_consequences(runs: Iterable[Run]) -> list[_MeasuredRun]:
    """Return the runs, oldest first, with what came after each on its stack.

    Neither an external update nor an adoption rolls a run back, and an external update verifies nothing.
    """
    found: list[_MeasuredRun] = []
    following: dict[str, tuple[Run | None, Run | None]] = {}
    for run in sorted(runs, key=lambda run: (run.started_at, run.id), reverse=True):
        well, answer = following.get(run.planned.key, (None, None))
        verified = run.outcome is Outcome.VERIFIED
        back = answer is not None and answer.kind == "rollback" and answer.from_commit == run.to_commit
        found.append(_MeasuredRun(run, verified and back, well))
        if verified:
            ours = not run.has_no_deploy
            following[run.planned.key] = (well if run.is_external_update else run, run if ours else answer)
    return found[::-1]


def _lead_times(
    every: Sequence[_MeasuredRun], brought: Mapping[str, Sequence[Commit] | str], since: datetime, until: datetime
) -> tuple[list[float], list[str]]:
    """Return the seconds that each commit took, and in words which are not among them."""
    known: set[tuple[str, str]] = set()
    times: list[float] = []
    unknown: Counter[str] = Counter()
    odd = 0
    for run in (each.run for each in every if each.run.id in brought):
        inside, commits = since <= run.started_at <= until, brought[run.id]
        if isinstance(commits, str):
            unknown[commits] += inside
            continue
        new = [commit for commit in commits if (run.planned.key, commit.sha) not in known]
        known |= {(run.planned.key, commit.sha) for commit in new}
        took = [(_end(run) - commit.authored_at).total_seconds() for commit in new if inside]
        times += [seconds for seconds in took if seconds >= 0]
        odd += sum(seconds < 0 for seconds in took)
    words = [f"the commits of {plural(number, 'run')}: {why}" for why, number in sorted(unknown.items()) if number]
    return times, [*words, *([f"{plural(odd, 'commit')} of a later date than the deploy"] if odd else [])]


def _end(run: Run) -> datetime:
    return run.ended_at or run.started_at


def _restored(deployed: Sequence[_MeasuredRun]) -> tuple[list[float], int]:
    """Return the seconds that each failure lasted, and how many last still; until it is well it is one failure."""
    over: dict[str, float] = {}
    open_: set[str] = set()
    for each in (each for each in deployed if each.needs_restoring):
        if each.restored_by is None:
            open_.add(each.run.planned.key)
        else:
            over.setdefault(each.restored_by.id, max(0.0, (_end(each.restored_by) - _end(each.run)).total_seconds()))
    return list(over.values()), len(open_)


def _before(every: Sequence[_MeasuredRun], since: datetime, until: datetime) -> list[str]:
    first = every[0].run.started_at if every else None
    if first is None or not since < first <= until:
        return []
    return [f"everything before {utc_minute(first)}: the first run on record"]


def _left_out(inside: Sequence[_MeasuredRun]) -> list[str]:
    open_ = sum(_is_change(each.run, Outcome.PENDING, Outcome.UNKNOWN) for each in inside)
    stopped = sum(_is_change(each.run, Outcome.NOT_SUBMITTED) for each in inside)
    others = sum(each.run.is_external_update for each in inside)
    return [
        *([f"{plural(open_, 'run')} without a verdict"] if open_ else []),
        *([f"{plural(stopped, 'run')} that deployed nothing"] if stopped else []),
        *([f"{plural(others, 'update')} by others, outside of promote-tui"] if others else []),
    ]


def _spread(seconds: Sequence[float]) -> tuple[float, float] | None:
    """Return the median and the 90th percentile."""
    if not seconds:
        return None
    high = quantiles(seconds, n=10, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
    return median(seconds), high
