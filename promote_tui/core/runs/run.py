"""A run is what its events say: `Run = fold(events)`."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, assert_never

from promote_tui.core.model.halfway import Between
from promote_tui.core.model.stack_status import ran_before
from promote_tui.core.runs.events import (
    AlarmWatchEnded,
    CancelRequested,
    Checked,
    DeployCompleted,
    Event,
    Exited,
    Failed,
    GateRecord,
    Locked,
    NotifyFailed,
    NotSubmitted,
    Observed,
    OutcomeUnknown,
    Planned,
    Recovering,
    Released,
    RolledBack,
    RunKind,
    SmokeTested,
    Submitted,
    Submitting,
    UnknownEvent,
    Verified,
)
from promote_tui.core.runs.events import name as event_name
from promote_tui.core.text import short
from promote_tui.core.value import Moment, Value, field, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


class RunStatus(Enum):
    """How a run stands, in the words of `runs --json`."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ROLLED_BACK = "rolled_back"
    UNKNOWN = "unknown"


class Outcome(Enum):
    """The verdict on a run."""

    PENDING = "pending"
    VERIFIED = "verified"
    NOT_SUBMITTED = "not_submitted"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"
    UNKNOWN = "unknown"


class Process(Value):
    """A process that can be told from a later one with the same number by its start time."""

    pid: int
    started: str


class Run(Value, omit_defaults=True):
    """One promotion, from its plan to its verdict; fields with their default values are not encoded.

    `stopped` is why the CLI was made to end, see `describe_stop`.
    """

    planned: Planned
    outcome: Outcome = Outcome.PENDING
    phase: str = "planned"
    fence: int | None = None
    host: str | None = None
    runner: Process | None = None
    child: Process | None = None
    gates: tuple[GateRecord, ...] = ()
    artifacts: str = ""
    command: tuple[str, ...] = ()
    log: str | None = None
    submitting_at: Moment | None = None
    exit_code: int | None = None
    stopped: str = ""
    observed: Observed | None = None
    deploy_completed: DeployCompleted | None = field(default=None, name="landed")
    smoke_test: SmokeTested | None = field(default=None, name="smoked")
    alarm_watch: AlarmWatchEnded | None = field(default=None, name="baked")
    rollback: str = ""
    cause: str = ""
    remedy: str = ""
    still_on: str | None = None
    deployed: bool = False
    halfway: Between | None = None
    unattended: str = ""
    cancelled: bool = False
    cancel_requested: bool = False
    ended_at: Moment | None = None
    released: bool = False
    unknown_events: int = 0
    times: tuple[tuple[str, Moment], ...] = ()
    """(event name, when) in order, for durations."""

    @property
    def id(self) -> str:
        """The run's id."""
        return self.planned.run

    @property
    def service(self) -> str:
        """The service that is promoted."""
        return self.planned.service

    @property
    def stage(self) -> str:
        """The stage that is promoted to."""
        return self.planned.stage

    @property
    def kind(self) -> RunKind:
        """Normal, hotfix or rollback."""
        return self.planned.kind

    @property
    def from_commit(self) -> str | None:
        """What the stage ran when the run was planned: None for nothing, empty where its stack did not name it."""
        return ran_before(self.planned.from_commit, self.planned.stack_id, self.planned.stack_status)

    @property
    def to_commit(self) -> str:
        """What the run deploys."""
        return self.planned.to_commit

    @property
    def started_at(self) -> datetime:
        """When the run was first recorded."""
        return self.planned.at

    @property
    def submitted(self) -> bool:
        """Whether the CLI may have been started."""
        return self.submitting_at is not None

    @property
    def has_verdict(self) -> bool:
        """Whether it is known how the run ended."""
        return self.outcome not in {Outcome.PENDING, Outcome.UNKNOWN}

    @property
    def unproved(self) -> bool:
        """Whether the stack got the commit, and the rest of the deploy or its proof failed."""
        return self.outcome is Outcome.FAILED and (self.deployed or self.deploy_completed is not None)

    @property
    def live(self) -> bool:
        """Whether the run has neither a verdict nor given its lock back."""
        return not self.released

    @property
    def has_no_deploy(self) -> bool:
        """Whether no deploy of promote-tui is behind it: others updated the stack, or what runs there was adopted."""
        return self.kind in {"foreign", "adopted"}

    @property
    def rollback_words(self) -> str:
        """The result of a verified rollback in words, which put its stage on hold; empty for every other run."""
        if self.kind != "rollback" or self.outcome is not Outcome.VERIFIED:
            return ""
        return f"rolled back to {short(self.to_commit)}"

    @property
    def status(self) -> RunStatus:
        """The status in the words of `runs --json`."""
        match self.outcome:
            case Outcome.PENDING:
                return RunStatus.RUNNING
            case Outcome.VERIFIED:
                return RunStatus.SUCCEEDED
            case Outcome.ROLLED_BACK:
                return RunStatus.CANCELLED if self.cancelled else RunStatus.ROLLED_BACK
            case Outcome.UNKNOWN:
                return RunStatus.UNKNOWN
            case Outcome.NOT_SUBMITTED | Outcome.FAILED:
                return RunStatus.CANCELLED if self.cancelled else RunStatus.FAILED
            case _:
                assert_never(self.outcome)


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


_STOPPED: Mapping[str, str] = {
    "idle": "it said nothing for too long (deploy.timeout.idle)",
    "timeout": "it took too long (deploy.timeout.total)",
}


def stop_of(exited: Exited) -> str:
    """Return why the CLI was made to end: a limit of its settings, or words; empty where it ended by itself."""
    return exited.stopped or (exited.why if exited.why in _STOPPED else "")


def describe_stop(stop: str, deployer: str) -> str:
    """Return in words why the CLI was made to end; `deployer` is what they call it."""
    return f"the {deployer} was stopped: {_STOPPED[stop]}" if stop in _STOPPED else stop


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
            return replace(ended, outcome=Outcome.VERIFIED, cause="", remedy="", still_on=run.to_commit)
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
