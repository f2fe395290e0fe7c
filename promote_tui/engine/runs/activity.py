"""Reads what a stack is doing while the deployer works on it; no answer is fine, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError
from promote_tui.core.stacks.activity import StackActivity, stack_activity

if TYPE_CHECKING:
    from promote_tui.core.model.cells import StackState
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.planning.plan import Fingerprint
    from promote_tui.engine.context import Context


def read_activity(context: Context, target: Target, commit: str, before: Fingerprint) -> StackActivity | None:
    """Return what the stack is doing since the plan's fingerprint was taken; None where AWS could not be asked."""
    try:
        stack = context.stacks.stack(target)
        return stack_activity(
            stack, commit, updated=stack is not None and _updated(context, target, stack, commit, before)
        )
    except AwsError:
        return None


def _updated(context: Context, target: Target, stack: StackState, commit: str, before: Fingerprint) -> bool:
    """Tell whether the stack is another than before; its events are read only where it named the commit already."""
    if before.deployed != commit:
        return True
    newest = context.stacks.last_event(target, stack.id)
    return newest is not None and newest.id != before.last_event_id
