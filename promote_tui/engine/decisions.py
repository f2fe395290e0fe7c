"""People's decisions: STS says who makes them, git what they are about, and the ledger keeps them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from promote_tui.core.errors import LedgerError, UsageError
from promote_tui.core.gates.approvals import ApprovalEffect, approval_effect
from promote_tui.core.gates.decision_notices import decision_notice
from promote_tui.core.gates.decisions import Decision, DecisionKind, approvals_by_person, current_hold, ticks_by_item
from promote_tui.core.gates.possible_decisions import DecisionContext, PossibleDecision, possible_decisions
from promote_tui.core.identity import person
from promote_tui.core.model.channels import Bell
from promote_tui.core.runs.consequences import reason_to_hold
from promote_tui.core.runs.notices import About, approval_requested, channels_for
from promote_tui.core.text import short
from promote_tui.engine.notify import Delivery
from promote_tui.engine.planning.gates import decisions_for

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Pipeline, Service, Stage
    from promote_tui.core.runs.events import Planned, Verdict
    from promote_tui.engine.context import Context


@dataclass(frozen=True, slots=True)
class DecisionRequest:
    """A decision that somebody wants to make: `stage` and `revision` are None where it is about all of them."""

    kind: DecisionKind
    service: str
    stage: str | None
    revision: str | None = None
    reason: str = ""
    item: str = ""
    expires_at: datetime | None = None
    evidence: str = ""
    on_behalf: str = ""


def record_decision(context: Context, wanted: DecisionRequest) -> Decision:
    """Record a decision and return it; its author is who AWS says that we are.

    Raises UsageError where there is nothing to decide or to take back, GitError, AwsError, LedgerError.
    """
    service = context.pipeline.service(wanted.service)
    commit = context.graph.resolve(service, wanted.revision) if wanted.revision else None
    identity = context.identity(service.target(wanted.stage or context.pipeline.stages[0].name))
    _check(context, service, wanted, commit, identity.arn)
    made = Decision(
        at=context.clock.now(),
        kind=wanted.kind,
        service=service.name,
        stage=wanted.stage,
        commit=commit,
        who=identity.person,
        arn=identity.arn,
        reason=wanted.reason,
        item=wanted.item,
        expires_at=wanted.expires_at,
        evidence=wanted.evidence,
        on_behalf=wanted.on_behalf,
    )
    context.ledger.append_decision(made)
    return made


def choices_now(
    context: Context, service: Service, stage: Stage, commit: str | None, *, is_adoptable: bool
) -> tuple[PossibleDecision, ...]:
    """Return what the person at the keyboard can decide now; raises AwsError, LedgerError, GitError."""
    found = (
        decisions_for(context, service, stage.name, commit)
        if commit
        else context.ledger.decisions(service.name, stage.name)
    )
    me = person(context.identity(service.target(stage.name)).arn, context.pipeline.trusted_roles)
    heard = _heard(context.pipeline, service.name, stage.name)
    now = context.clock.now()
    trusted = context.pipeline.trusted_roles
    return possible_decisions(
        DecisionContext(stage.name, stage.rules, found, me, now, trusted, bool(commit), is_adoptable, heard)
    )


def effect_of(context: Context, made: Decision) -> ApprovalEffect:
    """Return what an approval is worth, and what is still missing; raises LedgerError, GitError."""
    stage = context.pipeline.stage(made.stage or "")
    found = decisions_for(context, context.pipeline.service(made.service), stage.name, made.commit or "")
    return approval_effect(made, stage.rules.approvals, found, context.pipeline.trusted_roles)


def announce(context: Context, made: Decision) -> tuple[tuple[str, str], ...]:
    """Notify the channels of a decision; return (channel, why) of those that failed, which undoes nothing."""
    where = made.stage or context.pipeline.stages[0].name
    return Delivery(context, context.pipeline.service(made.service).target(where), decision_notice(made)).end()


def _heard(pipeline: Pipeline, service: str, stage: str) -> bool:
    hearing = channels_for(pipeline.notify, "approval_wanted", About((service,), stage))
    return any(not isinstance(channel, Bell) for _, channel in hearing)


def _check(context: Context, service: Service, wanted: DecisionRequest, commit: str | None, arn: str) -> None:
    """Raise UsageError where the decision would have no effect."""
    if wanted.stage is None:
        return
    subject, stage = f"{service.name}/{wanted.stage}", context.pipeline.stage(wanted.stage)
    match wanted.kind:
        case "check":
            require_item(subject, stage, wanted.item)
        case "withdraw":
            found = decisions_for(context, service, stage.name, commit or "")
            given = (
                ticks_by_item(found, stage.name)
                if wanted.item
                else approvals_by_person(found, stage.name, context.pipeline.trusted_roles)
            )
            if (wanted.item or person(arn, context.pipeline.trusted_roles)) not in given:
                what = f"{wanted.item!r} is not ticked" if wanted.item else "you have not approved it"
                raise UsageError(subject, f"{what} for {short(commit or '')}", "there is nothing to withdraw")
        case "unhold":
            decisions = context.ledger.decisions(service.name, stage.name)
            if current_hold(decisions, stage.name, context.clock.now()) is None:
                raise UsageError(subject, "it is not on hold", "there is nothing to lift")
        case _:
            return


def require_item(subject: str, stage: Stage, item: str) -> None:
    """Raise UsageError where the stage's checklist has no such item."""
    if item not in stage.rules.checklist:
        known = "; ".join(stage.rules.checklist) or "nothing"
        raise UsageError(subject, f"its checklist has no item {item!r}", f"it has: {known}")


def ask_approval(
    context: Context, service: Service, stage: Stage, revision: str, reason: str
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Ask others for their approval of a commit; return its hash, and (channel, why) of those that were not told."""
    subject = f"{service.name}/{stage.name}"
    if stage.rules.approvals is None:
        raise UsageError(subject, "the stage asks for no approvals", "promote it")
    if not _heard(context.pipeline, service.name, stage.name):
        raise UsageError(subject, "no channel under `notify` receives approval_wanted", "add one")
    sha = context.graph.resolve(service, revision)
    commit = context.graph.commits(service, {sha}).get(sha)
    target = service.target(stage.name)
    who = context.identity(target).person
    notice = approval_requested(service.name, stage.name, sha, commit.subject if commit else "", who, reason)
    return sha, Delivery(context, target, notice).end()


def hold_after_run(context: Context, planned: Planned, verdict: Verdict) -> Decision | None:
    """Hold the stage where nothing should follow before somebody has looked, and return that hold.

    A ledger that fails here changes nothing about the run, which is on record.
    """
    reason = reason_to_hold(context.pipeline.stage(planned.stage).rules, planned, verdict)
    if not reason:
        return None
    made = Decision(context.clock.now(), "hold", planned.service, planned.stage, None, planned.who, planned.arn, reason)
    with contextlib.suppress(LedgerError):
        context.ledger.append_decision(made)
        return made
    return None
