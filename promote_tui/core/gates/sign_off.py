"""The gates that people and machines sign off: checks, the checklist, alarms, approvals."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from promote_tui.core.durations import weekday_time
from promote_tui.core.gates import decisions
from promote_tui.core.gates.approvals import tally_approvals
from promote_tui.core.gates.gate import FORWARD, TeamGate
from promote_tui.core.identity import person
from promote_tui.core.model.alarms import unhealthy_alarms
from promote_tui.core.next_steps import NextStep
from promote_tui.core.text import plural

if TYPE_CHECKING:
    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.gates.gate import GateContext
    from promote_tui.core.gates.model import GateResult


class ChecksGate(TeamGate):
    """Every check has passed on this code."""

    name = "checks"
    overridable = True
    kinds = FORWARD

    def check(self, context: GateContext) -> GateResult | None:
        """Return which checks failed, or were not run; None where the stage has none."""
        if not context.rules.checks:
            return None
        ended = decisions.checks_by_command(context.facts.decisions)
        wanted = {command_key(argv): ended.get(command_key(argv)) for argv in context.rules.checks}
        runs = [(words, each) for words, each in wanted.items() if each is not None]
        failed = [f"{words} failed {weekday_time(each.at)}" for words, each in runs if not each.passed]
        missing = [words for words, each in wanted.items() if each is None]
        if not failed and not missing and not context.facts.problem:
            return self.allow(f"passed: {', '.join(wanted)}")
        never = [f"not run on this code: {', '.join(missing)}"] if missing else []
        reason = context.facts.problem or "; ".join((*failed, *never))
        return self.block(reason, f"promote-tui check --run {context.decision_arguments}", step=NextStep("checks"))


def command_key(argv: tuple[str, ...]) -> str:
    """Return the words under which a check's result is recorded."""
    return shlex.join(argv)


class ChecklistGate(TeamGate):
    """Every item of the checklist is ticked for this code."""

    name = "checklist"
    overridable = True
    kinds = FORWARD

    def check(self, context: GateContext) -> GateResult | None:
        """Return which items are ticked, and which are missing; None where the stage has none."""
        items, problem = context.rules.checklist, context.facts.problem
        if not items:
            return None
        ticked = decisions.ticks_by_item(context.facts.decisions, context.stage)
        missing = [item for item in items if item not in ticked]
        done = [f"{item} ({_told_by(ticked[item])})" for item in items if item in ticked]
        if not missing and not problem:
            return self.allow("; ".join(done))
        reason = problem or f"{len(done)} of {plural(len(items), 'item')} ticked; missing: {'; '.join(missing)}"
        remedy = f'promote-tui check "{missing[0] if missing else items[0]}" {context.decision_arguments}'
        return self.block(reason, remedy, step=NextStep("tick", tuple(missing)) if missing else None)


def _told_by(decision: Decision) -> str:
    said = f"{decision.on_behalf}, reported by {decision.who}" if decision.on_behalf else decision.who
    return f"{said}: {decision.evidence}" if decision.evidence else said


class AlarmsGate(TeamGate):
    """Every alarm that the stage names is OK."""

    name = "alarms"
    overridable = True
    kinds = FORWARD

    def check(self, context: GateContext) -> GateResult | None:
        """Return which alarms are not OK; None where the stage names none."""
        names = context.rules.alarms
        if not names:
            return None
        wrong = unhealthy_alarms(names, context.facts.alarms)
        if wrong:
            return self.block("; ".join(wrong), "check the alarm, then plan again")
        return self.allow(f"OK: {', '.join(names)}")


class ApprovalsGate(TeamGate):
    """Enough people other than who promotes have approved this code for this stage."""

    name = "approvals"
    overridable = True
    on_record = True

    def check(self, context: GateContext) -> GateResult | None:
        """Return who has approved; None where nobody has to, or a rollback was approved together with its run."""
        rule, facts = context.rules.approvals, context.facts
        if rule is None or context.options.after:
            return None
        if facts.problem or facts.promoter is None:
            reason = facts.problem or "the promoter is unknown, so nobody counts as somebody else"
            return self.block(reason, "fix that, then plan again")
        promoter = person(facts.promoter, facts.trusted)
        found = tally_approvals(rule, facts.decisions, context.stage, promoter, facts.trusted)
        if found.is_enough:
            return self.allow(f"{', '.join(found.counted)} approved it{found.discounted_words}")
        remedy = f"ask somebody else to run: promote-tui approve {context.decision_arguments}"
        return self.block(f"{found.count_words}{found.discounted_words}", remedy, step=NextStep("approve"))


GATES = (ChecksGate(), ChecklistGate(), AlarmsGate(), ApprovalsGate())
