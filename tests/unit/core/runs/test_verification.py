"""Which code counts_as_verified as verified in a stage."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.model.cells import Cell, Halfway, Never
from promote_tui.core.model.commit_names import CommitAlias
from promote_tui.core.model.halfway import StuckOperation
from promote_tui.core.runs.verification import (
    NothingOnRecord,
    NotVerified,
    ObservedDeploy,
    RollbackRefusal,
    VerifiedBy,
    counts_as_verified,
    has_other_verified,
    nothing_on_record,
    observed_before,
    refuse_rollback,
    verification,
)
from promote_tui.core.value import replace
from tests.support.values import (
    NOW,
    TARGET,
    A,
    B,
    C,
    D,
    deployed,
    refused_run,
    rolled_back_run,
    stack,
    unfinished_run,
    unknown_run,
    unproved_run,
    verified_run,
)

if TYPE_CHECKING:
    from promote_tui.core.runs.events import RunKind
    from promote_tui.core.runs.run import Run

TREES = {A: "1", B: "2", C: "2", D: "4"}


def same(one: str, other: str) -> bool:
    """B and C are the same code."""
    return TREES[one] == TREES[other]


@pytest.mark.parametrize("commit", [B, C])
def test_a_run_verifies_its_commit_and_every_other_with_the_same_service_tree(commit: str) -> None:
    verdict = verification(commit, "dev", deployed(B), [verified_run(B, "g7")], same)
    assert verdict == VerifiedBy("g7", B, NOW + timedelta(hours=1))


def test_a_verified_commit_stays_so_after_the_stage_moved_on() -> None:
    runs = [verified_run(A, "g2", hours=5), verified_run(B, "g1")]
    assert counts_as_verified(verification(B, "dev", deployed(A), runs, same))


def test_without_any_record_what_is_deployed_and_stable_is_observed() -> None:
    verdict = verification(C, "dev", deployed(B), [], same)
    assert verdict == ObservedDeploy(B, deployed(B).stack.updated_at)


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


def rolled_back(left: str, *, to: str) -> Run:
    """A run that a person took a stage back with, from what it left."""
    found = verified_run(to)
    return replace(found, planned=replace(found.planned, kind="rollback", from_commit=left))


def of_others(run: Run, kind: RunKind = "foreign") -> Run:
    """The run as an update that somebody else made, or that was adopted."""
    return replace(run, planned=replace(run.planned, kind=kind))


def from_(left: str | None, run: Run) -> Run:
    """The run from another commit."""
    return replace(run, planned=replace(run.planned, from_commit=left))


def beginning(run: Run, status: str | None) -> Run:
    """The run that found its stack in this status."""
    return replace(run, planned=replace(run.planned, stack_status=status))


def halfway(was: str, to: str) -> Halfway:
    """A stack that got stuck between two commits."""
    return Halfway(TARGET, stack(None, "UPDATE_FAILED"), StuckOperation("UPDATE_FAILED", was, to))


@pytest.mark.parametrize(
    ("commit", "runs", "found"),
    [
        (A, [unproved_run(B)], ObservedDeploy(A, None)),
        (A, [unproved_run(C, "g2"), unproved_run(B)], ObservedDeploy(A, None)),
        (B, [unproved_run(C)], None),
        (A, [verified_run(C, "g2"), unproved_run(B)], ObservedDeploy(A, None)),
        (A, [unproved_run(A, "g2"), unproved_run(B)], None),
        (A, [unfinished_run(A, "g2"), unproved_run(B)], None),
        (A, [unfinished_run(B)], ObservedDeploy(A, None)),
        (A, [replace_kind(verified_run(C, "g2")), verified_run(B)], None),
        (A, [verified_run(B, "g2"), of_others(verified_run(D))], ObservedDeploy(A, None)),
        (A, [verified_run(B, "g2"), of_others(from_(B, verified_run(D)))], ObservedDeploy(A, None)),
        (A, [verified_run(B, "g2"), of_others(from_(B, verified_run(D)), "adopted")], ObservedDeploy(A, None)),
        (A, [of_others(verified_run(B))], None),
        (A, [from_(None, verified_run(B))], None),
        (A, [beginning(verified_run(B), "UPDATE_ROLLBACK_COMPLETE")], ObservedDeploy(A, None)),
        (A, [beginning(verified_run(B), "UPDATE_FAILED")], None),
        (A, [beginning(verified_run(B), None)], None),
        (A, [], None),
    ],
)
def test_what_ran_before_the_first_run_may_be_gone_back_to_until_it_was_left_for_a_reason(
    commit: str, runs: list[Run], found: ObservedDeploy | None
) -> None:
    assert observed_before(commit, runs, same) == found


@pytest.mark.parametrize("runs", [[rolled_back_run(B)], [refused_run(B)]])
def test_an_attempt_that_changed_nothing_leaves_the_deployed_code_observed(runs: list[Run]) -> None:
    assert isinstance(verification(A, "dev", deployed(A), runs, same), ObservedDeploy)


BY_TAG = replace(deployed(B), stack=replace(deployed(B).stack, alias=CommitAlias("v1", by_tag=True)))


@pytest.mark.parametrize(
    ("cell", "runs", "says"),
    [
        (None, [], "bbbbbbb was never verified in dev"),
        (deployed(A), [], "bbbbbbb was never verified in dev"),
        (Never(TARGET), [], "bbbbbbb was never verified in dev"),
        (deployed(A), [rolled_back_run(B)], "bbbbbbb was never verified in dev"),
        (deployed(A), [rolled_back(D, to=A)], "bbbbbbb was never verified in dev"),
        (
            deployed(B),
            [verified_run(A)],
            "bbbbbbb was deployed to dev without promote-tui; promote it to dev, or adopt it",
        ),
        (deployed(B), [unknown_run(B)], "a run to dev ended without a verdict; reconcile it first"),
        (deployed(B, "UPDATE_ROLLBACK_FAILED"), [], "the stack in dev is UPDATE_ROLLBACK_FAILED"),
        (
            BY_TAG,
            [],
            (
                "dev names the tag v1, which is bbbbbbb here and may have been moved since the deploy; "
                "adopt it, or promote it to dev"
            ),
        ),
        (halfway(A, B), [verified_run(B)], "dev is half-way between aaaaaaa and bbbbbbb (UPDATE_FAILED)"),
        (halfway(C, A), [verified_run(B)], "dev is half-way between ccccccc and aaaaaaa (UPDATE_FAILED)"),
        (halfway(A, D), [], "bbbbbbb was never verified in dev"),
        (halfway("", ""), [], "bbbbbbb was never verified in dev"),
    ],
)
def test_everything_else_does_not_count_and_says_why(cell: Cell | None, runs: list[Run], says: str) -> None:
    verdict = verification(B, "dev", cell, runs, same)
    assert verdict == NotVerified(says)
    assert not counts_as_verified(verdict)


def test_a_stack_that_names_its_commit_by_a_short_hash_is_believed() -> None:
    short = replace(deployed(B), stack=replace(deployed(B).stack, alias=CommitAlias(B[:7])))
    assert verification(B, "dev", short, [], same) == ObservedDeploy(B, short.stack.updated_at)


@pytest.mark.parametrize(
    ("now", "runs", "others"),
    [
        (None, [], False),
        (None, [verified_run(B)], True),
        (A, [verified_run(B)], True),
        (B, [verified_run(B)], False),
        (C, [verified_run(B)], False),
        (B, [verified_run(A, "g2"), verified_run(B)], True),
        (A, [unproved_run(B)], False),
        (A, [of_others(verified_run(B))], False),
        (A, [verified_run("")], False),
        (None, [verified_run("")], False),
    ],
)
def test_a_rollback_is_sent_to_what_was_verified_besides_the_code_that_runs(
    now: str | None, runs: list[Run], *, others: bool
) -> None:
    assert has_other_verified(now, "dev", runs, same) is others


@pytest.mark.parametrize(
    ("now", "runs", "found"),
    [
        (None, [], None),
        (A, [], NothingOnRecord(B, "dev")),
        (A, [verified_run(A)], NothingOnRecord(B, "dev", except_current=True)),
        (A, [verified_run(D, "g2"), verified_run(A)], None),
        (A, [unproved_run(D)], NothingOnRecord(B, "dev")),
        (A, [unproved_run(C)], None),
        (A, [rolled_back(B, to=A)], None),
        (A, [rolled_back(D, to=A)], NothingOnRecord(B, "dev", except_current=True)),
        (A, [of_others(unproved_run(B))], NothingOnRecord(B, "dev")),
    ],
)
def test_what_is_older_may_be_gone_back_to_where_the_record_cannot_tell(
    now: str | None, runs: list[Run], found: NothingOnRecord | None
) -> None:
    assert nothing_on_record(B, "dev", now, runs, same) == found


@pytest.mark.parametrize(
    ("unknown", "runs", "refused"),
    [
        ("", [], RollbackRefusal("never verified", "older")),
        ("no output says it", [], RollbackRefusal("no output says it", "adopt")),
        ("no output says it", [verified_run(A)], RollbackRefusal("no output says it", "adopt")),
        ("no output says it", [unproved_run(C)], RollbackRefusal("never verified", "older")),
        ("no output says it", [of_others(unproved_run(C))], RollbackRefusal("no output says it", "adopt")),
    ],
)
def test_a_person_has_to_say_what_runs_before_anything_can_be_called_older(
    unknown: str, runs: list[Run], refused: RollbackRefusal
) -> None:
    assert refuse_rollback(B, NotVerified("never verified"), unknown, runs, same) == refused


def test_code_that_a_rollback_has_left_does_not_count_until_a_run_verifies_it_again() -> None:
    bad, good = verified_run(B, "g2", hours=2), verified_run(A, "g1", hours=1)
    planned_back = replace(good.planned, run="g3", kind="rollback", from_commit=B, to_commit=A)
    back = replace(verified_run(A, "g3", hours=3), planned=planned_back)
    runs = [back, bad, good]
    found = verification(C, "dev", deployed(A), runs, same)
    assert found == NotVerified("ccccccc was rolled back in dev by run g3")
    assert counts_as_verified(verification(A, "dev", deployed(A), runs, same))
    assert counts_as_verified(verification(B, "dev", deployed(B), [verified_run(B, "g4", hours=4), *runs], same))
