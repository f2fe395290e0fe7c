"""Which of the closed gates comes first: what nothing opens, then what people open, then what only time opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from promote_tui.core.gates.model import GateResult, Opener
    from promote_tui.core.next_steps import NextStep

_RANK: dict[Opener, int] = {"another commit": 0, "person": 1, "time": 2}


def leading_first(gates: Iterable[GateResult]) -> tuple[GateResult, ...]:
    """Return the closed gates in the order in which to see to them; those of a kind as they were asked."""
    closed = (gate for gate in gates if not gate.passed)
    return tuple(sorted(closed, key=lambda gate: _RANK[gate.opened_by]))


def closed_first(gates: Sequence[GateResult]) -> list[GateResult]:
    """Return all gates, the closed ones first."""
    return [*leading_first(gates), *(gate for gate in gates if gate.passed)]


def worth_opening(gates: Iterable[GateResult]) -> tuple[GateResult, ...]:
    """Return the closed gates that it helps to open; where only another commit helps, those that say so alone."""
    closed = leading_first(gates)
    return tuple(gate for gate in closed if gate.opened_by == "another commit") or closed


def next_steps(gates: Iterable[GateResult]) -> list[NextStep]:
    """Return what a person can do about the closed gates, each once, the first first."""
    return list(dict.fromkeys(gate.step for gate in worth_opening(gates) if gate.step is not None))


def opens_by_itself(gates: Iterable[GateResult]) -> bool:
    """Tell whether all that is closed opens by itself, as time passes."""
    closed = leading_first(gates)
    return bool(closed) and all(gate.opened_by == "time" for gate in closed)


def refusal(subject: str, gates: Iterable[GateResult]) -> Refused:
    """Return the refusal that names every closed gate; its next step is that of the leading one."""
    closed = leading_first(gates)
    reasons = "; ".join(f"{gate.name}: {gate.reason}" for gate in closed)
    return Refused(subject, reasons, closed[0].remedy).by(closed[0].step)
