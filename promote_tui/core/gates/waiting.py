"""Which closed gates may open without anybody's doing here: time passes, a run ends, others decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.order import StageOrder
from promote_tui.core.gates.sign_off import Alarms
from promote_tui.core.gates.stops import Freeze, Soak
from promote_tui.core.gates.target import Stack
from promote_tui.core.model.pipeline import InProgress

if TYPE_CHECKING:
    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.model.pipeline import Cell

_OPENED_BY_OTHERS = frozenset({StageOrder.name, Soak.name, Freeze.name, Alarms.name})


def may_open_unaided(gate: GateResult, cell: Cell | None) -> bool:
    """Tell whether a closed gate of a promotion into this cell may open while a person only waits."""
    return gate.allows_review or gate.name in _OPENED_BY_OTHERS or (gate.name == Stack.name and isinstance(cell, InProgress))
