"""How an update has ended that somebody else made, row by row."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.model.stack_status import status
from promote_tui.core.runs.events import Failed, Observed, RolledBack, Verified
from promote_tui.core.runs.external import (
    Actor,
    ExternalUpdate,
    commit_left,
    find_updates,
    judge_external,
    nearest_actor,
)
from promote_tui.core.value import replace
from tests.support.values import NOW, STACK_ID, A, B, event, run, stack

if TYPE_CHECKING:
    from promote_tui.core.model.stack_status import StackEvent
    from promote_tui.core.runs.events import Verdict

BEGUN, DONE = event("UPDATE_IN_PROGRESS"), event("UPDATE_COMPLETE")
NEVER = "orders-staging (AWS::CloudFormation::Stack)"
FAILS = event("UPDATE_FAILED", "Worker", resource_type="AWS::Lambda::Function", reason="quota")


def worker(number: int) -> StackEvent:
    return event("UPDATE_COMPLETE", f"Worker{number}", resource_type="AWS::Lambda::Function")


def seen(*events: StackEvent, names: str | None = B, last: bool = True) -> ExternalUpdate:
    """Return an update that these events tell of, from A to what the stack names."""
    (update,) = find_updates(events, None)
    return ExternalUpdate(stack(names, events[-1].status), update, events, A, last=last)


@pytest.mark.parametrize(
    ("update", "verdict"),
    [
        (seen(BEGUN, DONE), Verified(NOW, "by somebody else")),
        (seen(BEGUN, worker(1), DONE), Verified(NOW, "by somebody else; updated: Worker1")),
        (
            seen(BEGUN, *map(worker, range(7)), DONE),
            Verified(NOW, "by somebody else; updated: Worker0, Worker1, Worker2, Worker3, Worker4 and 2 more"),
        ),
        (seen(BEGUN, DONE, names=None), Verified(NOW, "by somebody else; the stack names no commit since")),
        (seen(BEGUN, DONE, names=None, last=False), Verified(NOW, "by somebody else")),
        (
            seen(BEGUN, FAILS, event("UPDATE_ROLLBACK_COMPLETE"), names=A),
            RolledBack(NOW, "Worker (AWS::Lambda::Function) UPDATE_FAILED: quota", A),
        ),
        (seen(BEGUN, event("UPDATE_ROLLBACK_COMPLETE")), RolledBack(NOW, "UPDATE_ROLLBACK_COMPLETE", B)),
        (
            seen(BEGUN, event("UPDATE_ROLLBACK_COMPLETE", reason="by hand"), last=False),
            RolledBack(NOW, "by hand", None),
        ),
        (
            seen(event("CREATE_IN_PROGRESS"), event("CREATE_FAILED"), names=None),
            Failed(NOW, f"{NEVER} CREATE_FAILED: AWS gave no reason", None, status("CREATE_FAILED").remedy),
        ),
    ],
)
def test_an_update_of_somebody_else_ends_as_its_last_event_says(update: ExternalUpdate, verdict: Verdict) -> None:
    assert judge_external(update) == verdict


def test_what_is_stuck_stands_between_what_ran_before_and_what_nobody_knows() -> None:
    verdict = judge_external(seen(BEGUN, worker(1), event("UPDATE_ROLLBACK_FAILED")))
    assert isinstance(verdict, Failed)
    assert verdict.halfway is not None
    assert (verdict.halfway.was, verdict.halfway.to) == (A, "")


def test_a_stack_was_left_with_what_the_newest_run_saw_in_this_very_stack() -> None:
    left = Observed(NOW, STACK_ID, "UPDATE_COMPLETE", B, "e9")
    assert commit_left([run(left)], stack()) == B
    assert commit_left([run(replace(left, commit="v1.2-dirty"))], stack()) == ""
    assert commit_left([run(replace(left, stack_id="another"))], stack()) == ""
    assert commit_left([run()], stack()) == ""


def test_who_called_nearest_to_the_update_made_it() -> None:
    near, far = Actor("ana"), Actor("ben")
    found = [(NOW - timedelta(seconds=30), far), (NOW + timedelta(seconds=5), near)]
    assert nearest_actor(found, NOW) == near
    assert nearest_actor([], NOW).problem == "unknown who did it: CloudTrail has no record (any more)"
