"""The facade `plans`, answered from a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import UsageError
from promote_tui.core.gates.options import NORMAL, PromotionOptions
from promote_tui.core.value import replace
from promote_tui.engine.api.plans import Plans
from tests.support.fakes import world

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.planning.plan import ApprovedPlan, Draft, Plan
    from tests.support.fakes.engine.tape import Tape


class FakePlans(Plans):
    """The public methods of Plans, answered from the script."""

    _tape: Tape

    def __init__(self, tape: Tape) -> None:
        object.__setattr__(self, "_tape", tape)

    def draft(self, service: str, stage: str, revision: str | None = None, options: PromotionOptions = NORMAL) -> Draft:
        if options != NORMAL:
            self._tape.call("options", options)
        self._tape.call("plans.draft", service, stage, revision)
        if revision and (service, stage, revision) in self._tape.script.drafts:
            return _on(options, self._tape.script.drafts[service, stage, revision])
        if (service, stage) in self._tape.script.drafts:
            return _on(options, self._tape.script.drafts[service, stage])
        try:
            self._tape.pipeline.service(service).target(stage)
        except KeyError:
            raise UsageError(f"{service}/{stage}", "there is no such service or stage") from None
        return world.draft(service, stage)

    def draft_rollback(
        self, service: str, stage: str, revision: str | None = None, *, break_glass: bool = False
    ) -> Draft:
        self._tape.call("plans.draft_rollback", service, stage, revision)
        return replace(
            self.draft(service, stage, revision), options=PromotionOptions("rollback", break_glass=break_glass)
        )

    def earlier_commits(self, service: str, stage: str) -> tuple[str, ...]:
        self._tape.call("plans.earlier_commits", service, stage)
        return self._tape.script.ran_before

    def make(
        self,
        draft: Draft,
        on_step: Callable[[str], None] | None = None,
        *,
        runs_checks: bool = True,
    ) -> Plan:
        self._tape.call("plans.make", draft)
        for step in self._tape.script.steps:
            if on_step is not None:
                on_step(step)
        where = draft.target
        ready = self._tape.script.plans.get((where.service, where.stage))
        number = len(self._tape.called("plans.make"))
        return ready or world.plan(draft, f"plan-{number:04d}", self._tape.clock.now())

    def reconsider(self, plan: Plan, draft: Draft) -> Plan:
        self._tape.call("plans.reconsider", plan, draft)
        early = {gate.name for gate in plan.draft.gates}
        late = tuple(gate for gate in plan.gates if gate.name not in early)
        return replace(plan, draft=draft, gates=(*draft.gates, *late))

    def discard(self, plan: Plan) -> None:
        self._tape.call("plans.discard", plan.id)
        self._tape.discarded.append(plan.id)

    def dry_run(self, approved: ApprovedPlan, say: Callable[[str], None]) -> bool:
        self._tape.call("plans.dry_run", approved)
        say(" ".join(approved.plan.command))
        return True


def _on(options: PromotionOptions, draft: Draft) -> Draft:
    """Return the draft on these options, with what they override open."""
    given = {each.gate: each.reason for each in options.overrides}
    gates = tuple(
        replace(gate, passed=True, overridden=given[gate.name], warns=True, reason=f"overridden: {given[gate.name]}")
        if gate.name in given
        else gate
        for gate in draft.gates
    )
    return replace(draft, options=options, gates=gates) if given else draft
