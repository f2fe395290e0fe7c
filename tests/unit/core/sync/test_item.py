"""Items of a sync together: dependents, the stages after, and the exit code."""

from __future__ import annotations

import pytest

from promote_tui.core.sync.decision import (
    Current,
    Deploy,
    Failure,
    Regression,
    Superseded,
    SyncDecision,
    Unchanged,
    Undecided,
    Waiting,
    name,
    remedy_of,
)
from promote_tui.core.sync.item import (
    SyncItem,
    describe,
    exit_code,
    expect_in_stages,
    hold_back_dependents,
)
from tests.support.values import A, B, commit

DUE, DONE = Deploy("1 commit after aaaaaaa"), Deploy("1 commit after aaaaaaa", "g1")
WAITS = Waiting("hold: on hold by joe", "lift it", ("hold",))
SOAKS = Waiting("soak: verified 1h ago", "wait 3h", ("soak",), patient=True)
UNKNOWN, LOGIN = Undecided("no answer", "sync again"), Undecided("expired", "log in", login=True)
FAILED, BACK = Failure("run g1 is failed", "fix it", "g1"), Regression("lacks 1 commit", "merge it")


def item(decision: SyncDecision, service: str = "orders", stage: str = "dev", sha: str = B) -> SyncItem:
    """A service in a stage."""
    return SyncItem(service, stage, "merge", "main", commit(sha), A, decision)


@pytest.mark.parametrize("decision", [WAITS, SOAKS, UNKNOWN, FAILED, BACK])
def test_a_service_that_is_not_deployed_holds_back_what_depends_on_it(decision: SyncDecision) -> None:
    first, second, third = hold_back_dependents(
        [item(decision, "billing"), item(DUE), item(DUE, "web")], {"orders": ("billing",), "web": ("orders",)}
    )
    assert first.decision == decision
    words = f"billing, which it depends on, is not deployed: {decision.reason}"
    assert second.decision == Waiting(words, "see billing, then sync again")
    assert third.decision == Waiting(
        f"orders, which it depends on, is not deployed: {words}", "see orders, then sync again"
    )


@pytest.mark.parametrize("decision", [Current("runs it"), Unchanged("same code"), DUE, DONE])
def test_a_service_that_has_what_is_due_holds_back_nobody(decision: SyncDecision) -> None:
    items = [item(decision, "billing"), item(DUE)]
    assert hold_back_dependents(items, {"orders": ("billing", "elsewhere")}) == tuple(items)


def test_what_a_service_keeps_is_not_changed_by_what_it_depends_on() -> None:
    items = [item(WAITS, "billing"), item(Current("runs it"))]
    assert hold_back_dependents(items, {"orders": ("billing",)}) == tuple(items)


ORDER = Waiting("stage order: was never verified in dev", "promote it to dev first", ("stage order",))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (item(DUE), item(ORDER, stage="staging"), "deploy"),
        (item(DUE, sha=A), item(ORDER, stage="staging"), "waits"),
        (item(WAITS), item(ORDER, stage="staging"), "waits"),
        (item(DUE), item(WAITS, stage="staging"), "waits"),
        (item(DUE), item(BACK, stage="staging"), "would_go_back"),
    ],
)
def test_what_one_stage_gets_is_expected_in_the_next(first: SyncItem, second: SyncItem, expected: str) -> None:
    found = expect_in_stages([first, second], {}, {"dev": None, "staging": "dev"})
    assert name(found[1].decision) == expected


def test_three_stages_follow_each_other() -> None:
    items = [item(DUE), item(ORDER, stage="staging"), item(ORDER, stage="prod")]
    found = expect_in_stages(items, {}, {"dev": None, "staging": "dev", "prod": "staging"})
    assert [each.decision.reason for each in found[1:]] == [
        "once it is verified in dev",
        "once it is verified in staging",
    ]


@pytest.mark.parametrize(
    ("decisions", "code"),
    [
        ([], 0),
        ([Current("x"), Unchanged("x"), DONE, SOAKS, Superseded(B, "x")], 0),
        ([DONE, WAITS], 3),
        ([DONE, BACK], 3),
        ([WAITS, UNKNOWN], 1),
        ([WAITS, LOGIN], 4),
        ([LOGIN, FAILED], 1),
        ([FAILED, WAITS], 1),
    ],
)
def test_how_a_sync_ends(decisions: list[SyncDecision], code: int) -> None:
    assert exit_code([item(each) for each in decisions], check=False) == code
    assert exit_code([item(each) for each in decisions], check=True) == code


def test_a_check_says_that_something_would_be_deployed() -> None:
    assert exit_code([item(WAITS), item(DUE), item(UNKNOWN)], check=True) == 5


def test_every_decision_has_a_word_and_its_next_step() -> None:
    every: list[SyncDecision] = [Current("x"), Unchanged("x"), DUE, WAITS, UNKNOWN, BACK, Superseded(B, "x"), FAILED]
    names = ["current", "unchanged", "deploy", "waits", "unknown", "would_go_back", "superseded", "failed"]
    assert [name(each) for each in every] == names
    assert [remedy_of(each) for each in every] == ["", "", "", "lift it", "sync again", "merge it", "", "fix it"]
    assert describe(item(WAITS)) == "hold: on hold by joe; lift it"
