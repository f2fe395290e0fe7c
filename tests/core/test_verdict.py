"""The verdict on a run: the table of what was found and what it means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from promote_tui.core.events import Failed, NotSubmitted, RolledBack, Undetermined, Verified
from promote_tui.core.stack import RootCause
from promote_tui.core.verdict import Evidence, StillRunning, judge
from tests.core.values import NOW, A, B, C, event, stack

SUBMITTED = Evidence("g1", "orders", "staging", A, B, submitted=True)
DONE = (event("UPDATE_IN_PROGRESS"), event("UPDATE_COMPLETE"))
UNDONE = (event("UPDATE_IN_PROGRESS"), event("UPDATE_ROLLBACK_IN_PROGRESS"), event("UPDATE_ROLLBACK_COMPLETE"))
BACK = stack(A, "UPDATE_ROLLBACK_COMPLETE")
CAUSE = RootCause("Worker", "AWS::Lambda::Function", "UPDATE_FAILED", "quota")

ROWS = [
    ("before submitting", replace(SUBMITTED, submitted=False), NotSubmitted, "nothing changed"),
    ("the CLI lives", replace(SUBMITTED, child_alive=True, stack=stack(B), events=DONE), StillRunning, "CLI"),
    ("AWS out of reach", replace(SUBMITTED, unreachable="no network"), Undetermined, "no network"),
    ("stack at work", replace(SUBMITTED, stack=stack(A, "UPDATE_IN_PROGRESS")), StillRunning, "UPDATE_IN_PROGRESS"),
    (
        "stack cleans up",
        replace(SUBMITTED, stack=stack(B, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"), exit_code=0),
        StillRunning,
        "CLEANUP",
    ),
    (
        "unknown status",
        replace(SUBMITTED, stack=stack(B, "UPDATE_TELEPORTED"), events=DONE),
        Undetermined,
        "TELEPORTED",
    ),
    ("rolled back", replace(SUBMITTED, stack=BACK, events=UNDONE, cause=CAUSE, exit_code=1), RolledBack, "quota"),
    ("rolled back, CLI said 0", replace(SUBMITTED, stack=BACK, events=UNDONE, exit_code=0), RolledBack, "no reason"),
    ("someone else", replace(SUBMITTED, stack=stack(C), events=DONE), Failed, "someone else deployed ccccccc"),
    ("confirmed after a crash", replace(SUBMITTED, stack=stack(B), events=DONE), Verified, "confirmed after a crash"),
    ("confirmed", replace(SUBMITTED, stack=stack(B), events=DONE, exit_code=0), Verified, ""),
    ("complete, although the CLI died", replace(SUBMITTED, stack=stack(B), events=DONE, exit_code=-9), Verified, ""),
    ("complete, but unchanged", replace(SUBMITTED, stack=stack(A), events=DONE, exit_code=0), Failed, "still names"),
    ("complete, names nothing", replace(SUBMITTED, stack=stack(None), events=DONE, exit_code=0), Failed, "no commit"),
    (
        "first deploy, killed after the stack was created",
        replace(SUBMITTED, from_commit=None, stack=stack(None, "CREATE_COMPLETE"), events=(event("CREATE_COMPLETE"),)),
        Failed,
        "before its first update",
    ),
    (
        "the commit is named, but the update failed and was left as it is",
        replace(
            SUBMITTED,
            from_commit=None,
            stack=stack(B, "UPDATE_FAILED"),
            events=(event("CREATE_COMPLETE"), event("UPDATE_IN_PROGRESS"), event("UPDATE_FAILED")),
            exit_code=1,
        ),
        Failed,
        "UPDATE_FAILED",
    ),
    (
        "an update began while the stack was read",
        replace(SUBMITTED, stack=stack(A), events=(event("UPDATE_IN_PROGRESS"),), exit_code=-9),
        StillRunning,
        "another step",
    ),
    (
        "deleted after it was updated",
        replace(SUBMITTED, events=(*DONE, event("DELETE_IN_PROGRESS"), event("DELETE_COMPLETE"))),
        Failed,
        "the stack was deleted",
    ),
    (
        "an output that says unknown is nobody's deploy",
        replace(SUBMITTED, stack=stack("unknown"), exit_code=1, log_hint="no such bucket"),
        Failed,
        "exit code 1: no such bucket",
    ),
    (
        "stopped for its silence",
        replace(SUBMITTED, stack=stack(A), exit_code=-2, stopped="it said nothing for too long"),
        Failed,
        "it said nothing for too long",
    ),
    ("no update, crash", replace(SUBMITTED, stack=stack(A)), NotSubmitted, "never submitted"),
    (
        "no update, crash, same commit",
        replace(SUBMITTED, from_commit=B, stack=stack(B)),
        NotSubmitted,
        "never submitted",
    ),
    ("no update, CLI said 0", replace(SUBMITTED, stack=stack(A), exit_code=0), Failed, "deployed nothing"),
    (
        "no update, CLI said 0, same commit",
        replace(SUBMITTED, from_commit=B, stack=stack(B), exit_code=0),
        Verified,
        "nothing to change",
    ),
    (
        "no update, CLI failed",
        replace(SUBMITTED, stack=stack(A), exit_code=1, log_hint="no such bucket"),
        Failed,
        "exit code 1: no such bucket",
    ),
    ("no stack, CLI said 0", replace(SUBMITTED, from_commit=None, exit_code=0), Failed, "names no commit"),
    (
        "failed without a rollback",
        replace(
            SUBMITTED,
            stack=stack(A, "UPDATE_FAILED"),
            events=(event("UPDATE_IN_PROGRESS"), event("UPDATE_FAILED")),
            cause=CAUSE,
            exit_code=1,
        ),
        Failed,
        "quota",
    ),
]


@pytest.mark.parametrize(("evidence", "kind", "says"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_first_row_that_fits_is_the_verdict(evidence: Evidence, kind: type, says: str) -> None:
    verdict = judge(evidence, NOW)
    assert type(verdict) is kind
    assert says in str(verdict)


def test_a_rollback_says_what_the_stage_still_runs_and_what_to_do() -> None:
    verdict = judge(replace(SUBMITTED, stack=BACK, events=UNDONE, cause=CAUSE, exit_code=1), NOW)
    assert isinstance(verdict, RolledBack)
    assert verdict.still_on == A
    assert verdict.remedy == "mend the cause, then promote again"


def test_a_stack_that_is_stuck_names_its_own_way_out() -> None:
    seen = replace(SUBMITTED, stack=stack(A, "UPDATE_ROLLBACK_FAILED"), events=UNDONE, cause=CAUSE, exit_code=1)
    verdict = judge(seen, NOW)
    assert isinstance(verdict, Failed)
    assert "ContinueUpdateRollback" in verdict.remedy
    assert "quota; the stack is UPDATE_ROLLBACK_FAILED" in verdict.cause


def test_an_update_that_a_person_cancelled_is_cancelled_unless_something_failed() -> None:
    seen = replace(SUBMITTED, stack=BACK, events=UNDONE, exit_code=1, cancelled=True)
    cancelled, failed = judge(seen, NOW), judge(replace(seen, cause=CAUSE), NOW)
    assert isinstance(cancelled, RolledBack)
    assert cancelled.cancelled
    assert isinstance(failed, RolledBack)
    assert not failed.cancelled
