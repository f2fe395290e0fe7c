"""The blocked gates in order: those that only another commit unblocks, then people, then time alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from promote_tui.core.gates.model import GateResult, Opener
    from promote_tui.core.next_steps import NextStep

_RANK: dict[Opener, int] = {"another commit": 0, "person": 1, "time": 2}


def sort_blocked_gates(gates: Iterable[GateResult]) -> tuple[GateResult, ...]:
    """Return the blocked gates in the order in which to resolve them; equal ones stay in their order."""
    blocked = (gate for gate in gates if not gate.passed)
    return tuple(sorted(blocked, key=lambda gate: _RANK[gate.opened_by]))


def put_blocked_gates_first(gates: Sequence[GateResult]) -> list[GateResult]:
    """Return all gates, the blocked ones first."""
    return [*sort_blocked_gates(gates), *(gate for gate in gates if gate.passed)]


def gates_to_resolve(gates: Iterable[GateResult]) -> tuple[GateResult, ...]:
    """Return the blocked gates worth resolving: where only another commit helps, just those that say so."""
    blocked = sort_blocked_gates(gates)
    return tuple(gate for gate in blocked if gate.opened_by == "another commit") or blocked


def next_steps(gates: Iterable[GateResult]) -> list[NextStep]:
    """Return what a person can do about the blocked gates, each step once, most pressing first."""
    return list(dict.fromkeys(gate.step for gate in gates_to_resolve(gates) if gate.step is not None))


def opens_by_itself(gates: Iterable[GateResult]) -> bool:
    """Tell whether time alone unblocks every blocked gate."""
    blocked = sort_blocked_gates(gates)
    return bool(blocked) and all(gate.opened_by == "time" for gate in blocked)


def refusal(subject: str, gates: Iterable[GateResult]) -> Refused:
    """Return the refusal that names every blocked gate, with the next step of the first."""
    blocked = sort_blocked_gates(gates)
    reasons = "; ".join(f"{gate.name}: {gate.reason}" for gate in blocked)
    return Refused(subject, reasons, blocked[0].remedy).by(blocked[0].step)
