"""Which blocked gates may pass while a person only waits: time passes, a run ends, others decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.opening_times import FreezeGate, WindowGate
from promote_tui.core.gates.provenance import StageOrderGate
from promote_tui.core.gates.sign_off import AlarmsGate
from promote_tui.core.gates.stops import SoakGate
from promote_tui.core.gates.target import StackGate
from promote_tui.core.model.cells import InProgress

if TYPE_CHECKING:
    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.model.cells import Cell

_OPENED_BY_OTHERS = frozenset({StageOrderGate.name, SoakGate.name, FreezeGate.name, WindowGate.name, AlarmsGate.name})


def may_open_unaided(gate: GateResult, cell: Cell | None) -> bool:
    """Tell whether a blocked gate of a promotion into this cell may pass while a person only waits."""
    return (
        gate.allows_review
        or gate.name in _OPENED_BY_OTHERS
        or (gate.name == StackGate.name and isinstance(cell, InProgress))
    )
