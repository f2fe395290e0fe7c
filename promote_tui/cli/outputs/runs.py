"""`runs --json`, `runs show --json` and `runs export --format json`: who deployed what, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias

import msgspec

from promote_tui.cli.outputs.base import Output, Timestamp, clean_json, clean_text, text_or_null, timestamp_or_null
from promote_tui.cli.outputs.core_schemas import RECORDED_EVENT
from promote_tui.cli.outputs.status import BetweenOutput
from promote_tui.core.durations import timestamp
from promote_tui.core.releases.history import HistoryEntry, ReleaseRuns
from promote_tui.core.releases.release import ReleaseStatus
from promote_tui.core.runs import events
from promote_tui.core.runs.events import GateRecord, OverrideRecord, RunKind, StartedBy
from promote_tui.core.runs.run import Outcome, Run, RunStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.ports import Recorded


class OverrideOutput(Output, frozen=True):
    """A gate that was overridden, with the reason."""

    gate: str
    reason: str

    @classmethod
    def of(cls, found: OverrideRecord) -> Self:
        """Return the wire form of an overridden gate on record."""
        return cls(clean_text(found.gate), clean_text(found.reason))


class RecordedGate(Output, frozen=True):
    """A gate as it stood when the run was checked under its lock."""

    name: str
    passed: bool
    reason: str

    @classmethod
    def of(cls, gate: GateRecord) -> Self:
        """Return the wire form of a gate on record."""
        return cls(clean_text(gate.name), gate.passed, clean_text(gate.reason))


class RunFacts(Output, frozen=True):
    """What is said of a run wherever one stands; `from` is null for nothing, or with `from_unknown` not known."""

    id: str
    kind: RunKind
    service: str
    stage: str
    from_: str | None = msgspec.field(name="from")
    from_unknown: bool
    to: str | None
    who: str
    arn: str
    reason: str
    started_at: Timestamp
    ended_at: Timestamp | None
    status: RunStatus
    overrides: tuple[OverrideOutput, ...]
    policy: str | None
    release: str | None
    started_by: StartedBy


class RunOutput(RunFacts, frozen=True):
    """A run in a list."""

    @classmethod
    def of(cls, run: Run) -> Self:
        """Return the wire form of a run in a list."""
        return cls(**_facts(run))


class DeploymentOutput(RunFacts, frozen=True):
    """A run beside the cell that it deployed to; `cause` is why it did not end well."""

    subject: str | None
    cause: str | None

    @classmethod
    def of(cls, run: Run) -> Self:
        """Return the wire form of a run beside its cell."""
        failed = "" if run.outcome is Outcome.VERIFIED else run.cause
        return cls(**_facts(run), subject=text_or_null(run.planned.subject), cause=text_or_null(failed))


def _facts(run: Run) -> dict[str, Any]:
    """Return what every form of a run begins with."""
    planned = run.planned
    return {
        "id": clean_text(run.id),
        "kind": run.kind,
        "service": clean_text(run.service),
        "stage": clean_text(run.stage),
        "from_": text_or_null(run.from_commit),
        "from_unknown": not run.from_commit and run.from_commit is not None,
        "to": text_or_null(run.to_commit),
        "who": clean_text(planned.who),
        "arn": clean_text(planned.arn),
        "reason": clean_text(planned.reason),
        "started_at": timestamp(run.started_at),
        "ended_at": timestamp_or_null(run.ended_at),
        "status": run.status,
        "overrides": tuple(
            OverrideOutput(clean_text(each.gate), clean_text(each.reason)) for each in planned.overrides
        ),
        "policy": text_or_null(planned.policy),
        "release": text_or_null(planned.release),
        "started_by": planned.started_by,
    }


class ReleaseEntryOutput(Output, frozen=True):
    """A release as one entry of history: `verified` of its `members` run what it brings, `unproved` run it unproved.

    `runs` are ids of the list.
    """

    name: str
    stage: str
    status: ReleaseStatus
    verified: int
    unproved: int
    members: int
    who: str
    started_at: Timestamp
    ended_at: Timestamp | None
    runs: tuple[str, ...]

    @classmethod
    def of(cls, entry: ReleaseRuns) -> Self:
        """Return the wire form of a release in a list of runs."""
        return cls(
            name=clean_text(entry.name),
            stage=clean_text(entry.release.stage),
            status=entry.release.status,
            verified=entry.verified,
            unproved=entry.unproved,
            members=len(entry.release.members),
            who=clean_text(entry.who),
            started_at=timestamp(entry.started_at),
            ended_at=timestamp_or_null(entry.ended_at),
            runs=tuple(clean_text(run.id) for run in entry.runs),
        )


class RunsOutput(Output, frozen=True):
    """The newest runs, and the releases that they are of; `more`: there are older ones."""

    runs: tuple[RunOutput, ...]
    more: bool
    releases: tuple[ReleaseEntryOutput, ...]

    @classmethod
    def of(cls, found: Sequence[Run], entries: Sequence[HistoryEntry], *, more: bool) -> Self:
        """Return the wire form of a list of runs."""
        releases = tuple(ReleaseEntryOutput.of(each) for each in entries if isinstance(each, ReleaseRuns))
        return cls(tuple(RunOutput.of(run) for run in found), more, releases)


class ExportedRun(RunFacts, frozen=True):
    """All that a run's record holds but its single steps; `config` and `artifacts` are digests."""

    account: str
    region: str
    stack: str
    subject: str
    outcome: Outcome
    cause: str | None
    still_on: str | None
    between: BetweenOutput | None
    rollback: str | None
    gates: tuple[RecordedGate, ...]
    host: str | None
    config: str
    artifacts: str | None

    @classmethod
    def of(cls, run: Run) -> Self:
        """Return the wire form of a run's record."""
        account, region, stack = (*run.planned.key.split("/", 2), "", "")[:3]
        return cls(
            **_facts(run),
            account=clean_text(account),
            region=clean_text(region),
            stack=clean_text(stack),
            subject=clean_text(run.planned.subject),
            outcome=run.outcome,
            cause=text_or_null(run.cause),
            still_on=text_or_null(run.still_on),
            between=BetweenOutput.of(run.halfway) if run.halfway else None,
            rollback=text_or_null(run.rollback),
            gates=tuple(RecordedGate.of(each) for each in run.gates),
            host=text_or_null(run.host),
            config=clean_text(run.planned.config_digest),
            artifacts=text_or_null(run.artifacts),
        )


class RunsExportOutput(Output, frozen=True):
    """Every run, newest first, and what the record does not hold, a line each."""

    runs: tuple[ExportedRun, ...]
    gaps: tuple[str, ...]

    @classmethod
    def of(cls, runs: Sequence[Run], gaps: Sequence[str]) -> Self:
        """Return the wire form of an export."""
        return cls(tuple(ExportedRun.of(run) for run in runs), tuple(gaps))


RecordedEvent: TypeAlias = Annotated[
    dict[str, Any],
    msgspec.Meta(extra_json_schema={"$ref": RECORDED_EVENT}),
]


class RunInFull(RunFacts, frozen=True):
    """A run, what came of it, and its events as the ledger has them."""

    subject: str
    outcome: Outcome
    cause: str | None
    remedy: str | None
    still_on: str | None
    between: BetweenOutput | None
    live: bool
    events: tuple[RecordedEvent, ...]

    @classmethod
    def of(cls, run: Run, recorded: Sequence[Recorded]) -> Self:
        """Return the wire form of a run with its events."""
        return cls(
            **_facts(run),
            subject=clean_text(run.planned.subject),
            outcome=run.outcome,
            cause=text_or_null(run.cause),
            remedy=text_or_null(run.remedy),
            still_on=text_or_null(run.still_on),
            between=BetweenOutput.of(run.halfway) if run.halfway else None,
            live=run.live,
            events=tuple(clean_json({"seq": each.seq, **events.to_dict(each.event)}) for each in recorded),
        )


class RunShowOutput(Output, frozen=True):
    """One run in full."""

    run: RunInFull

    @classmethod
    def of(cls, run: Run, recorded: Sequence[Recorded]) -> Self:
        """Return the wire form of one run in full."""
        return cls(RunInFull.of(run, recorded))
