"""From events to the run that they tell of, one after the other: what a live run, and last month's, are read by."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from promote_tui.core.runs.events import (
    AlarmWatchEnded,
    CancelRequested,
    Checked,
    DeployCompleted,
    Event,
    Exited,
    Failed,
    Locked,
    NotifyFailed,
    NotSubmitted,
    Observed,
    OutcomeUnknown,
    Planned,
    Recovering,
    Released,
    RolledBack,
    SmokeTested,
    Submitted,
    Submitting,
    UnknownEvent,
    Verified,
)
from promote_tui.core.runs.events import name as event_name
from promote_tui.core.runs.run import Outcome, Process, Run, stop_of
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterable


def fold(events: Iterable[Event]) -> Run | None:
    """Return the run that these events make, in their order; None before it was planned."""
    run: Run | None = None
    for event in events:
        if run is None:
            run = Run(event, times=(("planned", event.at),)) if isinstance(event, Planned) else None
        else:
            run = apply(run, event)
    return run


def apply(run: Run, event: Event) -> Run:
    """Return the run after one more event."""
    if isinstance(event, Observed) and event.unread:  # nothing was seen
        return replace(run, times=(*run.times, ("unread", event.at)))
    moved = _moved(run, event)
    word = event_name(event)
    phase = run.phase if isinstance(event, UnknownEvent | CancelRequested | NotifyFailed) else word
    return replace(moved, phase=phase, times=(*run.times, (word, event.at)))


def _moved(run: Run, event: Event) -> Run:  # noqa: PLR0911, PLR0912, C901 - one line a kind of event
    match event:
        case Planned() | NotifyFailed():
            return run
        case Locked(fence=fence, host=host, pid=pid, pid_started=since):
            return replace(run, fence=fence, host=host, runner=Process(pid, since))
        case Recovering(fence=fence, host=host, pid=pid, pid_started=since):
            return replace(run, fence=fence, host=host, runner=Process(pid, since))
        case Checked(gates=gates, artifacts=artifacts):
            return replace(run, gates=gates, artifacts=artifacts)
        case Submitting(at=at, command=command, log=log):
            return replace(run, command=command, log=log, submitting_at=at)
        case Submitted(pid=pid, pid_started=since):
            return replace(run, child=Process(pid, since))
        case CancelRequested():
            return replace(run, cancel_requested=True)
        case Exited(code=code):
            return replace(run, exit_code=code, stopped=stop_of(event))
        case Observed():
            return replace(run, observed=event)
        case DeployCompleted():
            return replace(run, deploy_completed=event)
        case SmokeTested():
            return replace(run, smoke_test=event)
        case AlarmWatchEnded():
            return replace(run, alarm_watch=event)
        case Released():
            return replace(run, released=True)
        case UnknownEvent():
            return _blocked(run)
        case NotSubmitted() | Verified() | Failed() | RolledBack() | OutcomeUnknown():
            return _ended(run, event)
        case _:
            assert_never(event)


def _blocked(run: Run) -> Run:
    counted = replace(run, unknown_events=run.unknown_events + 1)
    if not run.submitted:
        return counted
    return replace(
        counted,
        outcome=Outcome.UNKNOWN,
        cause="a newer version of promote-tui wrote an event that this one cannot read",
        remedy="upgrade promote-tui, then open the run",
    )


def _ended(run: Run, event: NotSubmitted | Verified | Failed | RolledBack | OutcomeUnknown) -> Run:
    if run.unknown_events and run.submitted:
        return run
    ended = replace(run, ended_at=event.at)
    match event:
        case Verified():
            return replace(ended, outcome=Outcome.VERIFIED, cause="", remedy="", still_on=run.brings)
        case NotSubmitted(reason=reason, remedy=remedy, cancelled=cancelled):
            return replace(
                ended,
                outcome=Outcome.NOT_SUBMITTED,
                cause=reason,
                remedy=remedy,
                cancelled=cancelled,
                still_on=run.from_commit,
            )
        case Failed(cause=cause, still_on=still_on, remedy=remedy):
            return replace(
                ended,
                outcome=Outcome.FAILED,
                cause=cause,
                still_on=still_on,
                remedy=remedy,
                rollback=event.rollback,
                deployed=event.deployed,
                halfway=event.halfway,
                unattended=event.unattended,
            )
        case RolledBack(cause=cause, still_on=still_on, remedy=remedy, cancelled=cancelled):
            return replace(
                ended,
                outcome=Outcome.ROLLED_BACK,
                cause=cause,
                still_on=still_on,
                remedy=remedy,
                cancelled=cancelled,
            )
        case OutcomeUnknown(reason=reason, remedy=remedy):
            return replace(ended, outcome=Outcome.UNKNOWN, cause=reason, remedy=remedy)
        case _:
            assert_never(event)
