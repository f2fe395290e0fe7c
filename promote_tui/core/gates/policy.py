"""The gates on where a stage's rules and its record come from: the policy, others' updates, the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import span
from promote_tui.core.gates.gate import TeamGate
from promote_tui.core.model.team_rules import NONE
from promote_tui.core.next_steps import NextStep

if TYPE_CHECKING:
    from promote_tui.core.gates.facts import GateFacts
    from promote_tui.core.gates.gate import GateContext
    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.model.policy_source import PolicyOrigin


class PolicyGate(TeamGate):
    """The rules are those that the remote has now; differences in the local file have no effect, and are named."""

    name = "policy"
    lenient_in = frozenset({"rollback"})

    def check(self, context: GateContext) -> GateResult | None:
        """Return where the rules are from, and whether they may have changed since; None where there is no policy."""
        found, facts = context.facts.policy, context.facts
        if found is None:
            return None
        if facts.default_branch_changed:
            remedy = f"git remote set-head {found.ref.partition('/')[0]} --auto, then plan again"
            return self.block(facts.default_branch_changed, remedy, step=NextStep("fetch"))
        return self._local(context, found) if found.kind == "local" else self._remote(facts, found)

    def _remote(self, facts: GateFacts, found: PolicyOrigin) -> GateResult:
        told = [f"your file differs, which has no effect: {', '.join(found.differs)}"] if found.differs else []
        told += [facts.remote_unavailable] if facts.remote_unavailable else []
        unknown = ", of unknown age" if facts.remote_unavailable else ""
        age = f", fetched {span(facts.now - found.fetched_at)} ago" if found.fetched_at else unknown
        reason = "; ".join([f"as on {found.where}{age}", *told])
        if not facts.remote_advanced:
            return self.allow(reason, warns=bool(told))
        fetch = "git fetch in the configuration's repository, then plan again"
        return self.block(f"{facts.remote_advanced}; {reason}", fetch, step=NextStep("fetch"))

    def _local(self, context: GateContext, found: PolicyOrigin) -> GateResult | None:
        """Block where a policy cannot be read, as it may have gates; warn where the remote may have new ones."""
        advanced = context.facts.remote_advanced
        if found.unread:
            return self.block(found.why, "fix the configuration's repository, then plan again")
        if context.rules == NONE and not advanced:
            return None
        moved = f"; {advanced}, its rules are unknown until it is fetched" if advanced else ""
        return self.allow(f"local: {found.why}{moved}", warns=True)


class ExternalUpdateGate(TeamGate):
    """Somebody else's update of the stack is named: this deploy replaces it on purpose."""

    name = "foreign"

    def check(self, context: GateContext) -> GateResult | None:
        """Return a warning that names the update; None where nobody else made one."""
        words = context.facts.external_update
        return self.allow(f"{words}; this deploy replaces it", warns=True) if words else None


class DecisionsGate(TeamGate):
    """People's decisions can be read: a hold or a veto that cannot be read would stop nothing."""

    name = "decisions"

    def check(self, context: GateContext) -> GateResult | None:
        """Return why they cannot be read; None where they can."""
        problem = context.facts.problem
        return self.block(problem, "fix the ledger, then plan again") if problem else None


GATES = (PolicyGate(), ExternalUpdateGate(), DecisionsGate())
