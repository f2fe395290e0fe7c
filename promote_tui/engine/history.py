"""Reads what the ledger holds of the past: the matrix of a moment, and how a commit came to a stage; asks no stack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.errors import GitError
from promote_tui.core.history.past_matrix import PastFacts, PastMatrix, past_matrix
from promote_tui.core.history.provenance import Provenance, ProvenanceFacts, trace_provenance
from promote_tui.core.model.deployer import DeployerFacts
from promote_tui.core.model.pipeline import Pipeline
from promote_tui.core.runs.stack_record import (
    StackRecord,
    describe_first_run,
    goes_on_after,
    read_stack_record,
    run_as_of,
)
from promote_tui.core.value import replace
from promote_tui.engine.verification import compare_code
from promote_tui.ports import Clock, CommitGraph, Ledger

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.model.pipeline import Service
    from promote_tui.core.runs.run import Run
    from promote_tui.core.runs.verification import SameCode

_DEPTHS = (1, 3, 30, 1_000_000)
"""How many runs of a stack are read, one after the other, until they tell who brought what it ran."""
_LATER = 200
"""How many runs after a deploy are looked at for the one that replaced it."""


@dataclass(frozen=True, slots=True)
class RecordSource:
    """What questions about the past are answered from; `graph` is opened only where commits are compared by code."""

    pipeline: Pipeline
    ledger: Ledger
    clock: Clock
    deployer: DeployerFacts
    graph: Callable[[], CommitGraph]


def matrix_at(source: RecordSource, services: Sequence[Service], at: datetime) -> PastMatrix:
    """Return the matrix of a moment, as the ledger has it; raises LedgerError."""
    keys = [target.key for service in services for target in service.targets]
    runs = _runs_as_of(source, keys, at)
    firsts = source.ledger.oldest_runs([key for key in keys if key not in runs], at, 1)
    facts = PastFacts(
        at,
        runs,
        {key: found[0] for key, found in firsts.items()},
        source.ledger.decisions_by_service([service.name for service in services]),
        source.clock.local,
    )
    return past_matrix(source.pipeline, services, facts, source.deployer)


def provenance(source: RecordSource, service: Service, stage: str, past: datetime | None) -> Provenance:
    """Return how what a stage runs, or ran at a moment, came there, as the ledger has it; raises LedgerError."""
    target, at = service.target(stage), past or source.clock.now()
    runs = _runs_as_of(source, [target.key], at, depths=_DEPTHS[1:]).get(target.key, ())
    record = read_stack_record(runs) if runs else _before_record(source, target.key, at)
    brought = record.brought
    if brought is None:
        return trace_provenance(ProvenanceFacts(target, at, record, past is None), _is_same)
    since = source.ledger.oldest_runs([target.key], brought.started_at, _LATER).get(target.key, ())
    decisions = source.ledger.decisions(service.name, stage)
    facts = ProvenanceFacts(target, at, record, past is None, runs, since, decisions, source.pipeline.trusted_roles)
    return trace_provenance(facts, _same_code(source, service, brought.to_commit, decisions))


def _runs_as_of(
    source: RecordSource, keys: Collection[str], at: datetime, depths: Sequence[int] = _DEPTHS
) -> Mapping[str, tuple[Run, ...]]:
    """Return the runs of stacks, newest first as they stood then, as far back as it takes to tell what each ran."""
    found: dict[str, tuple[Run, ...]] = {}
    wanted = [*keys]
    for depth in depths:
        read = source.ledger.newest_runs(wanted, at, depth) if wanted else {}
        found |= {key: _as_of(source, runs, at) for key, runs in read.items()}
        wanted = [
            key for key, runs in read.items() if len(runs) == depth and not read_stack_record(found[key]).is_complete
        ]
    return found


def _as_of(source: RecordSource, runs: Sequence[Run], at: datetime) -> tuple[Run, ...]:
    """Return runs as they stood at a moment: only what goes on after it is read event by event."""
    stood = (run if not goes_on_after(run, at) else _read_as_of(source, run, at) for run in runs)
    return tuple(run for run in stood if run is not None)


def _read_as_of(source: RecordSource, run: Run, at: datetime) -> Run | None:
    return run_as_of((recorded.event for recorded in source.ledger.events(run.id)), at)


def _before_record(source: RecordSource, key: str, at: datetime) -> StackRecord:
    """Return that nothing is on record by a moment, with what the first run after it says."""
    firsts = source.ledger.oldest_runs([key], at, 1).get(key, ())
    none = read_stack_record(())
    return replace(none, unknown=describe_first_run(firsts[0])) if firsts else none


def _same_code(source: RecordSource, service: Service, commit: str, decisions: Sequence[Decision]) -> SameCode:
    """Return how commits are compared: by their code where decisions name others and git can tell, else by hash."""
    named = {commit, *(each.commit for each in decisions if each.commit)} - {""}
    if len(named) <= 1:
        return _is_same
    try:
        return compare_code(source.graph(), service, named)
    except GitError:
        return _is_same


def _is_same(one: str, other: str) -> bool:
    return one == other
