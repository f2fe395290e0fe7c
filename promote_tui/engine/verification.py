"""What the ledger and git say together: which code is verified where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.git.branches import trunk
from promote_tui.core.git.relation import Behind, Pair
from promote_tui.core.model.cells import Deployed, Halfway
from promote_tui.core.runs.verification import (
    NotVerified,
    RollbackRefusal,
    has_other_verified,
    nothing_on_record,
    observed_before,
    refuse_rollback,
    verification,
)
from promote_tui.core.stacks.cells import describe_unknown
from promote_tui.engine.run_pages import every_run
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Service, Target
    from promote_tui.core.runs.run import Run
    from promote_tui.core.runs.verification import RollbackVerification, SameCode, Verification
    from promote_tui.engine.context import Context
    from promote_tui.ports import CommitGraph, Ledger


def runs_of(ledger: Ledger, target: Target) -> tuple[Run, ...]:
    """Return every recorded run of a target's stack, newest first.

    Records belong to a stack (account, region, name): another project, or a stage that moved to
    another account, may use the same names, and has verified nothing here.
    """
    return tuple(find_runs(ledger, RunFilter(key=target.key)))


def find_runs(ledger: Ledger, wanted: RunFilter) -> Iterator[Run]:
    """Return every run that a filter wants, newest first."""
    return every_run(lambda cursor: ledger.runs(wanted, cursor, limit=200))


def same_code(context: Context, service: Service, shas: Iterable[str]) -> SameCode:
    """Return a function that tells whether two of these commits have the same service tree; raises GitError."""
    return compare_code(context.graph, service, shas)


def compare_code(graph: CommitGraph, service: Service, shas: Iterable[str]) -> SameCode:
    """Return what `same_code` does, by a repository's commits alone; raises GitError."""
    trees = graph.service_trees(service, {*shas})

    def same(one: str, other: str) -> bool:
        return one == other or (one in trees and trees.get(one) == trees.get(other))

    return same


def commits_of(run: Run) -> tuple[str, ...]:
    """Return the commits of a run: what it deployed, and what a rollback replaced."""
    if not run.to_commit:
        return ()  # somebody else's update, which has been overwritten since
    return (run.to_commit, run.from_commit) if run.kind == "rollback" and run.from_commit else (run.to_commit,)


def verified_in(context: Context, service: Service, stage: str, commit: str, cell: Cell) -> Verification:
    """Return whether a commit counts as verified in a stage."""
    runs = runs_of(context.ledger, service.target(stage))
    shas = {commit, *(sha for run in runs for sha in commits_of(run))}
    if isinstance(cell, Deployed):
        shas.add(cell.commit)
    if isinstance(cell, Halfway):
        shas |= {end for end in (cell.between.was, cell.between.to) if end}
    return verification(commit, stage, cell, runs, same_code(context, service, shas))


def verified_or_before(context: Context, service: Service, stage: str, commit: str, cell: Cell) -> RollbackVerification:
    """Return whether a rollback may go to a commit: it counts as verified, or ran there before the first run.

    Where only what runs there now was verified there, the record says nothing about an older commit.
    """
    found = verified_in(context, service, stage, commit, cell)
    if not isinstance(found, NotVerified):
        return found
    runs = runs_of(context.ledger, service.target(stage))
    now = cell.commit if isinstance(cell, Deployed) else None
    shas = {commit, *(sha for run in runs for sha in (run.to_commit, run.from_commit) if sha), *([now] if now else [])}
    same = same_code(context, service, shas)
    behind = now if _is_older(context, service, commit, cell) else None
    passed = observed_before(commit, runs, same) or nothing_on_record(commit, stage, behind, runs, same)
    if passed is not None:
        return passed
    if has_other_verified(now, stage, runs, same):
        return RollbackRefusal(found.reason, "verified")
    return refuse_rollback(commit, found, describe_unknown(stage, cell), runs, same)


def _is_older(context: Context, service: Service, commit: str, cell: Cell) -> bool:
    """Tell whether a commit lies behind what a stage runs now."""
    if not isinstance(cell, Deployed) or cell.commit == commit:
        return False
    pair = Pair(service, commit, cell.commit)
    return isinstance(context.graph.relations([pair]).get(pair), Behind)


def trunk_of(context: Context, service: Service) -> str | None:
    """Return the branch that hotfixes come back into; raises GitError."""
    names = [branch.name for branch in context.graph.branches(service)]
    return trunk(context.pipeline, service.name, names, context.graph.default_branch(service))
