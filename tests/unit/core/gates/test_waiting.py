"""Which closed gates open for somebody who only waits: time, another run, or other people see to them."""

from __future__ import annotations

import pytest

from promote_tui.core.gates.model import GateResult
from promote_tui.core.gates.waiting import may_open_unaided
from promote_tui.core.model.cells import Cell, InProgress, Never
from tests.support.values import TARGET, A, stack

STILL: Cell = Never(TARGET)
MOVING: Cell = InProgress(TARGET, stack(A, "UPDATE_IN_PROGRESS"), A)


def closed(name: str, *, later: bool = False) -> GateResult:
    """Return a closed gate."""
    return GateResult(name, passed=False, reason="closed", allows_review=later)


@pytest.mark.parametrize(
    ("gate", "cell", "opens"),
    [
        (closed("stage order"), STILL, True),
        (closed("soak"), STILL, True),
        (closed("freeze"), None, True),
        (closed("alarms"), STILL, True),
        (closed("approvals", later=True), STILL, True),
        (closed("approvals"), STILL, False),
        (closed("hold"), MOVING, False),
        (closed("stack"), MOVING, True),
        (closed("stack"), STILL, False),
        (closed("stack"), None, False),
    ],
)
def test_who_waits_may_find_it_open(gate: GateResult, cell: Cell | None, *, opens: bool) -> None:
    assert may_open_unaided(gate, cell) is opens
