"""Literals that the core's tests share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from promote_tui.adapters.serverless.facts import FACTS
from promote_tui.core.model.cells import Deployed, StackState
from promote_tui.core.model.pipeline import Aws, Commit, Stage, Target
from promote_tui.core.model.stack_status import StackEvent, status
from promote_tui.core.runs.events import (
    DeployCompleted,
    Event,
    Failed,
    NotSubmitted,
    OutcomeUnknown,
    Planned,
    RolledBack,
    Verified,
)
from promote_tui.core.runs.fold import fold

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Run
    from tests.support.aliases import Argument

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
DEPLOYER = FACTS
A, B, C, D = "a" * 40, "b" * 40, "c" * 40, "d" * 40
ACCOUNT = "222222222222"
STAGING = Stage("staging", Aws("eu-west-1", ACCOUNT), ("develop", "main"), confirm="ask", after="dev")
TARGET = Target("orders", "staging", "orders-staging", "staging", STAGING.aws)
STACK_ID = f"arn:aws:cloudformation:eu-west-1:{ACCOUNT}:stack/orders-staging/1"


def stack(commit: str | None = A, name: str = "UPDATE_COMPLETE", *, stack_id: str = STACK_ID) -> StackState:
    """A stack in the staging account."""
    return StackState(stack_id, "orders-staging", status(name), name, commit, NOW)


def deployed(commit: str = A, name: str = "UPDATE_COMPLETE") -> Deployed:
    """A cell with a commit."""
    return Deployed(TARGET, stack(commit, name), commit)


def commit(sha: str = B, subject: str = "Retry refunds on 409") -> Commit:
    """A commit."""
    return Commit(sha, subject, "ana", NOW)


def planned(to: str = B, **changed: Argument) -> Planned:
    """The first event of a run from A."""
    fields: dict[str, Any] = {
        "at": NOW,
        "run": "g1",
        "kind": "normal",
        "service": "orders",
        "stage": "staging",
        "key": TARGET.key,
        "from_commit": A,
        "to_commit": to,
        "subject": "Retry refunds on 409",
        "stack_id": STACK_ID,
        "stack_status": "UPDATE_COMPLETE",
        "last_event_id": "e1",
        "fingerprint": "f" * 64,
        "config_digest": "0" * 64,
        "who": "ana",
        "arn": f"arn:aws:iam::{ACCOUNT}:user/ana",
    }
    return Planned(**(fields | changed))


def run(*events: Event, to: str = B, run_id: str = "g1") -> Run:
    """A run to `to` with these events after its plan."""
    found = fold((planned(to, run=run_id), *events))
    assert found is not None
    return found


def verified_run(to: str, run_id: str = "g1", hours: int = 1) -> Run:
    """A run that ended VERIFIED."""
    return run(Verified(NOW + timedelta(hours=hours)), to=to, run_id=run_id)


def unproved_run(to: str, run_id: str = "g1") -> Run:
    """A run from A whose deploy failed its smoke test."""
    return run(DeployCompleted(NOW, smoke=True), Failed(NOW, "the smoke test failed", to), to=to, run_id=run_id)


def unfinished_run(to: str, run_id: str = "g1") -> Run:
    """A run from A whose stack arrived, and whose CLI failed afterwards."""
    return run(Failed(NOW, "deployed, not proved: the CLI failed", to, deployed=True), to=to, run_id=run_id)


def rolled_back_run(to: str) -> Run:
    """A run that CloudFormation rolled back."""
    return run(RolledBack(NOW, "OrdersTable", A), to=to)


def refused_run(to: str) -> Run:
    """A run that deployed nothing."""
    return run(NotSubmitted(NOW, "the plan is stale"), to=to)


def unknown_run(to: str) -> Run:
    """A run without a verdict."""
    return run(OutcomeUnknown(NOW, "no network", "reconcile"), to=to)


def event(
    status_name: str,
    logical_id: str = "orders-staging",
    *,
    resource_type: str = "AWS::CloudFormation::Stack",
    reason: str = "",
    physical_id: str | None = None,
    stack_id: str = STACK_ID,
) -> StackEvent:
    """A stack event; of the stack itself unless another logical id is named."""
    own = physical_id if physical_id is not None else (stack_id if logical_id == "orders-staging" else logical_id)
    return StackEvent("e", NOW, stack_id, logical_id, own, resource_type, status_name, reason)
