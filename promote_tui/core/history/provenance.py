"""How a commit came to a stage: the run that brought it, what that run stood on, and what followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.gates.decisions import Decision, approvals_by_person, checks_by_command, ticks_by_item
from promote_tui.core.gates.provenance import BreakGlassGate, StageOrderGate
from promote_tui.core.identity import person
from promote_tui.core.model.cells import Cell
from promote_tui.core.model.pipeline import Target
from promote_tui.core.runs.run import Outcome, Run
from promote_tui.core.runs.stack_record import StackRecord, brings_commit
from promote_tui.core.value import Moment, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from promote_tui.core.runs.verification import SameCode

LaterKind: TypeAlias = Literal[
    "running", "attempted", "replaced", "rolled_back", "redeployed", "external", "adopted", "held", "lifted", "vetoed"
]


class LaterEvent(Value):
    """Something that happened to a commit after it had come to its stage: a run, or a person's decision."""

    at: Moment
    kind: LaterKind
    cause: Run | Decision


class Provenance(Value):
    """How what a stage ran at a moment had come there.

    `is_now`: nobody asked for an earlier moment. `cell` is what the stage's stack says, read where the record does not
    know what runs there. `origin` is the update that somebody else made and that an adoption
    stands on. `approvals`, `ticks` and `checks`
    are those that had been made when the run began; `later` is what has happened since, oldest first.
    """

    target: Target
    at: Moment
    record: StackRecord
    is_now: bool = False
    origin: Run | None = None
    approvals: tuple[Decision, ...] = ()
    ticks: tuple[Decision, ...] = ()
    checks: tuple[Decision, ...] = ()
    later: tuple[LaterEvent, ...] = ()
    cell: Cell | None = None

    @property
    def is_told_by_stack(self) -> bool:
        """Whether only the stack can tell what runs there: the record does not know, and no past moment is meant."""
        return self.is_now and self.record.commit == ""

    @property
    def run(self) -> Run | None:
        """The run that brought the commit; None where none on record did."""
        return self.record.brought

    @property
    def is_break_glass(self) -> bool:
        """Whether it was rolled back although the team's ledger was out of reach."""
        return _recorded_reason(self.run, BreakGlassGate.name) != ""

    @property
    def skipped(self) -> str:
        """What the record says of the stages that a hotfix skipped; empty where it skipped none."""
        hotfix = self.run is not None and self.run.kind == "hotfix"
        words = _recorded_reason(self.run, StageOrderGate.name) if hotfix else ""
        return words if words.startswith("a hotfix that skips") else ""


class ProvenanceFacts(Value):
    """What the ledger holds of a stack: runs newest first as they stood at a moment, and those since the newest deploy.

    `since` are runs as they stand now, oldest first. `trusted` are the roles whose session names are people.
    """

    target: Target
    at: Moment
    record: StackRecord
    is_now: bool = False
    runs: tuple[Run, ...] = ()
    since: tuple[Run, ...] = ()
    decisions: tuple[Decision, ...] = ()
    trusted: tuple[str, ...] = ()


def trace_provenance(facts: ProvenanceFacts, same_code: SameCode) -> Provenance:
    """Return how what a stage ran had come there, by its record."""
    run = facts.record.brought
    if run is None:
        return Provenance(facts.target, facts.at, facts.record, facts.is_now)
    made = _decisions_about(facts, run.to_commit, same_code)
    before = [each for each in made if each.at <= run.started_at]
    stage = facts.target.stage
    approvals = approvals_by_person(before, stage, facts.trusted)
    approvals.pop(person(run.planned.arn, facts.trusted), None)
    stands_on_people = not run.has_no_deploy
    return Provenance(
        facts.target,
        facts.at,
        facts.record,
        facts.is_now,
        _origin(run, facts.runs),
        tuple(approvals.values()) if stands_on_people else (),
        tuple(ticks_by_item(before, stage).values()) if stands_on_people else (),
        tuple(checks_by_command(before).values()) if stands_on_people else (),
        _later(run, facts.since, made),
    )


def _decisions_about(facts: ProvenanceFacts, commit: str, same_code: SameCode) -> list[Decision]:
    def concerns(each: Decision) -> bool:
        about_stage = each.stage in {None, facts.target.stage}
        return about_stage and (each.commit is None or (bool(commit) and same_code(each.commit, commit)))

    return [each for each in facts.decisions if concerns(each)]


def _origin(run: Run, runs: Sequence[Run]) -> Run | None:
    """Return the newest update by somebody else before an adoption; None where the record has none."""
    if run.kind != "adopted":
        return None
    older = [each for each in runs if each.started_at < run.started_at]
    return older[0] if older and older[0].kind == "foreign" else None


def _later(run: Run, since: Iterable[Run], made: Iterable[Decision]) -> tuple[LaterEvent, ...]:
    """Return what happened after a run, up to the one that brought another commit; a veto counts whenever it came."""
    runs: list[LaterEvent] = []
    over = None
    for each in since:
        if each.id != run.id and each.started_at >= run.started_at:
            runs.append(LaterEvent(each.started_at, _kind_of(each, run), each))
            if brings_commit(each) and each.to_commit != run.to_commit:
                over = each.times[-1][1]  # with the hold that follows a rollback, before its lock is free
                break
    words: dict[str, LaterKind] = {"hold": "held", "unhold": "lifted", "veto": "vetoed"}
    decided = [
        LaterEvent(each.at, words[each.kind], each)
        for each in made
        if each.kind in words and each.at > run.started_at and (each.kind == "veto" or over is None or each.at <= over)
    ]
    return tuple(sorted((*runs, *decided), key=lambda event: event.at))


def _kind_of(run: Run, before: Run) -> LaterKind:
    if run.outcome is Outcome.PENDING and run.deploy_completed is None:
        return "running"
    if not brings_commit(run):
        return "attempted"
    if run.kind == "foreign":
        return "external"
    if run.kind == "adopted":
        return "adopted"
    if run.to_commit == before.to_commit:
        return "redeployed"
    return "rolled_back" if run.kind == "rollback" else "replaced"


def _recorded_reason(run: Run | None, gate: str) -> str:
    return next((each.reason for each in run.gates if each.name == gate), "") if run else ""
