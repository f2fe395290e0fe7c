"""Which verified commit goes on: the newest that may, else the one that may be soonest."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.sync.auto_promotion import VerifiedCandidate, choose_candidate
from promote_tui.core.sync.decision import Current, Deploy, Regression, SyncDecision, Undecided, Waiting
from tests.support.values import NOW, A, B, C, commit

if TYPE_CHECKING:
    from collections.abc import Iterator

DUE, RUNS = Deploy("x"), Current("x")
SOON = Waiting("soak", "wait", ("soak",), opens_at=NOW + timedelta(hours=1))
LATE = Waiting("soak", "wait", ("soak",), opens_at=NOW + timedelta(hours=4))
ASKS = Waiting("approvals", "ask", ("approvals",))
HELD = Waiting("hold", "lift", ("hold",))
LOCK = Waiting("lock", "wait", lock_of="g1")
TRIED = Waiting("was rolled back", "push a fix")


@pytest.mark.parametrize(
    ("decisions", "chosen"),
    [
        ([DUE, DUE], 0),
        ([LATE, DUE], 1),
        ([ASKS, DUE], 1),
        ([LATE, SOON, RUNS], 1),
        ([ASKS, SOON, RUNS], 1),
        ([ASKS, ASKS, RUNS], 0),
        ([LATE, RUNS, DUE], 0),
        ([RUNS, DUE], 0),
        ([HELD, DUE], 0),
        ([LOCK, DUE], 0),
        ([TRIED, DUE], 0),
        ([Undecided("x", "y"), DUE], 0),
        ([Regression("x", "y"), DUE], 0),
    ],
)
def test_the_newest_that_may_go_does(decisions: list[SyncDecision], chosen: int) -> None:
    candidates = [VerifiedCandidate(commit(sha), each) for sha, each in zip((A, B, C), decisions, strict=False)]
    assert choose_candidate(candidates) is candidates[chosen]


def test_without_a_candidate_there_is_none() -> None:
    assert choose_candidate([]) is None


def test_an_older_commit_is_looked_at_only_where_no_newer_one_will_do() -> None:
    def candidates() -> Iterator[VerifiedCandidate]:
        yield VerifiedCandidate(commit(A), DUE)
        pytest.fail("looked at an older commit")

    assert choose_candidate(candidates()) == VerifiedCandidate(commit(A), DUE)
