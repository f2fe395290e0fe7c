"""A run as its events tell of it: `Run = fold(events)`, see `core.runs.fold`."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, assert_never

from promote_tui.core.model.halfway import StuckOperation
from promote_tui.core.model.stack_status import ran_before
from promote_tui.core.runs.events import (
    AlarmWatchEnded,
    DeployCompleted,
    Exited,
    GateRecord,
    Observed,
    Planned,
    RunKind,
    SmokeTested,
)
from promote_tui.core.text import short
from promote_tui.core.value import Moment, Value, field

if TYPE_CHECKING:
    from collections.abc import Mapping
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
    halfway: StuckOperation | None = None
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
    def is_external_update(self) -> bool:
        """Whether it puts on record what somebody else did to the stack."""
        return self.kind == "foreign"

    @property
    def has_no_deploy(self) -> bool:
        """Whether no deploy of promote-tui is behind it: others updated the stack, it was adopted, or it was freed."""
        return self.is_external_update or self.is_recovery or self.kind == "adopted"

    @property
    def is_recovery(self) -> bool:
        """Whether it frees a stuck stack."""
        return self.kind == "recovery"

    @property
    def is_removal(self) -> bool:
        """Whether it deletes the stack of a preview."""
        return self.kind == "removal"

    @property
    def cell(self) -> tuple[str, str] | None:
        """The cell of the matrix that it is about, as (service, stage); None for a preview, which the matrix lacks."""
        return None if self.planned.preview else (self.service, self.stage)

    @property
    def brings(self) -> str | None:
        """What the stage is to run because of it: a commit, empty where that is not known, None for nothing."""
        return None if self.is_removal or self.planned.recovery == "delete" else self.to_commit

    @property
    def promoter_words(self) -> str:
        """Who promotes, in words: where sync has started it, that it did so with their credentials."""
        who = self.planned.who
        return f"sync as {who}" if self.planned.started_by == "sync" else who

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
