"""What a record of runs leaves out; it is told with the record, so that nobody takes it for complete."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from promote_tui.core.durations import utc_minute
from promote_tui.core.model.cells import Cell, Deployed, Unreachable, stack_of
from promote_tui.core.runs import external
from promote_tui.core.runs.run import Outcome, Run
from promote_tui.core.runs.unsettled_runs import reconcile_command
from promote_tui.core.text import plural, short
from promote_tui.core.value import Moment, Value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class CoverageContext(Value):
    """What is known besides the runs of a record.

    `every` are the runs of its services and stages, newest first, of any time and person, `cells` their stacks. `since`
    is the beginning of the time that was asked for (None: the first run). `alone`: the ledger is a file of this
    machine. `journalled` is how many runs were recorded without the team's ledger, and wait for their import.
    """

    every: Sequence[Run]
    cells: Sequence[Cell] = ()
    since: Moment | None = None
    alone: bool = False
    journalled: int = 0

    def reaches(self, at: datetime) -> bool:
        """Tell whether a moment is after the beginning of the time that was asked for."""
        return self.since is None or at > self.since


def describe_gaps(runs: Sequence[Run], around: CoverageContext) -> tuple[str, ...]:
    """Return in words what these runs leave out."""
    found = ["runs of other machines are not in this ledger"] if around.alone else []
    if around.journalled:
        what = f"{plural(around.journalled, 'rollback')} without the team's ledger, journalled on this machine"
        found.append(f"{what}: promote-tui ledger import --break-glass")
    return (*found, *_beginnings(around), *_others(around), *_open(runs), *_newer(runs))


def _beginnings(around: CoverageContext) -> list[str]:
    """Return when the record begins, and which stacks were deployed to before their own first run."""
    firsts = {run.planned.key: run for run in around.every}
    first = around.every[-1] if around.every else None
    found = []
    if first is not None and around.reaches(first.started_at):
        found.append(f"nothing is on record before {utc_minute(first.started_at)}")
    for run in firsts.values():
        if run.from_commit and around.reaches(run.started_at):
            where, at = f"{run.service}/{run.stage}", utc_minute(run.started_at)
            found.append(f"how {short(run.from_commit)} got to {where} before its first run, {at}")
    return found


def _others(around: CoverageContext) -> list[str]:
    """Return what others did that is not on record, and where that is unknown."""
    by_key: dict[str, list[Run]] = defaultdict(list)
    for run in around.every:
        by_key[run.planned.key].append(run)
    found = [words for cell in around.cells if (words := _unwritten(cell, by_key[cell.target.key], around))]
    elsewhere = by_key.keys() - {cell.target.key for cell in around.cells}
    if elsewhere:
        found.append(f"what others did to {plural(len(elsewhere), 'stack')} on record outside of this configuration")
    return [*found, *_unread(around.cells)]


def _unwritten(cell: Cell, runs: Sequence[Run], around: CoverageContext) -> str:
    stack = stack_of(cell)
    if stack is None:
        return ""
    if not runs:
        what = f"runs {short(cell.commit)}" if isinstance(cell, Deployed) else "was deployed to"
        return f"{cell.target} {what}, and no run of it is on record"
    at = external.external_update_time(stack, runs)
    if at is None or not around.reaches(at):
        return ""
    how = f"promote-tui runs record {cell.target.service} --stage {cell.target.stage}"
    return f"{cell.target} was updated on {utc_minute(at)}, outside of promote-tui: {how}"


def _unread(cells: Iterable[Cell]) -> list[str]:
    """Return a line for each cause in each stage, however many stacks it hides."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for cell in cells:
        if isinstance(cell, Unreachable):
            found[cell.target.stage, cell.reason].append(cell.target.service)
    return [
        f"what others did to {stage} of {', '.join(sorted(services))}, which cannot be read: {reason}"
        for (stage, reason), services in found.items()
    ]


def _open(runs: Sequence[Run]) -> list[str]:
    return [_verdictless(run) for run in runs if not run.has_verdict]


def _verdictless(run: Run) -> str:
    where = f"run {run.id} of {run.service} to {run.stage}"
    if run.outcome is Outcome.UNKNOWN:
        return f"{where} ended without a verdict: {reconcile_command(run.id)}"
    return f"{where} has not ended"


def _newer(runs: Sequence[Run]) -> list[str]:
    return [
        f"run {run.id} holds {plural(run.unknown_events, 'event')} of a newer version"
        for run in runs
        if run.unknown_events
    ]
