"""Finds out what would free a stuck stack, and what a person has to know before; nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import weekday_time
from promote_tui.core.errors import AwsError, Refused, UsageError
from promote_tui.core.gates.decisions import current_hold
from promote_tui.core.recovery.recovery import Recovery, RecoveryPlan, confirm_for
from promote_tui.core.recovery.resources import (
    find_data,
    find_failed,
    find_kept,
    find_skippable,
    require_no_data,
    require_skippable,
)
from promote_tui.core.recovery.table import choose_act
from promote_tui.core.stacks.cells import valid_sha
from promote_tui.core.text import mask
from promote_tui.core.value import replace
from promote_tui.engine.deploy_values import find_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.model.cells import StackState
    from promote_tui.core.model.pipeline import Stage, Target
    from promote_tui.core.model.stack_resources import StackResource
    from promote_tui.core.model.stack_status import StackEvent
    from promote_tui.core.value import Json
    from promote_tui.engine.context import Context


def plan_recovery(context: Context, target: Target, stage: Stage, skip: Sequence[str]) -> RecoveryPlan:
    """Return what would free the stack of a target; raises Refused, UsageError, AwsError, LedgerError."""
    subject = str(target)
    stack = context.stacks.stack(target)
    if stack is None:
        raise Refused(subject, "there is no stack", "promote as usual")
    act = choose_act(subject, stack.status_name)
    _require_account(target, stack)
    if skip and act != "continue":
        raise UsageError(subject, f"nothing is skipped where the stack is {stack.status_name}", "leave out --skip")
    events = context.stacks.events(target, stack.id)
    require_skippable(subject, skip, events)
    kept = refuse_data(context, target, stack.id) if act == "delete" else ()
    recovery = Recovery(
        id=context.new_id(),
        target=target,
        act=act,
        skip=tuple(dict.fromkeys(skip)),
        deployed=valid_sha(stack.commit) or "",
        stack_id=stack.id,
        stack_status=stack.status_name,
        last_event_id=events[-1].id if events else None,
        config_path=context.pipeline.path,
        config=context.pipeline.digest,
        policy=context.pipeline.policy.where if context.pipeline.policy else "",
        created_at=context.clock.now(),
    )
    skippable = tuple(event.logical_id for event in find_skippable(events)) if act == "continue" else ()
    confirm = confirm_for(recovery, stage.confirm)
    return RecoveryPlan(recovery, confirm, _masked(context, target, events), skippable, kept, _hold(context, target))


def _masked(context: Context, target: Target, events: Sequence[StackEvent]) -> tuple[StackEvent, ...]:
    """Return the newest failures, without the secrets of a deploy that AWS may repeat in its reasons."""
    secrets = find_secrets(context, context.pipeline.service(target.service), target.stage)
    return tuple(replace(each, reason=mask(each.reason, secrets)) for each in find_failed(events))


def refuse_data(context: Context, target: Target, stack_id: str) -> tuple[str, ...]:
    """Raise Refused where the stack holds data that would go with it; return what stays in the account."""
    resources = context.inspector.describe_resources(target, stack_id)
    template = _template(context, target, stack_id, resources)
    require_no_data(str(target), find_data(resources, template, context.deployer.facts.bucket))
    return find_kept(resources, template)


def _template(context: Context, target: Target, stack_id: str, resources: Sequence[StackResource]) -> Json:
    """Return the template; a stack without resources may have none, and nothing asks for it."""
    return context.inspector.template(target, stack_id) if resources else {}


def _require_account(target: Target, stack: StackState) -> None:
    if stack.account != target.aws.account:
        raise AwsError(str(target), f"the stack is in account {stack.account}", "fix the stage's profile")


def _hold(context: Context, target: Target) -> str:
    decisions = context.ledger.decisions(target.service, target.stage)
    found = current_hold(decisions, target.stage, context.clock.now())
    if found is None:
        return ""
    return f"on hold by {found.who} since {weekday_time(found.at)}{f': {found.reason}' if found.reason else ''}"


def require_same_stack(context: Context, recovery: Recovery) -> None:
    """Raise Refused unless the stack is exactly as it was when the recovery was planned."""
    target = recovery.target
    stack = context.stacks.stack(target)
    seen = (stack.id, stack.status_name) if stack else (None, None)
    last = context.stacks.last_event(target, stack.id) if stack else None
    if seen != (recovery.stack_id, recovery.stack_status) or (last.id if last else None) != recovery.last_event_id:
        now = stack.status_name if stack else "gone"
        raise Refused(str(target), f"the stack is another one by now, or has moved: it is {now}", "recover it again")
    if recovery.act == "delete":
        refuse_data(context, target, recovery.stack_id)
