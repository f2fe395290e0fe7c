"""What a promotion waits for, by the decisions about its code, who looks, and its gates."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.gates.model import GateResult
from promote_tui.core.inbox.item import Viewer
from promote_tui.core.inbox.promotions import PendingPromotion, promotion_items
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.value import replace
from tests.support.gates import blocked, decision
from tests.support.values import NOW, STAGING, A, commit

if TYPE_CHECKING:
    from promote_tui.core.gates.decisions import Decision

ME = Viewer("ana@example.com", "ana", frozenset({"ana@example.com", "ana"}))
PASSES = GateResult("stack", passed=True, reason="stable")
NOT_YET = blocked("soak", "verified 1h ago", "wait 3h", opened_by="time")
NEVER = blocked("branch", "it is on none of main", "merge it", opened_by="another commit")
HOUR = timedelta(hours=1)
APPROVED = decision("approve", "bob")
MINE = decision("approve", "ana")
TICKED = decision("check", "bob", item="QA")
A7 = A[:7]


def pending(rules: Rules, *decisions: Decision, gates: tuple[GateResult, ...] = (PASSES,)) -> PendingPromotion:
    stage = replace(STAGING, name="prod", rules=rules)
    return PendingPromotion("orders", stage, commit(A), gates, decisions, NOW - 5 * HOUR, ("joe",))


def found(of: PendingPromotion, viewer: Viewer = ME) -> list[tuple[str, str, str]]:
    return [(each.kind, each.words, each.command) for each in promotion_items(of, viewer, NOW)]


ONE, TWO = Rules(approvals=Approvals(1)), Rules(approvals=Approvals(2))
LEADS = Rules(approvals=Approvals(1, ("bob", "lea"), ("leads",)))
MY_GROUP = Rules(approvals=Approvals(1, ("ana", "bob"), ("leads",)))
ABOUT = f"{A7} Retry refunds on 409"
APPROVE = f"promote-tui approve orders --to prod --commit {A7}"


@pytest.mark.parametrize(
    ("rules", "decisions", "words"),
    [
        (Rules(), (), None),
        (ONE, (), "0 of 1 approval so far"),
        (ONE, (APPROVED,), None),
        (ONE, (MINE,), None),
        (TWO, (APPROVED,), "1 of 2 approvals by bob"),
        (TWO, (MINE,), None),
        (TWO, (MINE, decision("withdraw", "ana", minutes=5)), "0 of 2 approvals so far"),
        (LEADS, (), None),
        (MY_GROUP, (), "0 of 1 approval of leads so far"),
        (MY_GROUP, (decision("approve", "eve"),), "0 of 1 approval of leads so far"),
    ],
)
def test_an_approval_waits_for_who_can_give_it_and_has_not(
    rules: Rules, decisions: tuple[Decision, ...], words: str | None
) -> None:
    wanted = [] if words is None else [("approval", f"{ABOUT}: {words}", APPROVE)]
    assert found(pending(rules, *decisions)) == wanted


@pytest.mark.parametrize(
    ("decisions", "entries"),
    [
        ((), ["QA", "it's seen"]),
        ((TICKED,), ["it's seen"]),
        ((TICKED, decision("check", "bob", item="it's seen")), []),
        ((TICKED, decision("withdraw", "bob", item="QA", minutes=5)), ["QA", "it's seen"]),
    ],
)
def test_every_item_that_nobody_has_ticked_waits(decisions: tuple[Decision, ...], entries: list[str]) -> None:
    items = list(promotion_items(pending(Rules(checklist=("QA", "it's seen")), *decisions), ME, NOW))
    assert [(each.kind, each.entry) for each in items] == [("tick", entry) for entry in entries]
    assert [each.words for each in items] == [f"{entry}, for {ABOUT}" for entry in entries]


def test_the_command_of_a_tick_holds_for_any_item() -> None:
    rules = Rules(checklist=("it's seen",))
    assert found(pending(rules))[0][2] == f"""promote-tui check 'it'"'"'s seen' orders --to prod --commit {A7}"""


@pytest.mark.parametrize(
    ("hours", "gates", "is_shown"),
    [
        (4, (PASSES,), True),
        (5, (PASSES,), True),
        (6, (PASSES,), False),
        (0, (PASSES,), False),
        (4, (PASSES, NOT_YET), False),
        (4, (PASSES, blocked("hold", "on hold", "lift it")), False),
    ],
)
def test_a_soak_that_has_ended_is_said_once_nothing_else_is_in_the_way(
    hours: int, gates: tuple[GateResult, ...], is_shown: bool
) -> None:
    of = pending(Rules(soak=hours * 3600.0), gates=gates)
    items = list(promotion_items(of, ME, NOW))
    assert [each.kind for each in items] == ["soak"] * is_shown
    if is_shown:
        assert items[0].since == NOW - 5 * HOUR + hours * HOUR
        assert items[0].words == f"{ABOUT}: verified 5h ago; every gate passes"
        assert items[0].command == f"promote-tui promote orders --to prod --commit {A7}"


def test_of_code_that_nobody_knows_since_when_it_is_verified_no_soak_has_ended() -> None:
    assert found(replace(pending(Rules(soak=1.0)), verified_at=None)) == []


def test_nobody_is_asked_about_a_commit_that_can_never_be_promoted() -> None:
    rules = Rules(approvals=Approvals(1), checklist=("QA",))
    assert found(pending(rules, gates=(NEVER, NOT_YET))) == []
    assert [kind for kind, _, _ in found(pending(rules, gates=(PASSES, NOT_YET)))] == ["approval", "tick"]


def test_an_item_says_since_when_whose_and_about_which_commit() -> None:
    (item,) = promotion_items(pending(ONE), ME, NOW)
    assert (item.services, item.stage, item.commit, item.since) == (("orders",), "prod", A, NOW - 5 * HOUR)
    assert (item.about, item.is_mine) == ("orders/prod", False)
    (item,) = promotion_items(pending(ONE), Viewer("ana@example.com", "ana", frozenset({"joe"})), NOW)
    assert item.is_mine
