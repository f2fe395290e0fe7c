"""Which code counts as verified in a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.model.pipeline import Cell, Never
from promote_tui.core.runs.verification import (
    NotVerified,
    Observed,
    VerifiedBy,
    counts_as_verified,
    observed_before,
    verification,
)
from promote_tui.core.value import replace
from tests.support.values import (
    TARGET,
    A,
    B,
    C,
    deployed,
    refused_run,
    rolled_back_run,
    unfinished_run,
    unknown_run,
    unproved_run,
    verified_run,
)

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Run

TREES = {A: "1", B: "2", C: "2"}


def same(one: str, other: str) -> bool:
    """B and C are the same code."""
    return TREES[one] == TREES[other]


def test_a_run_verifies_its_commit() -> None:
    verdict = verification(B, "dev", deployed(B), [verified_run(B, "g7")], same)
    assert isinstance(verdict, VerifiedBy)
    assert verdict.run == "g7"


def test_a_run_verifies_a_merge_commit_with_the_same_service_tree() -> None:
    verdict = verification(C, "dev", deployed(B), [verified_run(B)], same)
    assert isinstance(verdict, VerifiedBy)
    assert verdict.commit == B


def test_a_verified_commit_stays_so_after_the_stage_moved_on() -> None:
    runs = [verified_run(A, "g2", hours=5), verified_run(B, "g1")]
    assert counts_as_verified(verification(B, "dev", deployed(A), runs, same))


def test_without_any_record_what_is_deployed_and_stable_is_observed() -> None:
    verdict = verification(C, "dev", deployed(B), [], same)
    assert verdict == Observed(B, deployed(B).stack.updated_at)


def test_code_that_was_not_proved_does_not_count_until_a_later_run_proves_it() -> None:
    verdict = verification(B, "dev", deployed(B), [unproved_run(C)], same)
    assert verdict == NotVerified("bbbbbbb was not proved in dev: the smoke test failed (run g1)", unproved=True)
    assert counts_as_verified(verification(B, "dev", deployed(B), [verified_run(B, "g2"), unproved_run(B)], same))
    assert not counts_as_verified(verification(B, "dev", deployed(B), [unproved_run(B, "g2"), verified_run(B)], same))


@pytest.mark.parametrize(
    ("runs", "does"),
    [
        ([unfinished_run(B)], False),
        ([unfinished_run(B, "g2"), verified_run(B)], False),
        ([verified_run(B, "g2"), unfinished_run(B)], True),
        ([rolled_back_run(B), unfinished_run(B)], False),
    ],
)
def test_code_whose_deploy_did_not_finish_does_not_count_until_a_run_succeeds(runs: list[Run], *, does: bool) -> None:
    verdict = verification(B, "dev", deployed(B), runs, same)
    assert counts_as_verified(verdict) is does
    assert does or "bbbbbbb was not proved in dev: the CLI failed (run g" in str(verdict)


def replace_kind(run: Run) -> Run:
    """The run as a rollback from what it left."""
    return replace(run, planned=replace(run.planned, kind="rollback"))


@pytest.mark.parametrize(
    ("commit", "runs", "found"),
    [
        (A, [unproved_run(B)], Observed(A, None)),
        (A, [unproved_run(C, "g2"), unproved_run(B)], Observed(A, None)),
        (B, [unproved_run(C)], None),
        (A, [verified_run(C, "g2"), unproved_run(B)], Observed(A, None)),
        (A, [unproved_run(A, "g2"), unproved_run(B)], None),
        (A, [unfinished_run(A, "g2"), unproved_run(B)], None),
        (A, [unfinished_run(B)], Observed(A, None)),
        (A, [replace_kind(verified_run(C, "g2")), verified_run(B)], None),
        (A, [], None),
    ],
)
def test_what_ran_before_the_first_run_may_be_gone_back_to_until_it_was_left_for_a_reason(
    commit: str, runs: list[Run], found: Observed | None
) -> None:
    assert observed_before(commit, runs, same) == found


@pytest.mark.parametrize("runs", [[rolled_back_run(B)], [refused_run(B)]])
def test_an_attempt_that_changed_nothing_leaves_the_deployed_code_observed(runs: list[Run]) -> None:
    assert isinstance(verification(A, "dev", deployed(A), runs, same), Observed)


@pytest.mark.parametrize(
    ("cell", "runs", "says"),
    [
        (deployed(A), [], "was never verified in dev"),
        (Never(TARGET), [], "was never verified in dev"),
        (deployed(B), [verified_run(A)], "without promote-tui"),
        (deployed(B), [unknown_run(B)], "without a verdict"),
        (deployed(B, "UPDATE_ROLLBACK_FAILED"), [], "UPDATE_ROLLBACK_FAILED"),
        (deployed(A), [rolled_back_run(B)], "was never verified in dev"),
    ],
)
def test_everything_else_does_not_count_and_says_why(cell: Cell, runs: list[Run], says: str) -> None:
    verdict = verification(B, "dev", cell, runs, same)
    assert isinstance(verdict, NotVerified)
    assert says in verdict.reason
    assert not counts_as_verified(verdict)


def test_code_that_a_rollback_has_left_does_not_count_until_a_run_verifies_it_again() -> None:
    bad, good = verified_run(B, "g2", hours=2), verified_run(A, "g1", hours=1)
    planned_back = replace(good.planned, run="g3", kind="rollback", from_commit=B, to_commit=A)
    back = replace(verified_run(A, "g3", hours=3), planned=planned_back)
    runs = [back, bad, good]
    found = verification(C, "dev", deployed(A), runs, same)
    assert found == NotVerified("ccccccc was rolled back in dev by run g3")
    assert counts_as_verified(verification(A, "dev", deployed(A), runs, same))
    assert counts_as_verified(verification(B, "dev", deployed(B), [verified_run(B, "g4", hours=4), *runs], same))
