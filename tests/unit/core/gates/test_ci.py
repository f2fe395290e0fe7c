"""The gate `ci`: every answer of a host in words, and nothing that is not known passes."""

from __future__ import annotations

import pytest

from promote_tui.core.gates.ci import CiGate
from promote_tui.core.model.ci import CiReading, CiState, CiStatus
from promote_tui.core.model.team_rules import Rules
from promote_tui.core.text import short
from tests.support.gates import blocked, context, one, passes
from tests.support.values import A

RULES = Rules(ci=("build", "lint"))
REMEDY = f"let them succeed for {short(A)}, then plan again"
BUILD = CiStatus("build", "success", "success")


def lint(state: CiState, word: str = "") -> CiReading:
    """A build that succeeded, and a lint in this state."""
    return CiReading((BUILD, CiStatus("lint", state, word or state)))


def test_a_stage_that_names_no_build_has_no_such_gate() -> None:
    assert CiGate().check(context(Rules())) is None


def test_it_passes_when_each_named_build_has_succeeded() -> None:
    assert one(CiGate().check(context(RULES, ci=lint("success")))) == passes("ci", "succeeded: build, lint")


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (lint("failed"), "lint failed"),
        (lint("pending"), "lint is not over yet"),
        (lint("skipped"), "lint was skipped"),
        (lint("unknown", "odd"), "lint is in an unknown state, odd"),
        (CiReading((BUILD,)), "lint is missing"),
        (CiReading(), "build is missing; lint is missing"),
        (CiReading((*lint("success").statuses, CiStatus("lint", "failed", "failure"))), "lint failed"),
        (CiReading((CiStatus("lint", "pending", "queued"), *lint("success").statuses)), "lint is not over yet"),
    ],
)
def test_whatever_is_no_success_blocks_with_a_word_of_its_own(found: CiReading, reason: str) -> None:
    assert one(CiGate().check(context(RULES, ci=found))) == blocked("ci", reason, REMEDY)


def test_what_was_not_checked_blocks() -> None:
    found = CiReading((BUILD,), "GITHUB_TOKEN is not set in the environment", "export GITHUB_TOKEN, then plan again")
    assert one(CiGate().check(context(RULES, ci=found))) == blocked(
        "ci", "not checked: GITHUB_TOKEN is not set in the environment", "export GITHUB_TOKEN, then plan again"
    )
    assert one(CiGate().check(context(RULES))) == blocked("ci", "not checked: nobody asked", "plan again")


def test_it_can_be_overridden_and_asks_nothing_of_a_rollback() -> None:
    assert CiGate.overridable
    assert "rollback" not in CiGate.kinds
