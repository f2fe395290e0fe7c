"""Plans by what they would do to the stack: a changed key, a bucket that goes, an export in use, rights, nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.changes.model import ChangeReview, PropertyChange, RemovedExport, ResourceChange
from promote_tui.core.gates.model import GateResult
from promote_tui.core.model.cells import Never
from promote_tui.core.value import replace
from tests.support.fakes import world
from tests.support.gates import review_gates

if TYPE_CHECKING:
    from promote_tui.core.package.artifact_diff import Comparison
    from promote_tui.core.planning.plan import Draft, Plan
    from tests.support.fakes.engine import FakeEngine

TABLE = ResourceChange(
    "OrdersTable",
    "AWS::DynamoDB::Table",
    "modify",
    "true",
    (PropertyChange("KeySchema", "orderId", "tenantId + orderId"),),
    holds_data=True,
    origins=world.COMMITS[:2],
)
BUCKET = ResourceChange("Uploads", "AWS::S3::Bucket", "remove", holds_data=True)
ALARM = ResourceChange("OrdersLegacyAlarm", "AWS::CloudWatch::Alarm", "remove", origins=world.COMMITS[4:5])
FUNCTION = ResourceChange(
    "OrdersLambdaFunction",
    "AWS::Lambda::Function",
    "modify",
    properties=(PropertyChange("MemorySize", "512", "1024"), PropertyChange("Environment.Variables.TOKEN")),
    origins=world.COMMITS[2:3],
    overwrites=("Timeout",),
)
ROLE = ResourceChange(
    "IamRoleLambdaExecution",
    "AWS::IAM::Role",
    "modify",
    properties=(PropertyChange("Policies"),),
    notes=("grants dynamodb:DeleteItem on *",),
)
PERMISSION = ResourceChange("ApiPermission", "AWS::Lambda::Permission", "modify", "conditional")
ADDED = tuple(
    ResourceChange(name, kind, "add")
    for name, kind in (("ByTenantFunction", "AWS::Lambda::Function"), ("ByTenantLogGroup", "AWS::Logs::LogGroup"))
)
FOLDED = (
    "new code: Charge, Refund",
    "as in every deploy: the artifact key of 3 functions, 3 Lambda versions, 1 API deployment",
)

EVERYTHING = ChangeReview((TABLE, ALARM, FUNCTION, ROLE, PERMISSION, *ADDED), FOLDED)
REMOVED = ChangeReview((BUCKET, FUNCTION), FOLDED)
RIGHTS = ChangeReview((ROLE,), FOLDED)
EXPORTS = ChangeReview(
    (FUNCTION,),
    FOLDED,
    exports=(RemovedExport("orders-api-url", ("billing-prod", "reports-prod")), RemovedExport("orders-old", ())),
)
NOTHING = ChangeReview(folded=FOLDED)
UNKNOWN = ChangeReview(unknown="the changes are unknown: the deployed template: no right to read it")
FIRST = ChangeReview(tuple(replace(each, predicted=True) for each in ADDED), predicted="the stack does not exist yet")


def planned(draft: Draft, review: ChangeReview, artifact: Comparison | None = None) -> Plan:
    """Return a plan that would do this to the stack, with the gates that follow from it."""
    made = world.plan(draft)
    gates = (*made.gates, *review_gates(review))
    if artifact is not None:
        gates = (*gates, GateResult("same artifact", passed=True, reason=artifact.reason))
    return replace(made, gates=gates, review=review, artifact=artifact)


def reviewed(engine: FakeEngine, stage: str, review: ChangeReview, artifact: Comparison | None = None) -> None:
    """Let the plan of orders to a stage have this review."""
    draft = world.draft("orders", stage)
    if review.predicted:
        draft = replace(world.draft("orders", stage, onto=None), cell=Never(world.target("orders", stage)))
    engine.script.drafts["orders", stage] = draft
    engine.script.plans["orders", stage] = planned(draft, review, artifact)
