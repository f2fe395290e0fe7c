"""The verdict on a run: the table of what was found and what it means."""

from __future__ import annotations

from typing import Any

import pytest

from promote_tui.core.model.commit_names import Alias
from promote_tui.core.model.stack_status import RootCause
from promote_tui.core.runs.events import Failed, NotSubmitted, OutcomeUnknown, RolledBack, Verified
from promote_tui.core.runs.verdict import Evidence, StillRunning, judge
from promote_tui.core.value import replace
from tests.support.values import NOW, A, B, C, event, stack

SUBMITTED = Evidence("g1", "orders", "staging", A, B, submitted=True)
DONE = (event("UPDATE_IN_PROGRESS"), event("UPDATE_COMPLETE"))
UNDONE = (event("UPDATE_IN_PROGRESS"), event("UPDATE_ROLLBACK_IN_PROGRESS"), event("UPDATE_ROLLBACK_COMPLETE"))
BACK = stack(A, "UPDATE_ROLLBACK_COMPLETE")
BY_TAG = replace(stack(B), alias=Alias("v1", by_tag=True))
CAUSE = RootCause("Worker", "AWS::Lambda::Function", "UPDATE_FAILED", "quota")

ROWS = [
    ("before submitting", replace(SUBMITTED, submitted=False), NotSubmitted, "nothing changed"),
    ("the CLI lives", replace(SUBMITTED, child_alive=True, stack=stack(B), events=DONE), StillRunning, "CLI"),
    ("AWS out of reach", replace(SUBMITTED, unreachable="no network"), OutcomeUnknown, "no network"),
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
        OutcomeUnknown,
        "TELEPORTED",
    ),
    ("rolled back", replace(SUBMITTED, stack=BACK, events=UNDONE, cause=CAUSE, exit_code=1), RolledBack, "quota"),
    ("rolled back, CLI said 0", replace(SUBMITTED, stack=BACK, events=UNDONE, exit_code=0), RolledBack, "no reason"),
    ("someone else", replace(SUBMITTED, stack=stack(C), events=DONE), Failed, "someone else deployed ccccccc"),
    ("confirmed after a crash", replace(SUBMITTED, stack=stack(B), events=DONE), Verified, "confirmed after a crash"),
    ("confirmed", replace(SUBMITTED, stack=stack(B), events=DONE, exit_code=0), Verified, ""),
    (
        "complete, but the CLI failed afterwards",
        replace(SUBMITTED, stack=stack(B), events=DONE, exit_code=1, log_hint="no such bucket"),
        Failed,
        "deployed, not proved: the Serverless CLI failed afterwards: no such bucket",
    ),
    (
        "complete, but the CLI was killed and said nothing",
        replace(SUBMITTED, stack=stack(B), events=DONE, exit_code=-9),
        Failed,
        "deployed, not proved: the Serverless CLI failed afterwards: signal 9",
    ),
    (
        "complete, but the CLI was stopped",
        replace(SUBMITTED, stack=stack(B), events=DONE, exit_code=-2, stopped="the CLI was stopped: too quiet"),
        Failed,
        "deployed, not proved: the CLI was stopped: too quiet",
    ),
    (
        "complete, and the CLI was stopped before it could say 0",
        replace(SUBMITTED, stack=stack(B), events=DONE, exit_code=0, stopped="the CLI was stopped: too quiet"),
        Failed,
        "deployed, not proved: the CLI was stopped: too quiet",
    ),
    (
        "the same commit, nothing changed, and the CLI was stopped",
        replace(SUBMITTED, from_commit=B, stack=stack(B), exit_code=0, stopped="the CLI was stopped: too quiet"),
        Failed,
        "the CLI was stopped: too quiet",
    ),
    (
        "complete, and names the commit by a short hash",
        replace(SUBMITTED, stack=replace(stack(B), alias=Alias(B[:7])), events=DONE, exit_code=0),
        Verified,
        "",
    ),
    (
        "complete, and names the commit by a tag alone, which may be moved",
        replace(SUBMITTED, stack=BY_TAG, events=DONE, exit_code=0),
        Failed,
        "the update completed, but the stack names the tag v1 instead of bbbbbbb",
    ),
    (
        "no update, and a stack that names the commit by a tag alone",
        replace(SUBMITTED, from_commit=B, stack=BY_TAG, exit_code=0),
        Failed,
        "deployed nothing; the stack names the tag v1",
    ),
    (
        "complete, and names what is no commit",
        replace(SUBMITTED, from_commit=None, stack=stack("v8-dirty"), events=DONE, exit_code=0),
        Failed,
        "the update completed, but the stack names v8-dirty, which is not a commit, instead of bbbbbbb",
    ),
    (
        "no update of a stack that names what is no commit",
        replace(SUBMITTED, from_commit=None, stack=stack("v7-dirty"), exit_code=0),
        Failed,
        "deployed nothing; the stack names v7-dirty, which is not a commit",
    ),
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
        "nothing changed",
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


FAILED_CLI = replace(SUBMITTED, exit_code=1, log_hint="the S3 bucket is not yours")
OWN_WORDS = [
    ("AWS out of reach", replace(FAILED_CLI, unreachable="no network")),
    ("unknown status", replace(FAILED_CLI, stack=stack(B, "UPDATE_TELEPORTED"), events=DONE)),
    ("rolled back without a cause", replace(FAILED_CLI, stack=BACK, events=UNDONE)),
    ("rolled back", replace(FAILED_CLI, stack=BACK, events=UNDONE, cause=CAUSE)),
    ("someone else", replace(FAILED_CLI, stack=stack(C), events=DONE)),
    ("complete", replace(FAILED_CLI, stack=stack(B), events=DONE)),
    ("complete, but unchanged", replace(FAILED_CLI, stack=stack(A), events=DONE)),
    (
        "a first deploy that ended before its first update",
        replace(FAILED_CLI, from_commit=None, stack=stack(None, "CREATE_COMPLETE"), events=(event("CREATE_COMPLETE"),)),
    ),
    (
        "stuck",
        replace(
            FAILED_CLI, stack=stack(A, "UPDATE_FAILED"), events=(event("UPDATE_IN_PROGRESS"), event("UPDATE_FAILED"))
        ),
    ),
    ("deleted", replace(FAILED_CLI, events=(event("DELETE_IN_PROGRESS"), event("DELETE_COMPLETE")))),
    ("no update", replace(FAILED_CLI, stack=stack(A))),
    ("no stack", replace(FAILED_CLI, from_commit=None)),
]


@pytest.mark.parametrize("evidence", [row[1] for row in OWN_WORDS], ids=[row[0] for row in OWN_WORDS])
def test_every_verdict_on_a_cli_that_failed_gives_its_own_reason(evidence: Evidence) -> None:
    verdict = judge(evidence, NOW)
    assert isinstance(verdict, Failed | RolledBack | OutcomeUnknown)
    said = verdict.reason if isinstance(verdict, OutcomeUnknown) else verdict.cause
    assert said.count("the S3 bucket is not yours") == 1


def test_what_the_cli_only_hands_on_from_cloudformation_is_said_once() -> None:
    seen = replace(SUBMITTED, stack=BACK, events=UNDONE, cause=CAUSE, exit_code=1)
    handed_on = replace(seen, log_hint="UPDATE_FAILED: Worker (AWS::Lambda::Function) quota")
    verdict = judge(handed_on, NOW)
    assert isinstance(verdict, RolledBack)
    assert verdict.cause == "Worker (AWS::Lambda::Function) UPDATE_FAILED: quota"


def test_a_stopped_clis_last_words_are_not_taken_for_its_reason() -> None:
    seen = replace(SUBMITTED, stack=stack(C), events=DONE, exit_code=-2, stopped="stopped", log_hint="Uploading (3 MB)")
    verdict = judge(seen, NOW)
    assert isinstance(verdict, Failed)
    assert verdict.cause.endswith("; its last words: Uploading (3 MB)")


@pytest.mark.parametrize("end", [{"exit_code": 1}, {"exit_code": -9}, {"exit_code": 0, "stopped": "too quiet"}])
def test_a_deploy_that_did_not_finish_names_what_runs_and_the_ways_on(end: dict[str, Any]) -> None:
    verdict = judge(replace(SUBMITTED, stack=stack(B), events=DONE, **end), NOW)
    assert isinstance(verdict, Failed)
    assert (verdict.deployed, verdict.still_on) == (True, B)
    assert "promote-tui adopt orders staging --reason WHY" in verdict.remedy


def test_a_cli_that_failed_without_an_update_has_deployed_nothing() -> None:
    verdict = judge(replace(SUBMITTED, from_commit=B, stack=stack(B), exit_code=1), NOW)
    assert isinstance(verdict, Failed)
    assert not verdict.deployed


@pytest.mark.parametrize(("evidence", "kind", "says"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_first_row_that_fits_is_the_verdict(evidence: Evidence, kind: type, says: str) -> None:
    verdict = judge(evidence, NOW)
    assert type(verdict) is kind
    assert says in str(verdict)


def test_a_rollback_says_what_the_stage_still_runs_and_what_to_do() -> None:
    verdict = judge(replace(SUBMITTED, stack=BACK, events=UNDONE, cause=CAUSE, exit_code=1), NOW)
    assert isinstance(verdict, RolledBack)
    assert verdict.still_on == A
    assert verdict.remedy == "fix the cause, then promote again"


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
