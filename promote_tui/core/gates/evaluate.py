"""All gates of a promotion: which of them apply, which only warn, and which a person overrides.

Three kinds of promotion ask for different gates. A hotfix may skip stages that it names, and needs one approval more. A
rollback goes to code that was verified in the stage itself; time, order and checks do not hold it up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.options import config_name
from promote_tui.core.gates.registry import GATES
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.core.gates.gate import Gate, GateContext
    from promote_tui.core.gates.model import GateResult


def evaluate_gates(context: GateContext) -> tuple[GateResult, ...]:
    """Return every gate's result, in the order of the registry; an overridden one says so."""
    asked = (gate for gate in GATES if context.options.kind in gate.kinds)
    return tuple(result for gate in asked if (result := _result(gate, context)) is not None)


def _result(gate: Gate, context: GateContext) -> GateResult | None:
    found = gate.check(context)
    if found is None:
        return None
    if context.options.kind in gate.lenient_in:
        found = as_warning(found)
    found = apply_override(gate, found, context)
    if gate.on_record and context.options.break_glass:
        found = _without_record(found)
    return replace(found, allows_review=gate.allows_review and not found.passed)


def as_warning(result: GateResult) -> GateResult:
    """Return the result of a gate that blocks nothing in this kind of promotion: it passes, and warns."""
    return result if result.passed else _passed(result, result.reason)


def apply_override(gate: Gate, result: GateResult, context: GateContext) -> GateResult:
    """Return the result, passed where the stage lets a person override the gate and they do."""
    name, rules = gate.config_name(), context.rules
    may = replace(result, overridable=gate.overridable and name in map(config_name, rules.overridable))
    given = next((each for each in context.options.overrides if config_name(each.gate) == name), None)
    if may.passed or given is None or not may.overridable:
        return may
    return replace(_passed(may, f"overridden: {given.reason}; {may.reason}"), overridden=given.reason)


def _without_record(result: GateResult) -> GateResult:
    """Return the result of a gate that needs the record as passed: a person confirmed to go on without it."""
    return result if result.passed else _passed(result, "unknown without the team's ledger")


def _passed(result: GateResult, reason: str) -> GateResult:
    """Return a blocked gate as one that only warns: nothing is left to do about it."""
    return replace(result, passed=True, warns=True, reason=reason, remedy="", step=None, opens_at=None)
