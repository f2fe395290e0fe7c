"""What the gates of a draft or a plan make of a commit that is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.blocked_gates import opens_by_itself, sort_blocked_gates
from promote_tui.core.sync.decision import Waiting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from promote_tui.core.gates.model import Allowance, GateResult


def wait_for_gates(
    gates: Iterable[GateResult], given: tuple[Allowance, ...] = (), *, patient: bool = False
) -> Waiting | None:
    """Return what keeps the commit away; None where every gate passes with what is allowed.

    `patient`: the stage is meant to wait for its gates.
    """
    blocked = sort_blocked_gates(gate for gate in gates if not gate.passes_with(given))
    if not blocked:
        return None
    reasons = "; ".join(f"{gate.name}: {gate.reason}" for gate in blocked)
    times = [gate.opens_at for gate in blocked if gate.opens_at is not None]
    opens = max(times) if times and opens_by_itself(blocked) else None
    names = tuple(gate.name for gate in blocked)
    return Waiting(reasons, blocked[0].remedy, names, opens_at=opens, patient=patient)
