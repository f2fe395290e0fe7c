"""`status --at --json` and `why --json`: what the record says of the past."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self, TypeAlias

from promote_tui.cli.outputs.base import Output, Timestamp, clean_text, clean_texts, text_or_null, timestamp_or_null
from promote_tui.cli.outputs.runs import RecordedGate, RunOutput
from promote_tui.cli.outputs.status import DecisionOutput
from promote_tui.core.durations import timestamp
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.history.provenance import LaterEvent, LaterKind, Provenance
from promote_tui.core.history.sentences import describe_provenance
from promote_tui.core.model.cells import commit_of
from promote_tui.core.runs.run import Run
from promote_tui.core.runs.stack_record import arrived_at
from promote_tui.core.text import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.history.past_matrix import PastCell, PastMatrix
    from promote_tui.core.model.pipeline import Pipeline, Service
    from promote_tui.core.runs.stack_record import StackRecord

RecordedState: TypeAlias = Literal["deployed", "running", "never", "unknown"]
RecordedProof: TypeAlias = Literal["verified", "no", "unknown"]


def recorded_state(record: StackRecord) -> RecordedState:
    """Return the word for what a stack's record says of it."""
    if record.running is not None:
        return "running"
    if record.commit is None:
        return "never"
    return "deployed" if record.commit else "unknown"


class PastCellOutput(Output, frozen=True):
    """One service in one stage at a past moment; `candidate` is the commit that `gates` tell of, where one is known.

    `run` brought the commit, which was there `since` then; `running` was at work. `unknown` says what the record cannot
    tell.
    """

    state: RecordedState
    commit: str | None
    short: str | None
    subject: str | None
    run: str | None
    since: Timestamp | None
    verified: RecordedProof
    running: str | None
    hold: DecisionOutput | None
    veto: DecisionOutput | None
    candidate: str | None
    gates: tuple[RecordedGate, ...]
    unknown: str | None

    @classmethod
    def of(cls, cell: PastCell) -> Self:
        """Return the wire form of a cell of the past."""
        record, brought = cell.record, cell.record.brought
        return cls(
            state=recorded_state(record),
            commit=text_or_null(record.commit),
            short=clean_text(short(record.commit)) if record.commit else None,
            subject=text_or_null(brought.planned.subject) if brought else None,
            run=clean_text(brought.id) if brought else None,
            since=timestamp_or_null(arrived_at(brought)) if brought else None,
            verified=_proof(cell),
            running=clean_text(record.running.id) if record.running else None,
            hold=DecisionOutput.of(cell.hold) if cell.hold else None,
            veto=DecisionOutput.of(cell.veto) if cell.veto else None,
            candidate=text_or_null(cell.candidate),
            gates=tuple(RecordedGate.of(gate) for gate in cell.gates),
            unknown=text_or_null(record.unknown),
        )


def _proof(cell: PastCell) -> RecordedProof:
    if not cell.record.commit:
        return "unknown"
    return "verified" if cell.is_verified else "no"


class PastServiceOutput(Output, frozen=True):
    """A service with its cell in each stage at a past moment."""

    name: str
    stages: dict[str, PastCellOutput]


class StatusAtOutput(Output, frozen=True):
    """The matrix of a past moment, by the ledger alone; `gaps` are what it cannot know."""

    project: str
    at: Timestamp
    stages: tuple[str, ...]
    services: tuple[PastServiceOutput, ...]
    gaps: tuple[str, ...]

    @classmethod
    def of(cls, pipeline: Pipeline, services: Sequence[Service], found: PastMatrix) -> Self:
        """Return the wire form of these services' rows."""
        names = tuple(stage.name for stage in pipeline.stages)
        rows = tuple(
            PastServiceOutput(one.name, {name: PastCellOutput.of(found.cells[one.name, name]) for name in names})
            for one in services
        )
        return cls(clean_text(pipeline.project), timestamp(found.at), names, rows, found.gaps)


class SignOffOutput(Output, frozen=True):
    """A person's yes to a commit: an approval, a tick of the checklist, or a check that was run (`item`)."""

    who: str
    at: Timestamp
    item: str | None
    reason: str | None
    evidence: str | None
    on_behalf: str | None
    passed: bool

    @classmethod
    def of(cls, made: Decision) -> Self:
        """Return the wire form of a sign-off."""
        return cls(
            clean_text(made.who),
            timestamp(made.at),
            text_or_null(made.item),
            text_or_null(made.reason),
            text_or_null(made.evidence),
            text_or_null(made.on_behalf),
            made.passed,
        )


class ProofPart(Output, frozen=True):
    """How a part of the proof ended."""

    passed: bool
    reason: str


class ProofOutput(Output, frozen=True):
    """What the stack said after the deploy, and how it was proved; null where there was no such part."""

    stack_status: str | None
    commit: str | None
    smoke: ProofPart | None
    bake: ProofPart | None
    failure: str | None

    @classmethod
    def of(cls, run: Run) -> Self:
        """Return the wire form of a run's proof."""
        seen, smoke, bake = run.observed, run.smoke_test, run.alarm_watch
        return cls(
            text_or_null(seen.stack_status) if seen else None,
            text_or_null(seen.commit) if seen else None,
            ProofPart(smoke.passed, clean_text(smoke.reason)) if smoke else None,
            ProofPart(bake.passed, clean_text(bake.reason)) if bake else None,
            text_or_null(run.cause) if run.unproved else None,
        )


class LaterOutput(Output, frozen=True):
    """Something that happened to the commit afterwards: a run, or a person's decision."""

    at: Timestamp
    kind: LaterKind
    who: str
    reason: str | None
    run: str | None
    commit: str | None

    @classmethod
    def of(cls, event: LaterEvent) -> Self:
        """Return the wire form of what happened afterwards."""
        at = timestamp(event.at)
        match event.cause:
            case Run() as run:
                why = text_or_null(run.cause or run.planned.reason)
                return cls(at, event.kind, clean_text(run.planned.who), why, run.id, text_or_null(run.to_commit))
            case Decision() as made:
                why = text_or_null(made.reason)
                return cls(at, event.kind, clean_text(made.who), why, None, text_or_null(made.commit))


class WhyOutput(Output, frozen=True):
    """How a commit came to a stage; `run` is null where none on record brought it, and `unknown` says so.

    `stack_commit` is what the stack names, read where the record does not know what runs there now.
    `external` is the update that an adoption stands on, `skipped` what a hotfix skipped, `fingerprint` the plan's.
    """

    service: str
    stage: str
    at: Timestamp
    state: RecordedState
    commit: str | None
    short: str | None
    subject: str | None
    since: Timestamp | None
    unknown: str | None
    stack_commit: str | None
    sentences: tuple[str, ...]
    run: RunOutput | None
    external: RunOutput | None
    approvals: tuple[SignOffOutput, ...]
    checklist: tuple[SignOffOutput, ...]
    checks: tuple[SignOffOutput, ...]
    skipped: str | None
    break_glass: bool
    fingerprint: str | None
    config: str | None
    gates: tuple[RecordedGate, ...]
    proof: ProofOutput | None
    later: tuple[LaterOutput, ...]

    @classmethod
    def of(cls, found: Provenance) -> Self:
        """Return the wire form of how a commit came to a stage."""
        record, run = found.record, found.run
        return cls(
            service=clean_text(found.target.service),
            stage=clean_text(found.target.stage),
            at=timestamp(found.at),
            state=recorded_state(record),
            commit=text_or_null(record.commit),
            short=clean_text(short(record.commit)) if record.commit else None,
            subject=text_or_null(run.planned.subject) if run else None,
            since=timestamp_or_null(arrived_at(run)) if run else None,
            unknown=text_or_null(record.unknown),
            stack_commit=text_or_null(commit_of(found.cell)) if found.cell else None,
            sentences=clean_texts(describe_provenance(found)),
            run=RunOutput.of(run) if run else None,
            external=RunOutput.of(found.origin) if found.origin else None,
            approvals=tuple(SignOffOutput.of(each) for each in found.approvals),
            checklist=tuple(SignOffOutput.of(each) for each in found.ticks),
            checks=tuple(SignOffOutput.of(each) for each in found.checks),
            skipped=text_or_null(found.skipped),
            break_glass=found.is_break_glass,
            fingerprint=text_or_null(run.planned.fingerprint) if run else None,
            config=text_or_null(run.planned.config_digest) if run else None,
            gates=tuple(RecordedGate.of(gate) for gate in run.gates) if run else (),
            proof=ProofOutput.of(run) if run and not run.has_no_deploy else None,
            later=tuple(LaterOutput.of(event) for event in found.later),
        )
