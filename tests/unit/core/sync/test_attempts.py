"""What sync does not try again by itself: what failed last, and what was rolled back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.runs.events import RolledBack, Verified
from promote_tui.core.runs.fold import fold
from promote_tui.core.sync.attempts import refuse_another_attempt
from promote_tui.core.sync.decision import Waiting
from tests.support.values import (
    NOW,
    A,
    B,
    C,
    planned,
    refused_run,
    rolled_back_run,
    run,
    unknown_run,
    unproved_run,
    verified_run,
)

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Run

AGAIN = "push a fix, or promote-tui sync orders --stage staging --retry"


def rollback(left: str, to: str = A) -> Run:
    """A verified rollback from a commit."""
    found = fold([planned(to, kind="rollback", from_commit=left), Verified(NOW)])
    assert found is not None
    return found


FAILED = Waiting("run g1 of bbbbbbb is rolled back: OrdersTable; it is not tried again by itself", AGAIN)
CANCELLED = run(RolledBack(NOW, "stopped by ana", A, cancelled=True), to=B)
UNPROVED = Waiting("run g1 of bbbbbbb is failed: the smoke test failed; it is not tried again by itself", AGAIN)
LEFT = Waiting("bbbbbbb was rolled back in staging by run g1; it is not tried again by itself", AGAIN)


@pytest.mark.parametrize(
    ("runs", "says"),
    [
        ([], None),
        ([verified_run(B)], None),
        ([rolled_back_run(B)], FAILED),
        ([refused_run(B), rolled_back_run(B)], FAILED),
        ([unproved_run(B)], UNPROVED),
        ([rollback(B)], LEFT),
        ([verified_run(C), rolled_back_run(B)], FAILED),
        ([verified_run(B), rolled_back_run(B)], None),
        ([verified_run(B), rollback(B)], None),
        ([rolled_back_run(B), verified_run(B)], FAILED),
        ([refused_run(B)], None),
        ([rolled_back_run(C)], None),
        ([rollback(C, B)], None),
    ],
)
def test_code_that_failed_or_was_rolled_back_is_left_to_people(runs: list[Run], says: Waiting | None) -> None:
    assert refuse_another_attempt(B, runs, lambda one, other: one == other) == says


@pytest.mark.parametrize(("found", "status"), [(CANCELLED, "is cancelled"), (unknown_run(B), "is unknown")])
def test_what_a_person_stopped_or_nobody_knows_is_not_tried_again(found: Run, status: str) -> None:
    waiting = refuse_another_attempt(B, [found], lambda one, other: one == other)
    assert waiting is not None
    assert status in waiting.reason


def test_the_same_code_under_another_hash_is_the_same_attempt() -> None:
    assert refuse_another_attempt(B, [rolled_back_run(C)], lambda _one, _other: True) is not None
