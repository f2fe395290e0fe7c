"""What follows from a verdict, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.model.team_rules import Rules
from promote_tui.core.runs.consequences import after_failed_proof, reason_to_hold
from promote_tui.core.runs.events import Failed, NotSubmitted, OutcomeUnknown, RolledBack, Verified
from tests.support.values import NOW, A, B, planned

if TYPE_CHECKING:
    from promote_tui.core.model.team_rules import OnFailure
    from promote_tui.core.runs.events import Planned, RunKind, Verdict

FORWARD, BACK = planned(B, kind="normal", from_commit=A), planned(A, kind="rollback", from_commit=B)
WHY = planned(A, kind="rollback", from_commit=B, reason="5xx")
UNPROVED = Failed(NOW, "the smoke test failed", B, "look", deployed=True)


@pytest.mark.parametrize(
    ("asked", "kind", "follows"),
    [
        ("ask", "normal", "ask"),
        ("stop", "normal", "stop"),
        ("rollback", "normal", "rollback"),
        ("rollback", "hotfix", "rollback"),
        ("rollback", "rollback", "ask"),
        ("stop", "rollback", "stop"),
    ],
)
def test_a_rollback_is_followed_by_no_other(asked: OnFailure, kind: RunKind, follows: OnFailure) -> None:
    assert after_failed_proof(Rules(on_failure=asked), kind) == follows


@pytest.mark.parametrize(
    ("asked", "run", "verdict", "reason"),
    [
        ("ask", FORWARD, Verified(NOW), ""),
        ("ask", BACK, Verified(NOW), "bbbbbbb was rolled back by run g1"),
        ("ask", planned(A, kind="rollback", from_commit=None), Verified(NOW), "was rolled back by run g1"),
        (
            "ask",
            planned(A, kind="rollback", from_commit=B, reason="5xx"),
            Verified(NOW),
            "bbbbbbb was rolled back by run g1: 5xx",
        ),
        ("ask", BACK, UNPROVED, ""),
        ("ask", FORWARD, UNPROVED, ""),
        ("rollback", FORWARD, UNPROVED, ""),
        ("stop", FORWARD, UNPROVED, "run g1 of bbbbbbb failed: the smoke test failed"),
        ("stop", BACK, UNPROVED, "run g1 of aaaaaaa failed: the smoke test failed"),
        ("stop", FORWARD, Failed(NOW, "quota", A, "look"), ""),
        ("stop", FORWARD, RolledBack(NOW, "quota", A), ""),
        ("stop", FORWARD, NotSubmitted(NOW, "cancelled"), ""),
        ("stop", FORWARD, OutcomeUnknown(NOW, "no network", "look"), ""),
    ],
)
def test_a_stage_is_held_after_a_rollback_and_where_it_stops(
    asked: OnFailure, run: Planned, verdict: Verdict, reason: str
) -> None:
    assert reason_to_hold(Rules(on_failure=asked), run, verdict) == reason


def test_a_reason_to_hold_is_cut() -> None:
    long = Failed(NOW, "x" * 1000, B, "look", deployed=True)
    assert len(reason_to_hold(Rules(on_failure="stop"), FORWARD, long)) == 500
