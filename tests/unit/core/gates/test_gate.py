"""What all gates of a team have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.gates import commit, opening_times, sign_off, stops
from tests.support.gates import RULES, context

if TYPE_CHECKING:
    from promote_tui.core.gates.gate import Gate


@pytest.mark.parametrize(
    "gate",
    [
        stops.SoakGate(),
        opening_times.FreezeGate(),
        opening_times.WindowGate(),
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
