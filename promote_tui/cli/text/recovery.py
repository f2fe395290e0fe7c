"""What a person reads before they confirm a recovery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.recovery.table import SKIPPING, describe_act
from promote_tui.core.text import clean, join_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.recovery.recovery import RecoveryPlan

_LONGEST = 1_000


def recovery_lines(plan: RecoveryPlan) -> list[str]:
    """Return what is wrong with the stack, what is done about it, and what that leaves behind."""
    return [clean(line, limit=_LONGEST) for line in _lines(plan)]


def _lines(plan: RecoveryPlan) -> Iterator[str]:
    recovery = plan.recovery
    yield f"{recovery.target}: the stack {recovery.target.stack} is {recovery.stack_status}"
    for event in plan.failed:
        why = event.reason or "AWS gave no reason"
        yield f"  failed   {event.logical_id} ({event.resource_type}) {event.status}: {why}"
    yield f"  does     {describe_act(recovery.act)}"
    if recovery.skip:
        yield f"  skips    {join_words(recovery.skip)}: {SKIPPING}"
    elif plan.skippable:
        how = " ".join(f"--skip {name}" for name in plan.skippable)
        yield f"  may skip {join_words(plan.skippable)} ({how}), where it fails again. {SKIPPING}"
    if plan.kept:
        yield f"  stays    {join_words(plan.kept)}, as the template retains it"
    if plan.hold:
        yield f"  hold     {plan.hold}; a recovery deploys nothing, and goes on"
