"""The leading one of the closed gates, and with it the next step that every face names."""

from __future__ import annotations

import pytest

from promote_tui.core.gates.blocked_gates import (
    gates_to_resolve,
    next_steps,
    opens_by_itself,
    put_blocked_gates_first,
    refusal,
    sort_blocked_gates,
)
from promote_tui.core.gates.model import GateResult
from promote_tui.core.next_steps import NextStep

OPEN = GateResult("branch", passed=True, reason="on main")
ORDER = GateResult(
    "stage order",
    passed=False,
    reason="never verified in dev",
    remedy="promote it to dev first",
    step=NextStep("promote", ("dev",)),
)
VETO = GateResult(
    "veto",
    passed=False,
    reason="ben vetoed it",
    remedy="promote another commit: a veto is permanent",
    step=NextStep("choose"),
    opened_by="another commit",
)
HOLD = GateResult("hold", passed=False, reason="ana holds it", remedy="unhold", step=NextStep("lift"))
TICK = GateResult("checklist", passed=False, reason="0 of 1", remedy="check", step=NextStep("tick", ("QA",)))
SOAK = GateResult("soak", passed=False, reason="4h asked", remedy="wait 5m", opened_by="time")
FREEZE = GateResult("freeze", passed=False, reason="frozen", remedy="wait until Monday", opened_by="time")


@pytest.mark.parametrize(
    ("gates", "wanted"),
    [
        ((), []),
        ((OPEN,), []),
        ((ORDER, OPEN, HOLD, SOAK, TICK), ["stage order", "hold", "checklist", "soak"]),
        ((ORDER, SOAK, TICK, VETO), ["veto", "stage order", "checklist", "soak"]),
        ((SOAK, FREEZE, OPEN), ["soak", "freeze"]),
        ((SOAK, FREEZE, HOLD), ["hold", "soak", "freeze"]),
    ],
)
def test_what_nothing_opens_comes_first_then_what_people_open_then_what_time_opens(
    gates: tuple[GateResult, ...], wanted: list[str]
) -> None:
    assert [gate.name for gate in sort_blocked_gates(gates)] == wanted


def test_the_open_gates_follow_the_closed_ones() -> None:
    assert put_blocked_gates_first((OPEN, SOAK, HOLD)) == [HOLD, SOAK, OPEN]


@pytest.mark.parametrize(
    ("gates", "worth", "steps"),
    [
        ((ORDER, VETO, TICK), (VETO,), [NextStep("choose")]),
        ((SOAK, ORDER, TICK), (ORDER, TICK, SOAK), [NextStep("promote", ("dev",)), NextStep("tick", ("QA",))]),
        ((SOAK,), (SOAK,), []),
        ((HOLD, HOLD), (HOLD, HOLD), [NextStep("lift")]),
    ],
)
def test_nobody_is_sent_to_open_a_gate_of_a_commit_that_may_go_nowhere(
    gates: tuple[GateResult, ...], worth: tuple[GateResult, ...], steps: list[NextStep]
) -> None:
    assert gates_to_resolve(gates) == worth
    assert next_steps(gates) == steps


@pytest.mark.parametrize(
    ("gates", "wanted"),
    [
        ((), False),
        ((OPEN,), False),
        ((SOAK, OPEN), True),
        ((SOAK, FREEZE), True),
        ((SOAK, HOLD), False),
        ((ORDER,), False),
        ((VETO, SOAK), False),
    ],
)
def test_what_is_closed_opens_by_itself_only_where_time_alone_is_missing(
    gates: tuple[GateResult, ...], *, wanted: bool
) -> None:
    assert opens_by_itself(gates) is wanted


def test_a_refusal_names_every_closed_gate_and_the_step_of_the_leading_one() -> None:
    found = refusal("orders/prod", (ORDER, OPEN, SOAK, VETO))
    assert str(found) == (
        "orders/prod: veto: ben vetoed it; stage order: never verified in dev; soak: 4h asked; "
        "promote another commit: a veto is permanent"
    )
    assert found.step == NextStep("choose")
