"""What people did to the stack of a member outside of promote-tui since it was reviewed: a promotion would undo it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.model.cells import stack_of
from promote_tui.core.runs.external import high_water_mark
from promote_tui.core.value import replace
from promote_tui.engine.releases.hold import Held, Hold
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.releases.review import MemberReview
    from promote_tui.engine.context import Context


def require_untouched(context: Context, target: Target, then: MemberReview, now: MemberReview) -> None:
    """Raise Held where the stack had an update since it was reviewed, and no run of promote-tui was that."""
    if now.stack_event == then.stack_event or not then.stack_event or _is_ours(context, target, now.stack_event):
        return
    cause = f"{target.stack} was updated outside of promote-tui since it was reviewed, and this would replace that"
    raise Held(Hold("changed", cause, "look at it, then retry to deploy on top of it, or skip the service", now))


def note_event(context: Context, target: Target, cell: Cell, reviewed: MemberReview) -> MemberReview:
    """Return a review that knows what the stack has been through by now: whoever reads of it has seen that."""
    stack = stack_of(cell)
    last = context.stacks.last_event(target, stack.id) if stack else None
    return replace(reviewed, stack_event=last.id if last else "")


def _is_ours(context: Context, target: Target, event: str) -> bool:
    newest = context.ledger.runs(RunFilter(key=target.key), limit=1).runs
    known = high_water_mark(newest)
    return known is not None and known[1] == event and not newest[0].is_external_update
