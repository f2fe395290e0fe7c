"""What blocked gates make of a commit that is due."""

from __future__ import annotations

from datetime import timedelta

from promote_tui.core.gates.model import Allowance, GateResult
from promote_tui.core.sync.decision import Waiting
from promote_tui.core.sync.gates import wait_for_gates
from tests.support.gates import blocked, passes
from tests.support.values import NOW

LATER = NOW + timedelta(hours=1)
SOAK = blocked("soak", "verified 1h ago", "wait 1h", opens_at=LATER, opened_by="time")
FREEZE = blocked("freeze", "year end", "wait 2h", opens_at=LATER + timedelta(hours=1), opened_by="time")
APPROVALS = blocked("approvals", "1 of 2", "ask somebody")


def test_open_gates_let_it_in() -> None:
    assert wait_for_gates([passes("stack", "is complete")]) is None


def test_time_alone_is_a_time() -> None:
    found = wait_for_gates([SOAK, FREEZE])
    assert found == Waiting(
        "soak: verified 1h ago; freeze: year end", "wait 1h", ("soak", "freeze"), opens_at=FREEZE.opens_at
    )


def test_what_a_person_has_to_do_has_no_time_and_comes_first() -> None:
    found = wait_for_gates([SOAK, APPROVALS], patient=True)
    assert found == Waiting(
        "approvals: 1 of 2; soak: verified 1h ago", "ask somebody", ("approvals", "soak"), patient=True
    )


def test_a_loss_of_data_is_allowed_by_name() -> None:
    need = Allowance("remove", "OrdersTable")
    gate = GateResult("data", passed=False, reason="removes OrdersTable", remedy=str(need), missing_allowances=(need,))
    assert wait_for_gates([gate]) == Waiting("data: removes OrdersTable", "--allow-remove OrdersTable", ("data",))
    assert wait_for_gates([gate], (need,)) is None
