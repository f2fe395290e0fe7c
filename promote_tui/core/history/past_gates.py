"""The gates of a past moment, as far as people's decisions and the clock tell: nothing else of then is on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates import opening_times, sign_off, stops
from promote_tui.core.runs.events import GateRecord

if TYPE_CHECKING:
    from promote_tui.core.gates.gate import Gate, GateContext

_OF_A_COMMIT = (stops.VetoGate, stops.SoakGate, sign_off.ChecksGate, sign_off.ChecklistGate, sign_off.ApprovalsGate)
"""Gates that decide about a commit; where none is known that could have come next, they say nothing."""
_NOT_ON_RECORD = (sign_off.AlarmsGate,)


def evaluate_past_gates(context: GateContext) -> tuple[GateRecord, ...]:
    """Return what each gate said whose answer follows from decisions and the clock, in the order of the registry.

    Without a commit only those that stop every commit say something.
    """
    every: tuple[Gate, ...] = (*stops.GATES, *opening_times.GATES, *sign_off.GATES)
    asked = (gate for gate in every if not isinstance(gate, _NOT_ON_RECORD))
    wanted = (gate for gate in asked if context.commit or not isinstance(gate, _OF_A_COMMIT))
    found = (gate.check(context) for gate in wanted)
    return tuple(GateRecord(each.name, each.passed, each.reason) for each in found if each is not None)
