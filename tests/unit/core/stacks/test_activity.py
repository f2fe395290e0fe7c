"""What a stack does while the Serverless CLI is silent."""

from __future__ import annotations

import pytest

from promote_tui.core.stacks.activity import StackActivity, stack_activity
from tests.support.values import A, B, stack

ROWS = [
    ("there is no stack yet", None, True, StackActivity.QUIET),
    ("at work", stack(A, "UPDATE_IN_PROGRESS"), True, StackActivity.MOVING),
    ("being created", stack(None, "CREATE_IN_PROGRESS"), True, StackActivity.MOVING),
    ("cleaning up", stack(B, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"), True, StackActivity.MOVING),
    ("rolling back", stack(A, "UPDATE_ROLLBACK_IN_PROGRESS"), True, StackActivity.MOVING),
    ("at rest with the commit", stack(B), True, StackActivity.ARRIVED),
    ("at rest with the commit in capitals", stack(B.upper()), True, StackActivity.ARRIVED),
    ("at rest with the commit, as it was before", stack(B), False, StackActivity.QUIET),
    ("at rest with what was there before", stack(A), True, StackActivity.QUIET),
    ("created with nothing but its bucket", stack(None, "CREATE_COMPLETE"), True, StackActivity.QUIET),
    ("rolled back", stack(B, "UPDATE_ROLLBACK_COMPLETE"), True, StackActivity.QUIET),
    ("stuck", stack(B, "UPDATE_FAILED"), True, StackActivity.QUIET),
    ("a status that is not known here", stack(B, "UPDATE_TELEPORTED"), True, StackActivity.QUIET),
]


@pytest.mark.parametrize(("found", "updated", "right"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_a_silent_cli_may_be_waiting_for(found: object, right: StackActivity, *, updated: bool) -> None:
    assert stack_activity(found, B, updated=updated) is right  # type: ignore[arg-type]
