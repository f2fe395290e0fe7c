"""What can be decided now: nothing that is decided already, nothing that nobody asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from promote_tui.core.gates.decisions import Decision, DecisionKind
from promote_tui.core.gates.possible_decisions import DecisionContext, PossibleDecision, possible_decisions
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.value import replace

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
SHA = "a" * 40
PLAIN = DecisionContext("prod", Rules(), (), "ana", NOW)


def made(kind: DecisionKind, who: str = "ana", item: str = "", until: datetime | None = None) -> Decision:
    stage = None if kind == "veto" else "prod"
    return Decision(NOW, kind, "orders", stage, SHA, who, f"arn:aws:iam::1:user/{who}", item=item, expires_at=until)


@pytest.mark.parametrize(
    ("situation", "wanted"),
    [
        (PLAIN, ["approve", "hold", "veto"]),
        (replace(PLAIN, has_commit=False), ["hold"]),
        (replace(PLAIN, decisions=(made("hold"),)), ["approve", "lift", "veto"]),
        (replace(PLAIN, decisions=(made("hold"), made("unhold"))), ["approve", "hold", "veto"]),
        (replace(PLAIN, decisions=(made("hold", until=NOW),)), ["approve", "hold", "veto"]),
        (replace(PLAIN, decisions=(made("hold", until=NOW + timedelta(hours=1)),)), ["approve", "lift", "veto"]),
        (replace(PLAIN, decisions=(made("veto", "joe"),)), ["approve", "hold"]),
        (replace(PLAIN, decisions=(made("approve", "joe"),)), ["approve", "hold", "veto"]),
        (replace(PLAIN, decisions=(made("approve"),)), ["withdraw", "hold", "veto"]),
        (replace(PLAIN, decisions=(made("approve"), made("withdraw"))), ["approve", "hold", "veto"]),
        (replace(PLAIN, is_adoptable=True), ["approve", "adopt", "hold", "veto"]),
        (replace(PLAIN, has_approval_channel=True), ["approve", "hold", "veto"]),
        (replace(PLAIN, rules=Rules(approvals=Approvals())), ["approve", "hold", "veto"]),
        (
            replace(PLAIN, rules=Rules(approvals=Approvals()), has_approval_channel=True),
            ["approve", "ask", "hold", "veto"],
        ),
        (replace(PLAIN, rules=Rules(checks=(("npm", "test"),))), ["approve", "checks", "hold", "veto"]),
    ],
)
def test_only_what_can_be_decided_now_is_offered(situation: DecisionContext, wanted: list[str]) -> None:
    assert [each.act for each in possible_decisions(situation)] == wanted


def test_an_item_is_ticked_once_and_its_tick_can_be_taken_back() -> None:
    situation = replace(PLAIN, rules=Rules(checklist=("QA", "Seen")), decisions=(made("check", "joe", "QA"),))
    assert possible_decisions(situation)[1:3] == (PossibleDecision("untick", "QA"), PossibleDecision("tick", "Seen"))


def test_whose_approval_can_be_withdrawn_follows_the_roles_whose_session_names_are_trusted() -> None:
    given = replace(made("approve"), arn="arn:aws:sts::1:assumed-role/deployer/ana")
    situation = replace(PLAIN, decisions=(given,))
    assert possible_decisions(situation)[0] == PossibleDecision("approve")
    assert possible_decisions(replace(situation, trusted=("deployer",)))[0] == PossibleDecision("withdraw")
