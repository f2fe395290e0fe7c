"""What a service's commits mean for its stages: where each one stands, and what one commit is to them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.git.relation import NotApplicable, Pair, Unknown
from promote_tui.core.model.cells import commit_of
from promote_tui.core.runs.verification import NotVerified
from promote_tui.core.stacks.cells import unknown_words
from promote_tui.core.stage_positions import CommitStageStatus, StagePosition
from promote_tui.engine.verification import verified_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.git.relation import Relation
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Commit, Service
    from promote_tui.core.runs.verification import Verification
    from promote_tui.engine.context import Context


def stage_positions(
    context: Context, service: Service, revision: str, deployed: Mapping[str, str]
) -> Mapping[str, StagePosition]:
    """Return for each stage the newest commit of the service in what it runs: that may be a merge, not in its log.

    One commit is read for each of what is deployed, however long the history is.
    """
    graph = context.graph
    newest = {sha: _newest(context, service, sha) for sha in dict.fromkeys(deployed.values())}
    here = graph.contained_commits(service, revision, [commit.sha for commit in newest.values() if commit])
    return {
        stage: StagePosition(newest[sha], found is not None and found.sha in here)
        for stage, sha in deployed.items()
        for found in (newest[sha],)
    }


def _newest(context: Context, service: Service, sha: str) -> Commit | None:
    try:
        page = context.graph.log(service, sha, limit=1)
    except PromoteError:
        return None
    return page[0] if page else None


def stage_statuses(
    context: Context, service: Service, sha: str, cells: Mapping[str, Cell]
) -> tuple[CommitStageStatus, ...]:
    """Return what a commit is to each of these stages, by what their stacks said; AWS is not asked."""
    pairs = {stage: Pair(service, sha, runs) for stage, cell in cells.items() if (runs := commit_of(cell))}
    relations = context.graph.relations(list(pairs.values()))
    return tuple(
        CommitStageStatus(
            stage, _verified(context, service, stage, sha, cell), _relation(cell, pairs.get(stage), relations)
        )
        for stage, cell in cells.items()
    )


def _verified(context: Context, service: Service, stage: str, sha: str, cell: Cell) -> Verification:
    try:
        return verified_in(context, service, stage, sha, cell)
    except PromoteError as error:
        return NotVerified(str(error))


def _relation(cell: Cell, pair: Pair | None, relations: Mapping[Pair, Relation]) -> Relation:
    if pair is not None:
        return relations.get(pair, Unknown(f"the commit of {cell.target.stage} is unknown"))
    why = unknown_words(cell)
    return Unknown(why) if why else NotApplicable()
