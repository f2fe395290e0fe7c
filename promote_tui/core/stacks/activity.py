"""What a stack is doing while the deployer is silent, and whether that silence means anything."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from promote_tui.core.model.stack_status import Phase
from promote_tui.core.stacks.cells import valid_sha

if TYPE_CHECKING:
    from promote_tui.core.model.cells import StackState


class StackActivity(Enum):
    """What a silent CLI may be waiting for."""

    QUIET = "quiet"
    """Nothing known: the idle limit holds."""
    MOVING = "moving"
    """CloudFormation is at work: the CLI has nothing to report meanwhile."""
    ARRIVED = "arrived"
    """The stack rests with the new commit: the CLI has little left to do."""


def stack_activity(stack: StackState | None, commit: str, *, updated: bool) -> StackActivity:
    """Return what a stack (None: there is none) is doing; `updated` says that it is not as it was before the deploy."""
    if stack is None:
        return StackActivity.QUIET
    if stack.status.phase is Phase.MOVING:
        return StackActivity.MOVING
    arrived = updated and stack.status.succeeded is True and valid_sha(stack.commit) == commit
    return StackActivity.ARRIVED if arrived else StackActivity.QUIET
