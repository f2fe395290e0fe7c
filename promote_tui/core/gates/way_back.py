"""The gate on the way back: what runs now can be deployed again after a promotion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.gate import FORWARD, TeamGate

if TYPE_CHECKING:
    from promote_tui.core.gates.gate import Gate, GateContext
    from promote_tui.core.gates.model import GateResult


class WayBackGate(TeamGate):
    """What runs now can be deployed again after the promotion."""

    name = "way back"
    overridable = True
    kinds = FORWARD

    def check(self, context: GateContext) -> GateResult | None:
        """Return whether there is a safe way back; None where the stage does not ask, and for a draft."""
        asked, found = context.rules.way_back, context.promotion.way_back
        if not asked or found is None:
            return None
        if found.kind == "redeploy":
            return self.allow(found.words)
        if asked == "warn" or found.kind == "first":
            return self.allow(found.words, warns=True)
        return self.block(found.words, "promote in steps that older code can run with, then plan again")


GATES: tuple[Gate, ...] = (WayBackGate(),)
