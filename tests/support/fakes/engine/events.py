"""The events of runs that go from a plan to an end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from promote_tui.core.runs.events import (
    Checked,
    Event,
    Exited,
    Failed,
    GateRecord,
    Locked,
    NotSubmitted,
    Observed,
    OutcomeUnknown,
    Planned,
    Released,
    RolledBack,
    Submitted,
    Submitting,
    Verified,
)

if TYPE_CHECKING:
    from datetime import datetime

    from promote_tui.core.planning.plan import Plan


Outcome = Literal["succeeded", "rolled_back", "failed", "not_submitted", "unknown"]


def planned(run: str, plan: Plan, at: datetime) -> Planned:
    """Return the first event of a run of this plan."""
    draft, mark = plan.draft, plan.fingerprint
    where = draft.target
    return Planned(
        at,
        run,
        plan.draft.options.kind,
        where.service,
        where.stage,
        where.key,
        mark.deployed,
        draft.commit.sha,
        draft.commit.subject,
        mark.stack_id,
        mark.stack_status,
        mark.last_event_id,
        mark.digest,
        mark.config,
        "ana",
        "arn:aws:sts::111111111111:assumed-role/dev/ana",
    )


def opening(first: Planned, log: str = "/state/run.log") -> tuple[Event, ...]:
    """Return the events from the lock until the CLI runs."""
    at = first.at
    gates = (GateRecord("stage order", passed=True, reason="runs in staging"),)
    return (
        Locked(at + timedelta(seconds=1), 41, "laptop", 4711, "1"),
        Checked(at + timedelta(seconds=4), first.fingerprint, gates),
        Submitting(at + timedelta(seconds=5), ("npx", "osls", "deploy"), log),
        Submitted(at + timedelta(seconds=5), 4712, "1"),
    )


def story(first: Planned, outcome: Outcome, log: str = "/state/run.log") -> tuple[Event, ...]:
    """Return every event after `first` of a run that ends like this."""
    at = first.at
    opened = opening(first, log)
    if outcome == "not_submitted":
        stopped = NotSubmitted(at + timedelta(seconds=5), "stopped before the deploy", "promote again", cancelled=True)
        return (*opened[:2], stopped, Released(at + timedelta(seconds=6), 41))
    code = 0 if outcome == "succeeded" else 1
    exited = Exited(at + timedelta(seconds=95), code, "exited")
    return (*opened, exited, *_ending(first, outcome), Released(at + timedelta(seconds=99), 41))


def _ending(first: Planned, outcome: Outcome) -> tuple[Event, ...]:
    seen, end = first.at + timedelta(seconds=97), first.at + timedelta(seconds=98)
    cause = "OrdersTable (AWS::DynamoDB::Table) UPDATE_FAILED: the table has a custom name"
    if outcome == "unknown":
        return (OutcomeUnknown(end, "AWS did not answer", f"promote-tui runs reconcile {first.run}"),)
    if outcome == "succeeded":
        return (Observed(seen, "arn", "UPDATE_COMPLETE", first.to_commit, "e9"), Verified(end))
    read = Observed(seen, "arn", "UPDATE_ROLLBACK_COMPLETE", first.from_commit, "e9")
    if outcome == "rolled_back":
        return (read, RolledBack(end, cause, first.from_commit, "fix the cause, then promote again"))
    return (read, Failed(end, cause, first.from_commit, "see the log"))
