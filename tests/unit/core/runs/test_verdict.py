"""The verdict on a run: the table of what was found and what it means."""

from __future__ import annotations

import pytest

from promote_tui.core.errors import PromoteError
from promote_tui.core.model.commit_names import CommitAlias
from promote_tui.core.model.halfway import StuckOperation
from promote_tui.core.model.stack_status import RootCause
from promote_tui.core.runs.events import Failed, NotSubmitted, OutcomeUnknown, RolledBack, Verdict, Verified
from promote_tui.core.runs.verdict import Evidence, StillRunning, judge, judge_refused
from promote_tui.core.value import replace
from tests.support.values import NOW, A, B, C, event, stack

SUBMITTED = Evidence("g1", "orders", "staging", A, B, "Serverless CLI", submitted=True)
DONE = (event("UPDATE_IN_PROGRESS"), event("UPDATE_COMPLETE"))
UNDONE = (event("UPDATE_IN_PROGRESS"), event("UPDATE_ROLLBACK_IN_PROGRESS"), event("UPDATE_ROLLBACK_COMPLETE"))
BACK = stack(A, "UPDATE_ROLLBACK_COMPLETE")
BY_TAG = replace(stack(B), alias=CommitAlias("v1", by_tag=True))
LEFT = (event("UPDATE_IN_PROGRESS"), event("UPDATE_FAILED"))
CAUSE = RootCause("Worker", "AWS::Lambda::Function", "UPDATE_FAILED", "quota")


def failed(cause: str, still_on: str | None, remedy: str, *, deployed: bool = False) -> Failed:
    """The verdict that it failed."""
    return Failed(NOW, cause, still_on, remedy, deployed=deployed)


def stuck(cause: str, remedy: str, halfway: StuckOperation) -> Failed:
    """The verdict that the stack got stuck between two commits."""
    return Failed(NOW, cause, None, remedy, halfway=halfway)


AGAIN, SEE, SEE_AGAIN = "promote again", "see the log", "see the log, then promote again"
FIX = "fix the cause, then promote again"
ADOPT = f"{FIX}; or promote-tui adopt orders staging --reason WHY"
OTHER_PACKAGE = "see the log: another package was deployed than the one that was reviewed"
NOT_PROVED = "deployed, not proved:"
NOTHING_DEPLOYED = "the Serverless CLI ended with exit code 0 but deployed nothing; the stack"
ROLL_BACK = "roll the stack back (RollbackStack), then promote again"
STILL_UPDATING = "the CLI has ended, CloudFormation is still updating the stack"
QUIET = "the CLI was stopped: too quiet"

ROWS: list[tuple[str, Evidence, Verdict | StillRunning]] = [
    (
        "before submitting",
        replace(SUBMITTED, submitted=False),
        NotSubmitted(NOW, "interrupted before the deploy; nothing changed", AGAIN),
    ),
    (
        "cancelled before submitting",
        replace(SUBMITTED, submitted=False, cancelled=True),
        NotSubmitted(NOW, "interrupted before the deploy; nothing changed", AGAIN, cancelled=True),
    ),
    (
        "the CLI lives",
        replace(SUBMITTED, child_alive=True, stack=stack(B), events=DONE),
        StillRunning("the Serverless CLI is still at work"),
    ),
    (
        "AWS out of reach",
        replace(SUBMITTED, unreachable="no network"),
        OutcomeUnknown(NOW, "no network", "promote-tui runs reconcile g1"),
    ),
    (
        "stack at work",
        replace(SUBMITTED, stack=stack(A, "UPDATE_IN_PROGRESS")),
        StillRunning(f"{STILL_UPDATING} (UPDATE_IN_PROGRESS)"),
    ),
    (
        "stack cleans up",
        replace(SUBMITTED, stack=stack(B, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"), exit_code=0),
        StillRunning(f"{STILL_UPDATING} (UPDATE_COMPLETE_CLEANUP_IN_PROGRESS)"),
    ),
    (
        "an update began while the stack was read",
        replace(SUBMITTED, stack=stack(A), events=(event("UPDATE_IN_PROGRESS"),), exit_code=-9),
        StillRunning("CloudFormation has started another step"),
    ),
    (
        "unknown status",
        replace(SUBMITTED, stack=stack(B, "UPDATE_TELEPORTED"), events=DONE),
        OutcomeUnknown(
            NOW,
            "the stack is UPDATE_TELEPORTED, a status that promote-tui does not know",
            "see the stack in the CloudFormation console; promote-tui does not know this status",
        ),
    ),
    (
        "rolled back",
        replace(SUBMITTED, stack=BACK, events=UNDONE, cause=CAUSE, exit_code=1),
        RolledBack(NOW, "Worker (AWS::Lambda::Function) UPDATE_FAILED: quota", A, FIX),
    ),
    (
        "rolled back, CLI said 0",
        replace(SUBMITTED, stack=BACK, events=UNDONE, exit_code=0),
        RolledBack(NOW, "AWS gave no reason", A, FIX),
    ),
    (
        "cancelled and rolled back",
        replace(SUBMITTED, stack=BACK, events=UNDONE, exit_code=1, cancelled=True),
        RolledBack(NOW, "the update was cancelled", A, FIX, cancelled=True),
    ),
    (
        "cancelled, but something failed as well",
        replace(SUBMITTED, stack=BACK, events=UNDONE, cause=CAUSE, exit_code=1, cancelled=True),
        RolledBack(NOW, "Worker (AWS::Lambda::Function) UPDATE_FAILED: quota", A, FIX),
    ),
    (
        "rolled back to what names no commit: an update leaves what was there before",
        replace(SUBMITTED, stack=stack(None, "UPDATE_ROLLBACK_COMPLETE"), events=UNDONE, exit_code=1),
        RolledBack(NOW, "AWS gave no reason", A, FIX),
    ),
    (
        "rolled back, and neither the stack nor the plan named a commit",
        replace(SUBMITTED, from_commit="", stack=stack(None, "UPDATE_ROLLBACK_COMPLETE"), events=UNDONE, exit_code=1),
        RolledBack(NOW, "AWS gave no reason", None, FIX),
    ),
    (
        "rolled back to another commit than the plan saw: the stack's word counts",
        replace(SUBMITTED, stack=stack(C, "UPDATE_ROLLBACK_COMPLETE"), events=UNDONE, exit_code=1),
        RolledBack(NOW, "AWS gave no reason", C, FIX),
    ),
    (
        "a first deploy was rolled back and its stack deleted",
        replace(SUBMITTED, from_commit=None, events=(event("ROLLBACK_IN_PROGRESS"), event("ROLLBACK_COMPLETE"))),
        RolledBack(NOW, "AWS gave no reason", None, FIX),
    ),
    (
        "a first deploy was rolled back",
        replace(SUBMITTED, from_commit=None, stack=stack(B, "ROLLBACK_COMPLETE"), events=(event("ROLLBACK_COMPLETE"),)),
        RolledBack(NOW, "AWS gave no reason", None, "delete the stack (it never worked), then promote again"),
    ),
    (
        "someone else",
        replace(SUBMITTED, stack=stack(C), events=DONE),
        failed("someone else deployed ccccccc", C, "check what runs there before you promote again"),
    ),
    (
        "confirmed after a crash",
        replace(SUBMITTED, stack=stack(B), events=DONE),
        Verified(NOW, "confirmed after a crash"),
    ),
    ("confirmed", replace(SUBMITTED, stack=stack(B), events=DONE, exit_code=0), Verified(NOW)),
    (
        "complete, and names the commit by a short hash",
        replace(SUBMITTED, stack=replace(stack(B), alias=CommitAlias(B[:7])), events=DONE, exit_code=0),
        Verified(NOW),
    ),
    (
        "complete, but the CLI failed afterwards",
        replace(SUBMITTED, stack=stack(B), events=DONE, exit_code=1, log_hint="no such bucket"),
        failed(f"{NOT_PROVED} the Serverless CLI failed afterwards: no such bucket", B, ADOPT, deployed=True),
    ),
    (
        "complete, but the CLI failed and said nothing",
        replace(SUBMITTED, stack=stack(B), events=DONE, exit_code=1),
        failed(f"{NOT_PROVED} the Serverless CLI failed afterwards: exit code 1", B, ADOPT, deployed=True),
    ),
    (
        "complete, but the CLI was killed and said nothing",
        replace(SUBMITTED, stack=stack(B), events=DONE, exit_code=-9),
        failed(f"{NOT_PROVED} the Serverless CLI failed afterwards: signal 9", B, ADOPT, deployed=True),
    ),
    (
        "complete, but the CLI was stopped",
        replace(SUBMITTED, stack=stack(B), events=DONE, exit_code=-2, stopped=QUIET),
        failed(f"{NOT_PROVED} {QUIET}", B, ADOPT, deployed=True),
    ),
    (
        "complete, and the CLI was stopped before it could say 0",
        replace(SUBMITTED, stack=stack(B), events=DONE, exit_code=0, stopped=QUIET),
        failed(f"{NOT_PROVED} {QUIET}", B, ADOPT, deployed=True),
    ),
    (
        "complete, and nobody saw the stopped CLI end",
        replace(SUBMITTED, stack=stack(B), events=DONE, stopped=QUIET),
        failed(f"{NOT_PROVED} {QUIET}", B, ADOPT, deployed=True),
    ),
    (
        "complete, and names the commit by a tag alone, which may be moved",
        replace(SUBMITTED, stack=BY_TAG, events=DONE, exit_code=0),
        failed("the update completed, but the stack names the tag v1 instead of bbbbbbb", B, OTHER_PACKAGE),
    ),
    (
        "complete, and names what is no commit",
        replace(SUBMITTED, from_commit=None, stack=stack("v8-dirty"), events=DONE, exit_code=0),
        failed(
            "the update completed, but the stack names v8-dirty, which is not a commit, instead of bbbbbbb",
            None,
            OTHER_PACKAGE,
        ),
    ),
    (
        "complete, but unchanged",
        replace(SUBMITTED, stack=stack(A), events=DONE, exit_code=0),
        failed("the update completed, but the stack still names aaaaaaa instead of bbbbbbb", A, OTHER_PACKAGE),
    ),
    (
        "complete, but unchanged, and the CLI that said 0 has last words",
        replace(SUBMITTED, stack=stack(A), events=DONE, exit_code=0, log_hint="Uploading (3 MB)"),
        failed("the update completed, but the stack still names aaaaaaa instead of bbbbbbb", A, OTHER_PACKAGE),
    ),
    (
        "complete, names nothing",
        replace(SUBMITTED, stack=stack(None), events=DONE, exit_code=0),
        failed("the update completed, but the stack names no commit instead of bbbbbbb", None, OTHER_PACKAGE),
    ),
    (
        "first deploy, killed after the stack was created",
        replace(SUBMITTED, from_commit=None, stack=stack(None, "CREATE_COMPLETE"), events=(event("CREATE_COMPLETE"),)),
        failed(
            "the stack was created, but the deploy ended before its first update: it names no commit", None, SEE_AGAIN
        ),
    ),
    (
        "the stack was read before the update was complete",
        replace(SUBMITTED, stack=stack(A, "UPDATE_ROLLBACK_COMPLETE"), events=DONE, exit_code=0),
        failed("the stack is UPDATE_ROLLBACK_COMPLETE", A, AGAIN),
    ),
    (
        "resources were imported, nothing was deployed",
        replace(SUBMITTED, stack=stack(A, "IMPORT_COMPLETE"), events=(event("IMPORT_COMPLETE"),), cause=CAUSE),
        failed("Worker (AWS::Lambda::Function) UPDATE_FAILED: quota; the stack is IMPORT_COMPLETE", A, AGAIN),
    ),
    (
        "deleted after it was updated",
        replace(SUBMITTED, events=(*DONE, event("DELETE_IN_PROGRESS"), event("DELETE_COMPLETE"))),
        failed("the stack was deleted", None, AGAIN),
    ),
    (
        "failed without a rollback",
        replace(
            SUBMITTED,
            stack=stack(A, "UPDATE_FAILED"),
            events=(
                event("UPDATE_IN_PROGRESS"),
                event("UPDATE_COMPLETE", "Queue"),
                event("UPDATE_FAILED", "Worker", reason="quota"),
                event("UPDATE_FAILED"),
            ),
            cause=CAUSE,
            exit_code=1,
        ),
        stuck(
            "Worker (AWS::Lambda::Function) UPDATE_FAILED: quota; the stack is UPDATE_FAILED",
            ROLL_BACK,
            StuckOperation("UPDATE_FAILED", A, B, ("Queue",), ("Worker",)),
        ),
    ),
    (
        "the rollback got stuck: the stack names its own way out",
        replace(SUBMITTED, stack=stack(A, "UPDATE_ROLLBACK_FAILED"), events=UNDONE, exit_code=1),
        stuck(
            "the stack is UPDATE_ROLLBACK_FAILED",
            "continue its rollback (ContinueUpdateRollback), then promote again",
            StuckOperation("UPDATE_ROLLBACK_FAILED", A, B, (), ()),
        ),
    ),
    (
        "stuck, and names what was on its way: it ran what the plan saw",
        replace(SUBMITTED, stack=stack(B, "UPDATE_FAILED"), events=LEFT, exit_code=1),
        stuck("the stack is UPDATE_FAILED", ROLL_BACK, StuckOperation("UPDATE_FAILED", A, B, (), ())),
    ),
    (
        "stuck, and names neither: it ran what it names",
        replace(SUBMITTED, from_commit="", stack=stack(C, "UPDATE_FAILED"), events=LEFT, exit_code=1),
        stuck("the stack is UPDATE_FAILED", ROLL_BACK, StuckOperation("UPDATE_FAILED", C, B, (), ())),
    ),
    (
        "stuck, and names no commit: it ran what the plan saw",
        replace(SUBMITTED, stack=stack("unknown", "UPDATE_FAILED"), events=LEFT, exit_code=1),
        stuck("the stack is UPDATE_FAILED", ROLL_BACK, StuckOperation("UPDATE_FAILED", A, B, (), ())),
    ),
    (
        "its deletion got stuck: it ran what it names",
        replace(SUBMITTED, stack=stack(B, "DELETE_FAILED"), events=(event("DELETE_FAILED"),)),
        stuck(
            "the stack is DELETE_FAILED",
            "finish deleting the stack in the CloudFormation console",
            StuckOperation("DELETE_FAILED", B, "", (), ()),
        ),
    ),
    (
        "an output that says unknown is nobody's deploy",
        replace(SUBMITTED, stack=stack("unknown"), exit_code=1, log_hint="no such bucket"),
        failed("the Serverless CLI ended with exit code 1: no such bucket", None, SEE),
    ),
    (
        "stopped for its silence",
        replace(SUBMITTED, stack=stack(A), exit_code=-2, stopped=QUIET),
        failed(QUIET, A, SEE),
    ),
    (
        "the same commit, nothing changed, and the CLI was stopped",
        replace(SUBMITTED, from_commit=B, stack=stack(B), exit_code=0, stopped=QUIET),
        failed(QUIET, B, SEE),
    ),
    (
        "no update, and nobody saw the stopped CLI end",
        replace(SUBMITTED, stack=stack(A), stopped=QUIET),
        failed(QUIET, A, SEE),
    ),
    (
        "no update, crash",
        replace(SUBMITTED, stack=stack(A)),
        NotSubmitted(NOW, "the deploy was never submitted; nothing changed", AGAIN),
    ),
    (
        "no update, crash after it was cancelled",
        replace(SUBMITTED, stack=stack(A), cancelled=True),
        NotSubmitted(NOW, "the deploy was never submitted; nothing changed", AGAIN, cancelled=True),
    ),
    (
        "no update, crash, same commit",
        replace(SUBMITTED, from_commit=B, stack=stack(B)),
        NotSubmitted(NOW, "the deploy was never submitted; nothing changed", AGAIN),
    ),
    (
        "no update, CLI failed",
        replace(SUBMITTED, stack=stack(A), exit_code=1, log_hint="no such bucket"),
        failed("the Serverless CLI ended with exit code 1: no such bucket", A, SEE),
    ),
    (
        "no update, CLI failed and said nothing, same commit",
        replace(SUBMITTED, from_commit=B, stack=stack(B), exit_code=1),
        failed("the Serverless CLI ended with exit code 1", B, SEE),
    ),
    (
        "no update, CLI said 0, same commit",
        replace(SUBMITTED, from_commit=B, stack=stack(B), exit_code=0),
        Verified(NOW, "nothing changed: the stack already had this commit"),
    ),
    (
        "no update, CLI said 0",
        replace(SUBMITTED, stack=stack(A), exit_code=0),
        failed(f"{NOTHING_DEPLOYED} still names aaaaaaa", A, SEE_AGAIN),
    ),
    (
        "no update, and a stack that names the commit by a tag alone",
        replace(SUBMITTED, from_commit=B, stack=BY_TAG, exit_code=0),
        failed(f"{NOTHING_DEPLOYED} names the tag v1", B, SEE_AGAIN),
    ),
    (
        "no update of a stack that names what is no commit",
        replace(SUBMITTED, from_commit=None, stack=stack("v7-dirty"), exit_code=0),
        failed(f"{NOTHING_DEPLOYED} names v7-dirty, which is not a commit", None, SEE_AGAIN),
    ),
    (
        "no stack, CLI said 0",
        replace(SUBMITTED, from_commit=None, exit_code=0),
        failed(f"{NOTHING_DEPLOYED} names no commit", None, SEE_AGAIN),
    ),
]


@pytest.mark.parametrize(("evidence", "verdict"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_first_row_that_fits_is_the_verdict(evidence: Evidence, verdict: Verdict | StillRunning) -> None:
    assert judge(evidence, NOW) == verdict


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


LONG = "Resource handler returned message: quota of 1000 concurrent executions is used up by others"


@pytest.mark.parametrize(
    ("cause", "stopped", "hint", "added"),
    [
        (None, "", "no such bucket", "; the Serverless CLI says: no such bucket"),
        (None, QUIET, "Uploading (3 MB)", "; its last words: Uploading (3 MB)"),
        (None, "", "", ""),
        ("quota", "", "no such bucket", "; the Serverless CLI says: no such bucket"),
        ("quota", "", "UPDATE_FAILED: Worker (AWS::Lambda::Function) quota", ""),
        ("quota\n  of 10", "", "UPDATE_FAILED: Worker quota of 10", ""),
        (LONG, "", f"UPDATE_FAILED: Worker {LONG[:70]}", ""),
        ("", "", "no such bucket", "; the Serverless CLI says: no such bucket"),
    ],
)
def test_what_the_cli_only_hands_on_from_cloudformation_is_said_once(
    cause: str | None, stopped: str, hint: str, added: str
) -> None:
    found = None if cause is None else RootCause("Worker", "AWS::Lambda::Function", "UPDATE_FAILED", cause)
    seen = replace(SUBMITTED, stack=BACK, events=UNDONE, cause=found, exit_code=1, stopped=stopped, log_hint=hint)
    verdict = judge(seen, NOW)
    assert isinstance(verdict, RolledBack)
    assert verdict.cause == f"{found or 'AWS gave no reason'}{added}"


@pytest.mark.parametrize("cancelled", [True, False])
def test_an_error_before_the_deploy_is_the_verdict_with_its_remedy(cancelled: bool) -> None:
    error = PromoteError("orders/staging", "the checkout was changed", "plan again")
    verdict = NotSubmitted(NOW, "the checkout was changed", "plan again", cancelled)
    assert judge_refused(NOW, error, cancelled=cancelled) == verdict


def test_a_cause_that_an_event_has_no_room_for_is_cut_off() -> None:
    verdict = judge_refused(NOW, PromoteError("orders/staging", "x" * 2001, ""), cancelled=False)
    assert verdict.reason == "x" * 2000


REMOVAL = replace(SUBMITTED, removes=True, exit_code=0, to_commit="")
DELETING = (event("DELETE_IN_PROGRESS"),)
REMOVALS: list[tuple[str, Evidence, Verdict | StillRunning]] = [
    ("gone", replace(REMOVAL, stack=None), Verified(NOW, "the stack is gone")),
    ("gone, though the CLI failed", replace(REMOVAL, exit_code=1), Verified(NOW, "the stack is gone")),
    ("gone after a crash", replace(REMOVAL, exit_code=None), Verified(NOW, "the stack is gone")),
    (
        "at work",
        replace(REMOVAL, stack=stack(A, "DELETE_IN_PROGRESS"), events=DELETING),
        StillRunning("CloudFormation is still at work (DELETE_IN_PROGRESS)"),
    ),
    (
        "not deleted",
        replace(REMOVAL, stack=stack(A, "DELETE_FAILED"), events=DELETING, cause=CAUSE),
        Failed(NOW, f"{CAUSE}; the stack is still there: DELETE_FAILED", None, "fix the cause, then remove it again"),
    ),
    (
        "untouched, though the CLI ended well",
        replace(REMOVAL, stack=stack(A)),
        Failed(NOW, "the stack is still there: UPDATE_COMPLETE", A, "fix the cause, then remove it again"),
    ),
    (
        "the CLI failed before it began",
        replace(REMOVAL, stack=stack(A), exit_code=1, log_hint="no such plugin"),
        Failed(
            NOW,
            "the stack is still there: UPDATE_COMPLETE; the Serverless CLI says: no such plugin",
            A,
            "fix the cause, then remove it again",
        ),
    ),
    (
        "a crash before anything began",
        replace(REMOVAL, stack=stack(A), exit_code=None),
        NotSubmitted(NOW, "the removal was never submitted; the stack is still there", "remove it again"),
    ),
    (
        "out of reach",
        replace(REMOVAL, unreachable="no network"),
        OutcomeUnknown(NOW, "no network", "promote-tui runs reconcile g1"),
    ),
]


@pytest.mark.parametrize(("seen", "verdict"), [row[1:] for row in REMOVALS], ids=[row[0] for row in REMOVALS])
def test_a_removal_succeeds_where_the_stack_is_gone_and_nowhere_else(
    seen: Evidence, verdict: Verdict | StillRunning
) -> None:
    assert judge(seen, NOW) == verdict
