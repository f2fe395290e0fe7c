"""The matrix: every stage's stack, related to git and to the record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promote_tui.core.errors import GitError, LedgerError, PromoteError
from promote_tui.core.gates.decisions import Decision, current_hold
from promote_tui.core.git.relation import NotApplicable, Pair, Unknown
from promote_tui.core.matrix import CellView, Snapshot
from promote_tui.core.model.cells import CellKey, Unreachable, commit_of
from promote_tui.core.runs.back_merge import MergeBack, newest_hotfix
from promote_tui.core.runs.external import describe_external_update, external_update_time
from promote_tui.core.runs.run import Run
from promote_tui.core.runs.typical_duration import typical_total
from promote_tui.core.runs.unsettled_runs import describe_unsettled
from promote_tui.core.runs.verification import has_other_verified, verification
from promote_tui.core.stacks.cells import describe_unknown
from promote_tui.core.value import replace
from promote_tui.engine.cells import complete_cell
from promote_tui.engine.takeover import is_runner_alive
from promote_tui.engine.verification import commits_of, same_code, trunk_of
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from promote_tui.core.git.relation import Relation
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Commit, Service, Target
    from promote_tui.core.runs.verification import SameCode
    from promote_tui.engine.context import Context

_RECENT_RUNS = 500
"""How many runs the matrix looks at; planning looks at all of a service's."""


def take_snapshot(
    context: Context,
    services: Sequence[Service],
    on_view: Callable[[CellKey, CellView], None] | None = None,
) -> Snapshot:
    """Return every cell of these services, the unreachable ones too.

    `on_view` hears of each cell as its stack is read, and of all again with what follows from git
    and the ledger; it is called from any thread.
    """
    hear = on_view or (lambda _key, _view: None)
    targets = [target for service in services for target in service.targets]
    cells = context.stacks.cells(targets, lambda cell: hear(_key(cell.target), CellView(cell)))
    record = _read_record(context)
    cells = {target: complete_cell(context, cell, record.of(target)) for target, cell in cells.items()}
    views: dict[CellKey, CellView] = {}
    for service in services:
        views |= _views(context, service, cells, record)
    related = _with_drift(context, services, views)
    for key, view in related.items():
        hear(key, view)
    return Snapshot(context.clock.now(), related, record.unread)


def _key(target: Target) -> CellKey:
    return target.service, target.stage


@dataclass(frozen=True, slots=True)
class _Record:
    """The recent runs, and the run that holds the lock, by the stack's key; holds and vetoes by the service.

    `unread` says why nothing of it could be read.
    """

    runs: Mapping[str, Sequence[Run]]
    locks: Mapping[str, Run]
    decisions: Mapping[str, Sequence[Decision]] = field(default_factory=dict)
    unread: str = ""

    def of(self, target: Target) -> Sequence[Run]:
        return self.runs.get(target.key, ())


def _read_record(context: Context) -> _Record:
    by_stack: dict[str, list[Run]] = defaultdict(list)
    try:
        for run in context.ledger.runs(RunFilter(), limit=_RECENT_RUNS).runs:
            by_stack[run.planned.key].append(run)
        live = context.ledger.runs(RunFilter(live=True, any_project=True), limit=_RECENT_RUNS).runs
        standing = context.ledger.standing_decisions()
    except LedgerError as error:
        return _Record({}, {}, unread=str(error))  # the matrix must show although nothing can be promoted
    by_service: dict[str, list[Decision]] = defaultdict(list)
    for decision in standing:
        by_service[decision.service].append(decision)
    return _Record(by_stack, {run.planned.key: run for run in live}, by_service)


def _views(
    context: Context, service: Service, cells: Mapping[Target, Cell], record: _Record
) -> dict[CellKey, CellView]:
    deployed = {sha for target in service.targets if (sha := commit_of(cells[target]))}
    recorded = {sha for target in service.targets for run in record.of(target) for sha in commits_of(run)}
    decisions, now = record.decisions.get(service.name, ()), context.clock.now()
    vetoes = [each for each in decisions if each.kind == "veto" and each.commit]
    recorded |= {each.commit for each in vetoes if each.commit}
    commits, same = _known(context, service, deployed, recorded)
    back = _merge_backs(context, service, record)
    views = {}
    for target in service.targets:
        cell, sha = cells[target], commit_of(cells[target])
        live = record.locks.get(target.key)
        views[_key(target)] = CellView(
            cell,
            against=context.pipeline.stage(target.stage).after,
            commit=commits.get(sha) if sha else None,
            verification=verification(sha, target.stage, cell, record.of(target), same) if sha else None,
            run=live.id if live else None,
            run_since=live.started_at if live else None,
            unsettled=_unsettled(context, live) if live else "",
            usual=typical_total(record.of(target)),
            hold=current_hold(decisions, target.stage, now),
            veto=next((each for each in vetoes if sha and same(each.commit or "", sha)), None),
            merge_back=back.get(target.stage),
            external_update=describe_external_update(
                None if isinstance(cell, Unreachable) else cell.stack, record.of(target)
            ),
            external_update_recorded=_written(cell, record.of(target)),
            only_verified=bool(sha) and not has_other_verified(sha, target.stage, record.of(target), same),
        )
    return views


def _written(cell: Cell, runs: Sequence[Run]) -> bool:
    """Tell whether what somebody else did to a stack is on record, as far as the stack's own time tells."""
    stack = None if isinstance(cell, Unreachable) else cell.stack
    return bool(runs) and runs[0].is_external_update and external_update_time(stack, runs) is None


def _unsettled(context: Context, run: Run) -> str:
    """Return why a run has to be reconciled; empty where the ledger cannot tell whether its runner lives."""
    try:
        return describe_unsettled(run, alive=is_runner_alive(context, run))
    except LedgerError:
        return describe_unsettled(run, alive=True)


def _merge_backs(context: Context, service: Service, record: _Record) -> Mapping[str, MergeBack]:
    """Return the hotfixes that the trunk lacks, by stage; git is asked only where one is on record."""
    fixes = {target.stage: run for target in service.targets if (run := newest_hotfix(record.of(target)))}
    if not fixes:
        return {}
    try:
        branch = trunk_of(context, service)
        if branch is None:
            return {}
        tip = context.graph.resolve(service, branch)
        held = context.graph.contained_commits(service, branch, {run.to_commit for run in fixes.values()})
        same = same_code(context, service, {tip, *(run.to_commit for run in fixes.values())})
    except PromoteError:
        return {}  # what git cannot tell is no reminder
    missing = {stage: run for stage, run in fixes.items() if run.to_commit not in held and not same(run.to_commit, tip)}
    return {
        stage: MergeBack(run.id, run.to_commit, branch, run.ended_at or run.started_at)
        for stage, run in missing.items()
    }


def _known(
    context: Context, service: Service, deployed: Collection[str], recorded: Collection[str]
) -> tuple[Mapping[str, Commit], SameCode]:
    """Return what git knows of the commits; a repository that fails leaves only their hashes to compare."""
    try:
        return context.graph.commits(service, deployed), same_code(context, service, {*deployed, *recorded})
    except GitError:
        return {}, lambda one, other: one == other


def _with_drift(
    context: Context, services: Sequence[Service], views: Mapping[CellKey, CellView]
) -> dict[CellKey, CellView]:
    pairs = {
        (service.name, stage.name): pair
        for service in services
        for stage in context.pipeline.stages
        if (pair := _pair(service, views[service.name, stage.name], views)) is not None
    }
    relations: dict[Pair, Relation] = {}
    for repo in {service.repo for service in services}:  # one repository that fails must not hide the others
        relations |= _relations(context, [pair for pair in pairs.values() if pair.service.repo == repo])
    return {
        key: replace(view, relation=relations[pairs[key]] if key in pairs else _unrelated(view, views))
        for key, view in views.items()
    }


def _unrelated(view: CellView, views: Mapping[CellKey, CellView]) -> Relation:
    """Return why a cell cannot be compared with the stage before; NotApplicable where one of them has nothing."""
    if view.against is None:
        return NotApplicable()
    target = view.cell.target
    for stage in (target.stage, view.against):
        why = describe_unknown(stage, views[target.service, stage].cell)
        if why:
            return Unknown(why)
    return NotApplicable()


def _pair(service: Service, view: CellView, views: Mapping[CellKey, CellView]) -> Pair | None:
    if view.against is None:
        return None
    here = commit_of(view.cell)
    there = commit_of(views[service.name, view.against].cell)
    return Pair(service, here, there) if here and there else None


def _relations(context: Context, pairs: Sequence[Pair]) -> Mapping[Pair, Relation]:
    try:
        return context.graph.relations(pairs) if pairs else {}
    except GitError as error:
        return dict.fromkeys(pairs, Unknown(str(error)))
