"""The automatic rollback of a failed promotion, where its stage says `on_failure: rollback`.

It was confirmed together with the promotion, and starts by itself only where the forecast is clean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.gates.options import PromotionOptions
from promote_tui.core.planning.plan import ApprovedPlan, Confirmation, approve, confirmation_phrase
from promote_tui.core.planning.rollback_risks import blockers
from promote_tui.engine.planning.planner import discard_plan, make_draft, make_plan
from promote_tui.engine.proposed_commits import rollback_commit

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.runs.events import Failed
    from promote_tui.engine.context import Context


@dataclass(frozen=True, slots=True)
class AutoRollback:
    """A rollback that is ready to be started under an id; without a plan `problem` says why a person has to look."""

    run: str = ""
    approved: ApprovedPlan | None = None
    problem: str = ""


def prepare_auto_rollback(context: Context, target: Target, run: str, failed: Failed) -> AutoRollback:
    """Return the rollback of an unproved run; expected errors become its `problem`."""
    service, stage = context.pipeline.service(target.service), context.pipeline.stage(target.stage)
    try:
        sha = rollback_commit(context, service, stage)
        draft = make_draft(context, service, stage, sha, PromotionOptions("rollback", after=run))
        plan = make_plan(context, draft, lambda _step: None)
        problems = blockers(plan)
        if problems:
            discard_plan(context, plan.id)
            return AutoRollback(problem=f"not rolled back automatically: {'; '.join(problems)}")
        answer = Confirmation(yes=True, typed=confirmation_phrase(target), reason=f"run {run}: {failed.cause}")
        return AutoRollback(context.new_id(), approve(plan, answer, context.clock.now()))
    except PromoteError as error:
        return AutoRollback(problem=f"not rolled back automatically: {error.cause}")
