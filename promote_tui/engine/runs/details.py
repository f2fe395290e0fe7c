"""What a run's screen shows beside its own events: the stack's, and how long such a run usually takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError
from promote_tui.core.model.stack_status import StackEvent
from promote_tui.core.runs.run import Run, RunStatus
from promote_tui.core.runs.typical_duration import LAST, TypicalDuration, typical_duration
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.model.pipeline import Pipeline, Target
    from promote_tui.engine.context import Context

_CLOCKS = timedelta(minutes=5)
"""How far the clocks of AWS and of the machine that started a run may differ."""


@dataclass(frozen=True, slots=True)
class StackNews:
    """Events of a run's stack, oldest first; `trouble` says why they cannot be read."""

    events: tuple[StackEvent, ...] = ()
    trouble: str = ""


def stack_events(context: Context, run: Run, after: StackEvent | None) -> StackNews:
    """Return what CloudFormation did in a run, live or past, behind `after`; trouble is a value, never raised."""
    if not run.submitted:
        return StackNews()
    target = _target(context.pipeline, run)
    if target is None:
        return StackNews(trouble=f"{run.planned.key} is not in this configuration")
    try:
        stack_id = _stack_id(context, target, run, after)
        if stack_id is None:
            return StackNews()
        last = after.id if after is not None else run.planned.last_event_id
        found = context.stacks.events(target, stack_id, after=last)
    except AwsError as error:
        return StackNews(trouble=error.advice)
    return StackNews(_of_run(run, found))


def _target(pipeline: Pipeline, run: Run) -> Target | None:
    """Return where the run deployed to; None where the configuration has moved since, or is another one."""
    try:
        target = pipeline.service(run.service).target(run.stage)
    except KeyError:
        return None
    return target if target.key == run.planned.key else None


def _stack_id(context: Context, target: Target, run: Run, after: StackEvent | None) -> str | None:
    known = after.stack_id if after is not None else run.planned.stack_id
    if known is None and run.observed is not None:
        known = run.observed.stack_id
    if known is None:  # its first deploy: the stack has an id once CloudFormation has begun
        stack = context.stacks.stack(target)
        known = stack.id if stack is not None else None
    return known


def _of_run(run: Run, events: Sequence[StackEvent]) -> tuple[StackEvent, ...]:
    """Return the run's own events, without those before it and those of later runs."""
    ids = [event.id for event in events]
    last = run.observed.last_event_id if run.observed is not None else None
    if last in ids:
        events = events[: ids.index(last) + 1]
    began = run.started_at - _CLOCKS
    ended = run.ended_at + _CLOCKS if run.ended_at is not None and last is None else None
    return tuple(event for event in events if event.at >= began and (ended is None or event.at <= ended))


def typical_duration_of_run(context: Context, run: Run) -> TypicalDuration | None:
    """Return the typical duration when the run began, by earlier runs of its stack; None for the first."""
    wanted = RunFilter(key=run.planned.key, status=RunStatus.SUCCEEDED, until=run.started_at)
    earlier = context.ledger.runs(wanted, limit=LAST + 1).runs
    return typical_duration(other for other in earlier if other.id != run.id)
