"""Gathers the facts about a promotion that git, the ledger and the stacks hold, read now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError
from promote_tui.core.gates.facts import PromotionFacts
from promote_tui.core.model.cells import Deployed, Unreachable
from promote_tui.core.runs.verification import counts_as_verified, doubt_traffic
from promote_tui.core.value import replace
from promote_tui.engine.cells import read_cell
from promote_tui.engine.code_drift import CodeDrift
from promote_tui.engine.verification import verified_in

if TYPE_CHECKING:
    from promote_tui.core.gates.options import PromotionOptions
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Target
    from promote_tui.engine.context import Context


def gather_facts(
    context: Context, target: Target, commit: str, cell: Cell, options: PromotionOptions
) -> PromotionFacts:
    """Return the facts that git, the ledger and the stacks hold about a promotion, read now.

    The stage before a hotfix is the nearest one that it does not leave out.
    """
    service, stage = context.pipeline.service(target.service), context.pipeline.stage(target.stage)
    before = context.pipeline.before(stage)
    while before is not None and before.name in options.skipped:
        before = context.pipeline.before(before)
    verified = None
    if before is not None:
        there = read_cell(context, service.target(before.name))
        verified = verified_in(context, service, before.name, commit, there)
    containing = context.graph.branches_containing(service, commit)
    return PromotionFacts(
        target, stage, commit, before.name if before else None, verified, containing, cell, context.deployer.facts
    )


def doubt_by_traffic(context: Context, facts: PromotionFacts) -> PromotionFacts:
    """Return the facts with the traffic of the stage before: a commit that not all requests reach is not verified."""
    if facts.before is None or facts.verification is None or not counts_as_verified(facts.verification):
        return facts
    cell = read_cell(context, context.pipeline.service(facts.target.service).target(facts.before))
    found = CodeDrift().read_traffic(context, cell) if isinstance(cell, Deployed) else None
    if found is None or found.agrees is not False:
        return facts
    return replace(facts, verification=doubt_traffic(facts.verification, found))


def read_account(context: Context, target: Target) -> tuple[str | None, str]:
    """Return the account that the target's credentials are for; where AWS does not say, None and why."""
    try:
        return context.accounts.identity(target).account, ""
    except AwsError as error:
        return None, error.advice


def require_reachable(cell: Cell) -> Cell:
    """Return the cell, or raise AwsError where it could not be read."""
    if isinstance(cell, Unreachable):
        raise AwsError(str(cell.target), cell.reason, cell.remedy)
    return cell
