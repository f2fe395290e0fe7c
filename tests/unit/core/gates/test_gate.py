"""What all gates of a team have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.gates import commit, sign_off, stops
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.next_steps import NextStep

if TYPE_CHECKING:
    from promote_tui.core.gates.gate import Gate
    from promote_tui.core.gates.model import GateResult
from tests.support.gates import RULES, context, decision, one


@pytest.mark.parametrize(
    "gate",
    [
        stops.SoakGate(),
        stops.FreezeGate(),
        sign_off.ApprovalsGate(),
        sign_off.ChecklistGate(),
        sign_off.ChecksGate(),
        sign_off.AlarmsGate(),
    ],
)
def test_what_nobody_asks_for_is_not_there(gate: Gate) -> None:
    assert gate.check(context(RULES)) is None


@pytest.mark.parametrize("gate", [stops.VetoGate(), stops.HoldGate(), commit.SignedGate(), commit.PushedGate()])
def test_what_nobody_decided_is_not_there(gate: Gate) -> None:
    assert gate.check(context(RULES)) is None


TWO = Rules(checklist=("QA", "Seen"), checks=(("npm", "test"),), approvals=Approvals())


@pytest.mark.parametrize(
    ("result", "step"),
    [
        (one(stops.HoldGate().check(context(RULES, decision("hold", "ben")))), NextStep("lift")),
        (one(sign_off.ChecklistGate().check(context(TWO))), NextStep("tick", ("QA", "Seen"))),
        (
            one(sign_off.ChecklistGate().check(context(TWO, decision("check", "ben", item="QA")))),
            NextStep("tick", ("Seen",)),
        ),
        (one(sign_off.ChecksGate().check(context(TWO))), NextStep("checks")),
        (one(sign_off.ApprovalsGate().check(context(TWO))), NextStep("approve")),
        (one(stops.VetoGate().check(context(RULES, decision("veto", "ben")))), NextStep("choose")),
    ],
)
def test_what_opens_a_gate_is_a_value_too_wherever_its_words_are_a_command(result: GateResult, step: NextStep) -> None:
    """The command line prints the words, the terminal UI has a key for the step."""
    assert (result.passed, result.step) == (False, step)
