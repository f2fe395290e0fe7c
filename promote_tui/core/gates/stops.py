"""The gates that stop a promotion: a veto, a hold, and the time that code has to soak."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from promote_tui.core.durations import span, weekday_time
from promote_tui.core.gates import decisions
from promote_tui.core.gates.gate import FORWARD, TeamGate
from promote_tui.core.next_steps import NextStep
from promote_tui.core.runs.verification import ObservedDeploy, VerifiedBy

if TYPE_CHECKING:
    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.gates.gate import GateContext
    from promote_tui.core.gates.model import GateResult


class VetoGate(TeamGate):
    """Nobody has vetoed this code."""

    name = "veto"
    allows_review = False

    def check(self, context: GateContext) -> GateResult | None:
        """Return the veto; None where there is none."""
        found = decisions.find_veto(context.facts.decisions)
        if found is None:
            return None
        reason = f"{found.who} vetoed it on {found.at.astimezone(UTC):%Y-%m-%d}{_because(found)}"
        remedy = "promote another commit: a veto is permanent"
        return self.block(reason, remedy, step=NextStep("choose"), opened_by="another commit")


class HoldGate(TeamGate):
    """Nobody holds the service in this stage; a hold keeps new code away, so it only warns a rollback."""

    name = "hold"
    lenient_in = frozenset({"rollback"})

    def check(self, context: GateContext) -> GateResult | None:
        """Return the hold; None where there is none."""
        found = decisions.current_hold(context.facts.decisions, context.stage, context.facts.now)
        if found is None:
            return None
        until = f", until {weekday_time(found.expires_at)}" if found.expires_at else ""
        reason = f"on hold by {found.who} since {weekday_time(found.at)}{until}{_because(found)}"
        remedy = f"promote-tui unhold {context.service} {context.stage} --reason WHY"
        return self.block(reason, remedy, step=NextStep("lift"), opens_at=found.expires_at)


class SoakGate(TeamGate):
    """The code has been verified in the stage before for as long as the stage asks."""

    name = "soak"
    overridable = True
    kinds = FORWARD

    def check(self, context: GateContext) -> GateResult | None:
        """Return since when the code is verified in the stage before; None where the stage asks for no time."""
        wanted = timedelta(seconds=context.rules.soak)
        if not wanted:
            return None
        match context.promotion.verification:
            case VerifiedBy(at=at) | ObservedDeploy(since=datetime() as at):
                return self._since(at, wanted, context.facts.now)
            case None:
                return self.allow("there is no stage before this one")
            case _:
                reason = f"unknown when it was verified in the stage before; {span(wanted)} required"
                return self.block(reason, "promote it to the stage before again")

    def _since(self, at: datetime, wanted: timedelta, now: datetime) -> GateResult:
        opens, reason = at + wanted, f"verified {span(now - at)} ago; {span(wanted)} required"
        if opens <= now:
            return self.allow(reason)
        remedy = f"wait {span(opens - now)}"
        return self.block(f"{reason}, passes {weekday_time(opens)}", remedy, opens_at=opens, opened_by="time")


def _because(decision: Decision) -> str:
    return f": {decision.reason}" if decision.reason else ""


GATES = (VetoGate(), HoldGate(), SoakGate())
