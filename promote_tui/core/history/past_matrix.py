"""The matrix of a past moment, from the ledger alone: no stack is asked, and what the record cannot know is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from promote_tui.core.durations import on_utc_clock
from promote_tui.core.gates.decisions import Decision, current_hold, find_veto
from promote_tui.core.gates.facts import GateFacts, PromotionFacts
from promote_tui.core.gates.gate import GateContext
from promote_tui.core.history.past_gates import evaluate_past_gates
from promote_tui.core.model.cells import CellKey, Never
from promote_tui.core.model.pipeline import Target
from promote_tui.core.runs.events import GateRecord
from promote_tui.core.runs.run import Run
from promote_tui.core.runs.stack_record import StackRecord, describe_first_run, read_stack_record
from promote_tui.core.runs.verification import Verification, counts_as_verified, verification
from promote_tui.core.value import Moment, Value, replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.model.deployer import DeployerFacts
    from promote_tui.core.model.pipeline import Pipeline, Service

RULES_NOTE = "services, stages and gates are those of today's configuration"
UNKNOWN_NOTE = "stacks, alarms, branches and packages of that moment are not on record"


class PastFacts(Value):
    """What the ledger holds of a moment: runs by stack, newest first, as they stood then, and decisions by service.

    `firsts` are the first runs after the moment of stacks that had none by then. Decisions made later are there too.
    `local` puts a moment on the clock of who reads.
    """

    at: Moment
    runs: Mapping[str, tuple[Run, ...]]
    firsts: Mapping[str, Run]
    decisions: Mapping[str, tuple[Decision, ...]]
    local: Callable[[datetime], datetime] = on_utc_clock


class PastCell(Value):
    """One service in one stage at a past moment.

    `candidate` is the commit of the stage before that could have come next (empty: none that is known), and `gates` are
    what decisions and the clock said about it then.
    """

    target: Target
    record: StackRecord
    verification: Verification | None = None
    hold: Decision | None = None
    veto: Decision | None = None
    candidate: str = ""
    gates: tuple[GateRecord, ...] = ()

    @property
    def is_verified(self) -> bool:
        """Whether what ran there counted as verified."""
        return self.verification is not None and counts_as_verified(self.verification)


class PastMatrix(Value):
    """The matrix of a past moment; `gaps` are what it cannot know, in words."""

    at: Moment
    cells: Mapping[CellKey, PastCell]
    gaps: tuple[str, ...] = (RULES_NOTE, UNKNOWN_NOTE)


def past_matrix(
    pipeline: Pipeline, services: Sequence[Service], facts: PastFacts, deployer: DeployerFacts
) -> PastMatrix:
    """Return the matrix of a moment by what the ledger holds of it."""
    cells: dict[CellKey, PastCell] = {}
    for service in services:
        made = [each for each in facts.decisions.get(service.name, ()) if each.at <= facts.at]
        for stage in pipeline.stages:
            target = service.target(stage.name)
            before = cells.get((service.name, stage.after)) if stage.after else None
            found = _cell(target, facts, made)
            promotion = PromotionFacts(
                target, stage, _candidate(found, before), stage.after, before.verification if before else None, (),
                Never(target), deployer,
            )  # fmt: skip
            gates = evaluate_past_gates(GateContext(promotion, _gate_facts(pipeline, promotion, facts, made)))
            cells[service.name, stage.name] = replace(found, candidate=promotion.commit, gates=gates)
    return PastMatrix(facts.at, cells)


def _cell(target: Target, facts: PastFacts, made: Sequence[Decision]) -> PastCell:
    runs = facts.runs.get(target.key, ())
    record = read_stack_record(runs)
    if target.key in facts.firsts:
        record = StackRecord(unknown=describe_first_run(facts.firsts[target.key]))
    commit = record.commit or ""
    return PastCell(
        target,
        record,
        verification=verification(commit, target.stage, None, runs, _is_same) if commit else None,
        hold=current_hold(made, target.stage, facts.at),
        veto=find_veto(each for each in made if commit and each.commit == commit),
    )


def _candidate(found: PastCell, before: PastCell | None) -> str:
    """Return the commit that the stage before ran, where this one did not run it."""
    commit = before.record.commit if before else ""
    return commit if commit and commit != found.record.commit else ""


def _gate_facts(pipeline: Pipeline, promotion: PromotionFacts, facts: PastFacts, made: Sequence[Decision]) -> GateFacts:
    """Return what decisions and the clock said; nobody in particular promotes, so that each approval counts."""
    stage = promotion.stage.name
    concern = [each for each in made if each.stage in {None, stage} and each.commit in {None, promotion.commit}]
    return GateFacts(facts.at, tuple(concern), promoter="", trusted=pipeline.trusted_roles, local=facts.local)


def _is_same(one: str, other: str) -> bool:
    return one == other
