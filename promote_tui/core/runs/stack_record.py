"""What the record says that a stack runs: by its runs as they stood at a moment, and by nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import utc_minute
from promote_tui.core.runs.fold import fold
from promote_tui.core.runs.run import Outcome, Run
from promote_tui.core.text import short
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from promote_tui.core.runs.events import Event


class StackRecord(Value):
    """What a stack runs by its record, and the run that brought it.

    `commit` is None where nothing runs there, and empty where the record does not know. `unknown` says why it does not
    know the commit, or who brought it. `running` is the run that was at work at that moment.
    """

    commit: str | None = ""
    brought: Run | None = None
    running: Run | None = None
    unknown: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether older runs could add nothing: it is known who brought the commit, or that none is known."""
        return not self.commit or (self.brought is not None and self.brought.kind != "foreign")


def run_as_of(events: Iterable[Event], at: datetime) -> Run | None:
    """Return a run as it stood at a moment; None where it was not planned by then."""
    return fold(event for event in events if event.at <= at)


def goes_on_after(run: Run, at: datetime) -> bool:
    """Tell whether anything of a run happened after a moment, so that it stood otherwise then."""
    return any(when > at for _, when in run.times)


def brings_commit(run: Run) -> bool:
    """Tell whether the stack got the run's commit, proved or not, or a person said that it has it."""
    if run.is_recovery:
        return False
    return run.outcome is Outcome.VERIFIED or run.unproved or run.deploy_completed is not None


def arrived_at(run: Run) -> datetime:
    """Return when a run's commit was in its stack, as far as the record tells."""
    return run.deploy_completed.at if run.deploy_completed else run.ended_at or run.started_at


def commit_after(run: Run) -> str | None:
    """Return what a stack runs after a run; None for nothing, empty where it is not known."""
    if brings_commit(run):
        return run.to_commit
    if run.is_recovery and run.outcome is Outcome.VERIFIED:
        return None if run.planned.recovery == "delete" else (run.observed.commit if run.observed else None) or ""
    match run.outcome:
        case Outcome.UNKNOWN:
            return ""
        case Outcome.PENDING | Outcome.NOT_SUBMITTED:
            return run.from_commit
        case _:
            return run.still_on or (None if run.from_commit is None and run.halfway is None else "")


def read_stack_record(runs: Sequence[Run]) -> StackRecord:
    """Return what a stack runs by its runs, newest first, as they stood at one moment."""
    if not runs:
        return StackRecord(unknown="no run of it is on record")
    newest = runs[0]
    running = newest if newest.outcome is Outcome.PENDING and newest.live else None
    commit, brought = commit_after(newest), next((run for run in runs if brings_commit(run)), None)
    if commit is None:
        return StackRecord(None, None, running)
    if not commit:
        return StackRecord("", brought if brought is newest else None, running, _why_unknown(newest))
    if brought is not None and brought.to_commit == commit:
        return StackRecord(commit, brought, running)
    return StackRecord(commit, None, running, _brought_by_nobody(newest, commit))


def _why_unknown(run: Run) -> str:
    if run.outcome is Outcome.UNKNOWN:
        return f"run {run.id} ended without a verdict: {run.cause}"
    if run.halfway is not None:
        return f"it is {run.halfway}, since run {run.id}"
    if run.kind == "foreign":
        return f"which commit the update by {run.planned.who} brought is unknown (run {run.id})"
    return f"the stack named no commit (run {run.id}, {utc_minute(run.started_at)})"


def _brought_by_nobody(run: Run, commit: str) -> str:
    return (
        f"no run on record brought it there: run {run.id} found {short(commit)} there on {utc_minute(run.started_at)}"
    )


def describe_first_run(run: Run) -> str:
    """Return what the first run on record says of the time before it."""
    found = run.from_commit
    ran = "nothing there" if found is None else f"{short(found)} there" if found else "a stack that named no commit"
    return f"no record before {utc_minute(run.started_at)}, when run {run.id} found {ran}"
