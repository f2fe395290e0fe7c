"""What the plan of a member comes to, for its release to remember."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.target import CredentialsGate
from promote_tui.core.planning.rollback_risks import describe_one_way
from promote_tui.core.releases.review import BlockedGate, MemberReview, ReviewedChange

if TYPE_CHECKING:
    from promote_tui.core.changes.model import ResourceChange
    from promote_tui.core.errors import PromoteError
    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.planning.plan import Draft, Plan


def review_plan(plan: Plan, typical_seconds: float | None) -> MemberReview:
    """Return what a packaged plan says."""
    return MemberReview(
        commits=len(plan.draft.brings),
        authors=_authors(plan.draft),
        changes=tuple(_change(each) for each in plan.review.changes),
        code=plan.review.code,
        blocked=_blocked(plan.gates),
        unknown=plan.review.unknown,
        one_way=describe_one_way(plan),
        typical_seconds=typical_seconds,
        removes=len(plan.draft.removes),
        stack_event=plan.fingerprint.last_event_id or "",
    )


def review_draft(draft: Draft, problem: PromoteError | None, typical_seconds: float | None) -> MemberReview:
    """Return what a draft says: that of a member which may not be packaged yet, or could not be (`problem`)."""
    return MemberReview(
        commits=len(draft.brings),
        authors=_authors(draft),
        blocked=_blocked(draft.gates),
        unknown="it is not packaged",
        problem=str(problem.advice) if problem else "",
        one_way="unknown until it is packaged",
        typical_seconds=typical_seconds,
        removes=len(draft.removes),
    )


def _authors(draft: Draft) -> tuple[str, ...]:
    return tuple(dict.fromkeys(commit.author for commit in draft.brings))


def _change(change: ResourceChange) -> ReviewedChange:
    return ReviewedChange(change.logical_id, change.resource_type, change.action, change.replacement, change.holds_data)


def _blocked(gates: tuple[GateResult, ...]) -> tuple[BlockedGate, ...]:
    return tuple(
        BlockedGate(gate.name, gate.reason, gate.remedy, gate.opened_by, gate.overridable)
        for gate in gates
        if not gate.passed and gate.name != CredentialsGate.name  # the release looks whether they last for all of it
    )
