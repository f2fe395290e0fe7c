"""Reads what could be promoted to the stages that ask people or time, where a service is behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import UsageError
from promote_tui.core.inbox.promotions import PendingPromotion
from promote_tui.core.model.cells import Deployed, commit_of
from promote_tui.core.model.pipeline import Commit
from promote_tui.core.runs.verification import ObservedDeploy, VerifiedBy
from promote_tui.engine.cells import read_cell
from promote_tui.engine.planning.gates import decisions_for
from promote_tui.engine.planning.planner import make_draft
from promote_tui.engine.verification import verified_in

if TYPE_CHECKING:
    from datetime import datetime

    from promote_tui.core.model.pipeline import Service, Stage
    from promote_tui.core.planning.plan import Draft
    from promote_tui.core.releases.events import Member
    from promote_tui.engine.context import Context
    from promote_tui.engine.governance import Governance


def asks_for_waiting(stage: Stage) -> bool:
    """Tell whether a stage asks for what an inbox tells of: approvals, ticks, or that code soaks."""
    rules = stage.rules
    return rules.approvals is not None or bool(rules.checklist or rules.soak)


def read_promotion(governance: Governance, service: str, stage: str) -> PendingPromotion | None:
    """Return what would be promoted to a stage, with the decisions about it; None where nothing would be.

    Raises what `make_draft` raises but UsageError, and Refused where the stage's rules are not known.
    """
    context, ruled, where = governance.governing(service, stage)
    if not asks_for_waiting(where):
        return None
    try:
        draft = make_draft(context, ruled, where, None)
    except UsageError:
        return None  # nothing is verified that could come next
    if _is_there(draft):
        return None
    return PendingPromotion(
        service,
        where,
        draft.commit,
        draft.gates,
        decisions_for(context, ruled, stage, draft.commit.sha),
        _verified_at(context, ruled, where, draft.commit.sha),
        (*context.pipeline.owners(ruled), *dict.fromkeys(commit.author for commit in draft.brings)),
    )


def _is_there(draft: Draft) -> bool:
    """Tell whether the stage runs that code already."""
    if not isinstance(draft.cell, Deployed):
        return False
    return commit_of(draft.cell) == draft.commit.sha or (
        draft.deployed is not None and not draft.brings and not draft.removes
    )


def _verified_at(context: Context, service: Service, stage: Stage, commit: str) -> datetime | None:
    """Return since when a commit counts as verified in the stage before; None where that is not known."""
    before = context.pipeline.before(stage)
    if before is None:
        return None
    cell = read_cell(context, service.target(before.name))
    match verified_in(context, service, before.name, commit, cell):
        case VerifiedBy(at=at):
            return at
        case ObservedDeploy(since=since):
            return since
        case _:
            return None


def read_member(governance: Governance, stage: str, member: Member, at: datetime) -> PendingPromotion:
    """Return a member of a release, planned at `at`, with the decisions about its commit.

    Raises LedgerError, GitError, UsageError where the service is not in the configuration any more.
    """
    context, ruled, where = governance.governing(member.service, stage)
    decisions = decisions_for(context, ruled, stage, member.commit) if asks_for_waiting(where) else ()
    commit = Commit(member.commit, member.subject, "", at)
    return PendingPromotion(member.service, where, commit, decisions=decisions)
