"""What a release has left in its stage: for every end that a member can have, and as every count reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.model.halfway import StuckOperation
from promote_tui.core.releases import events as e
from promote_tui.core.releases.fold import fold_release
from promote_tui.core.releases.outcome_words import describe_member, outcome_words
from promote_tui.core.releases.release import MemberState, Release
from promote_tui.core.releases.remains import (
    StageRuns,
    delivered_services,
    deployed_services,
    remains_of_run,
    services_to_take_back,
    stage_runs,
    verified_services,
)
from promote_tui.core.runs.events import DeployCompleted, Failed, NotSubmitted, RolledBack, Verified
from promote_tui.core.runs.fold import fold
from tests.support.values import (
    NOW,
    A,
    B,
    C,
    planned,
    refused_run,
    rolled_back_run,
    run,
    unfinished_run,
    unknown_run,
    unproved_run,
    verified_run,
)

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Run

MEMBER = e.Member("orders", B, "Change", A)
PLANNED = e.ReleasePlanned(NOW, "autumn", "prod", "staging", (MEMBER,), (("orders",),), (), "ana", "arn:ana")
CONFIRMED = e.ReleaseConfirmed(NOW, "ana", "arn:ana", "release autumn prod")
BEGUN = e.MemberStarted(NOW, "orders", "g1")
BACK = e.MemberStarted(NOW, "orders", "g2", "rollback")
DONE, OVER = e.ReleaseEnded(NOW, "done"), e.ReleaseEnded(NOW, "rolled_back")


def ended(outcome: e.MemberOutcome, remains: e.Remains | None = None) -> e.MemberEnded:
    return e.MemberEnded(NOW, "orders", "g1", outcome, "why", remains=remains)


def back(outcome: e.MemberOutcome, remains: e.Remains | None = None) -> e.MemberEnded:
    return e.MemberEnded(NOW, "orders", "g2", outcome, "why", purpose="rollback", remains=remains)


def answer(kind: e.AnswerKind) -> e.Answered:
    services = () if kind in {"roll_back_all", "stop"} else ("orders",)
    return e.Answered(NOW, "lea", "arn:lea", kind, services, "leave it")


def held(why: e.HoldCause = "blocked") -> e.MemberHeld:
    return e.MemberHeld(NOW, "orders", why, "closed", found=C if why == "moved" else None)


def release(*more: e.ReleaseEvent) -> Release:
    found = fold_release((PLANNED, CONFIRMED, *more))
    assert found is not None
    return found


NOT_BACK_WORDS = "not rolled back (deployed, verified)"
VERIFIED = (BEGUN, ended("verified", "verified"))
UNPROVED = (BEGUN, ended("failed", "unproved"))
NOT_BACK = (*VERIFIED, answer("roll_back_all"), BACK, back("not_submitted"))

ENDS: list[tuple[str, tuple[e.ReleaseEvent, ...], StageRuns, str, tuple[bool, bool, bool]]] = [
    # what happened, its events, what runs, in words, and whether it counts as delivered, verified, to be taken back
    ("not started", (), "before", "not started", (True, False, False)),
    ("at work", (BEGUN,), "changing", "running", (True, False, False)),
    ("verified", VERIFIED, "verified", "verified", (True, True, True)),
    ("already there", (BEGUN, ended("unchanged")), "verified", "already there", (True, True, False)),
    ("failed before any change", (BEGUN, ended("failed", "before")), "before", "failed", (True, False, True)),
    ("refused", (BEGUN, ended("not_submitted")), "before", "failed", (True, False, True)),
    ("deployed, not proved", UNPROVED, "unproved", "failed (deployed, not proved)", (True, False, True)),
    (
        "stuck between two commits",
        (BEGUN, ended("failed", "between")),
        "between",
        "failed (stuck between two commits)",
        (True, False, True),
    ),
    ("rolled back by CloudFormation", (BEGUN, ended("rolled_back", "before")), "before", "failed", (True, False, True)),
    ("unknown", (BEGUN, ended("unknown")), "unknown", "failed (what runs is unknown)", (True, False, True)),
    ("never began", (BEGUN, ended("interrupted")), "before", "not started", (True, False, False)),
    ("held", (held(),), "before", "held", (True, False, False)),
    ("moved", (held("moved"),), "other", "held (another commit runs)", (True, False, False)),
    ("superseded", (BEGUN, held("moved")), "other", "held (another commit runs)", (True, False, False)),
    (
        "superseded, skipped",
        (BEGUN, held("moved"), answer("skip")),
        "other",
        "skipped (another commit runs)",
        (False,) * 3,
    ),
    ("skipped before a deploy", (answer("skip"), DONE), "before", "skipped", (False, False, False)),
    ("held, skipped", (held(), answer("skip"), DONE), "before", "skipped", (False, False, False)),
    (
        "skipped unproved",
        (*UNPROVED, answer("skip"), DONE),
        "unproved",
        "skipped (deployed, not proved)",
        (True, False, True),
    ),
    (
        "retried unproved, held",
        (*UNPROVED, answer("retry"), BEGUN, held()),
        "unproved",
        "held (deployed, not proved)",
        (True, False, True),
    ),
    (
        "retried unproved, waits",
        (*UNPROVED, answer("retry")),
        "unproved",
        "not started (deployed, not proved)",
        (True, False, True),
    ),
    ("retried unproved, verified", (*UNPROVED, answer("retry"), *VERIFIED), "verified", "verified", (True, True, True)),
    (
        "skipped unknown",
        (BEGUN, ended("unknown"), answer("skip"), DONE),
        "unknown",
        "skipped (what runs is unknown)",
        (True, False, True),
    ),
    (
        "taken back",
        (*VERIFIED, answer("roll_back"), BACK, back("verified", "before")),
        "before",
        "rolled back",
        (False,) * 3,
    ),
    (
        "to be taken back",
        (*VERIFIED, answer("roll_back")),
        "verified",
        "to roll back (deployed, verified)",
        (True, True, True),
    ),
    ("being taken back", (*VERIFIED, answer("roll_back"), BACK), "changing", "rolling back", (True, False, False)),
    (
        "nothing to take back",
        (BEGUN, ended("failed", "before"), answer("roll_back"), BACK, back("unchanged")),
        "before",
        "rolled back",
        (False,) * 3,
    ),
    ("no way back", NOT_BACK, "verified", NOT_BACK_WORDS, (True, True, True)),
    (
        "no way back, skipped",
        (*NOT_BACK, answer("skip"), OVER),
        "verified",
        "skipped (deployed, verified)",
        (True, True, True),
    ),
    (
        "unproved, no way back, skipped",
        (*UNPROVED, answer("roll_back"), BACK, back("not_submitted"), answer("skip"), DONE),
        "unproved",
        "skipped (deployed, not proved)",
        (True, False, True),
    ),
    ("rollback held", (*VERIFIED, answer("roll_back"), BACK, held()), "verified", NOT_BACK_WORDS, (True, True, True)),
    (
        "rollback of what others moved",
        (*VERIFIED, answer("roll_back"), BACK, held("moved")),
        "other",
        "not rolled back (another commit runs)",
        (False, False, True),
    ),
    (
        "rollback that CloudFormation took back",
        (*VERIFIED, answer("roll_back"), BACK, back("rolled_back")),
        "verified",
        NOT_BACK_WORDS,
        (True, True, True),
    ),
    (
        "rollback unknown",
        (*VERIFIED, answer("roll_back"), BACK, back("unknown")),
        "unknown",
        "not rolled back (what runs is unknown)",
        (True, False, True),
    ),
    # an older version has not written what remains
    ("older: verified", (BEGUN, ended("verified")), "verified", "verified", (True, True, True)),
    ("older: failed", (BEGUN, ended("failed")), "unknown", "failed (what runs is unknown)", (True, False, True)),
    ("older: rolled back", (BEGUN, ended("rolled_back")), "before", "failed", (True, False, True)),
    (
        "older: taken back",
        (*VERIFIED, answer("roll_back"), BACK, back("verified")),
        "before",
        "rolled back",
        (False,) * 3,
    ),
    (
        "older: rollback failed",
        (*VERIFIED, answer("roll_back"), BACK, back("failed")),
        "unknown",
        "not rolled back (what runs is unknown)",
        (True, False, True),
    ),
]


@pytest.mark.parametrize(("happened", "runs", "words", "counts"), [each[1:] for each in ENDS], ids=[e[0] for e in ENDS])
def test_every_end_of_a_member_says_what_its_stack_runs(
    happened: tuple[e.ReleaseEvent, ...], runs: StageRuns, words: str, counts: tuple[bool, bool, bool]
) -> None:
    found = release(*happened)
    progress = found.progress["orders"]
    assert (stage_runs(progress), describe_member(progress), outcome_words(found)) == (runs, words, f"1 {words}")
    lists = delivered_services(found), verified_services(found), services_to_take_back(found)
    assert tuple(bool(each) for each in lists) == counts
    assert bool(deployed_services(found)) == (runs in {"verified", "unproved"})


def test_the_table_holds_every_state() -> None:
    assert {release(*each[1]).progress["orders"].state for each in ENDS} == {*MemberState}


STUCK = StuckOperation("UPDATE_ROLLBACK_FAILED", A, B)


def back_run(*events: RolledBack | NotSubmitted | Failed | Verified | DeployCompleted) -> Run:
    found = fold((planned(A, run="g2", kind="rollback", from_commit=B), *events))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("over", "before", "after"),
    [
        (verified_run(B), "before", "verified"),
        (unproved_run(B), "before", "unproved"),
        (unfinished_run(B), "before", "unproved"),
        (rolled_back_run(B), "before", "before"),
        (run(RolledBack(NOW, "cancelled", None)), "other", "other"),
        (refused_run(B), "unproved", "unproved"),
        (refused_run(B), "before", "before"),
        (run(Failed(NOW, "exit code 1", A)), "unknown", "before"),
        (run(Failed(NOW, "someone else deployed ccccccc", C)), "before", "other"),
        (run(Failed(NOW, "it names no commit", None)), "before", "unknown"),
        (unknown_run(B), "before", "unknown"),
        (run(Failed(NOW, "stuck", None, halfway=STUCK)), "before", "between"),
        # on the way back
        (back_run(Verified(NOW)), "verified", "before"),
        (back_run(DeployCompleted(NOW, smoke=True), Failed(NOW, "the smoke test failed", A)), "verified", "before"),
        (back_run(RolledBack(NOW, "OrdersTable", B)), "verified", "verified"),
        (back_run(RolledBack(NOW, "OrdersTable", B)), "unproved", "unproved"),
        (back_run(NotSubmitted(NOW, "no checkout")), "verified", "verified"),
        (back_run(Failed(NOW, "exit code 1", B)), "unknown", "unproved"),
    ],
)
def test_a_run_leaves_what_its_record_proves(over: Run, before: e.Remains, after: e.Remains) -> None:
    assert remains_of_run(over, MEMBER, before) == after


@pytest.mark.parametrize(
    "before", [(*UNPROVED, answer("skip")), (*UNPROVED, answer("retry")), (*UNPROVED, answer("retry"), BEGUN, held())]
)
def test_what_the_release_has_deployed_is_taken_back_with_all_of_it(before: tuple[e.ReleaseEvent, ...]) -> None:
    assert release(*before, answer("roll_back_all")).progress["orders"].state is MemberState.TO_ROLL_BACK


@pytest.mark.parametrize("before", [(), (answer("skip"),)])
def test_what_it_has_not_touched_is_not(before: tuple[e.ReleaseEvent, ...]) -> None:
    then = release(*before)
    assert release(*before, answer("roll_back_all")).progress == then.progress
