"""The facade `decisions`, answered from a script."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from promote_tui.core.gates.approvals import ApprovalEffect, approval_effect
from promote_tui.core.gates.decisions import Decision, DecisionKind
from promote_tui.core.gates.possible_decisions import DecisionContext, PossibleDecision, possible_decisions
from promote_tui.engine.api.decisions import Decisions
from promote_tui.engine.checks import CheckWatch
from promote_tui.engine.decision_batch import DecisionBatch
from promote_tui.engine.decisions import DecisionRequest
from promote_tui.engine.stage_holds import HoldChange
from tests.support.fakes import world

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.engine.checks import CheckEnd
    from promote_tui.engine.stage_holds import HoldRequest
    from tests.support.fakes.engine.tape import Tape


class FakeDecisions(Decisions):
    """The public methods of Decisions, answered from the script."""

    _tape: Tape

    def __init__(self, tape: Tape) -> None:
        object.__setattr__(self, "_tape", tape)

    def record(self, wanted: DecisionRequest) -> Decision:
        self._tape.call("decisions.record", wanted)
        commit = world.sha(wanted.revision) if wanted.revision else None
        return Decision(
            self._tape.clock.now(),
            wanted.kind,
            wanted.service,
            wanted.stage,
            commit,
            self._tape.script.me,
            f"arn:aws:iam::111111111111:user/{self._tape.script.me}",
            wanted.reason,
            item=wanted.item,
            expires_at=wanted.expires_at,
        )

    def announce(self, made: Decision) -> tuple[tuple[str, str], ...]:
        self._tape.announced.append(made)
        return self._tape.script.unnotified

    def record_all(self, kind: DecisionKind, wanted: Sequence[DecisionRequest]) -> DecisionBatch:
        self._tape.call("decisions.record_all", kind, *wanted)
        script, written = self._tape.script, []
        before = {each.service for each in script.decisions if (each.kind, each.who) == (kind, script.me)}
        failed = [(each.service, script.unwritten[each.service]) for each in wanted if each.service in script.unwritten]
        for each in wanted:
            if each.service not in {*before, *script.unwritten}:
                draft = script.drafts.get((each.service, each.stage or ""))
                revision = each.revision or (draft.commit.sha if draft else "8d20b6e")
                written.append(self.record(replace(each, revision=revision)))
        told = tuple(each.service for each in wanted if each.service in before)
        return DecisionBatch(kind, tuple(written), told, tuple(failed))

    def change_holds(self, wanted: HoldRequest) -> Iterator[HoldChange]:
        self._tape.call("decisions.change_holds", wanted)
        for service in self._tape.pipeline.services:
            view = self._tape.script.cells.get((service.name, wanted.stage))
            before = view.hold if view else None
            if service.name in self._tape.script.unholdable:
                yield HoldChange(service.name, error=self._tape.script.unholdable[service.name])
            elif (before is None) is (wanted.kind == "unhold"):
                yield HoldChange(service.name, before=before)
            else:
                request = DecisionRequest(wanted.kind, service.name, wanted.stage, None, wanted.reason)
                yield HoldChange(service.name, self.record(request), before)

    def choices(
        self, service: str, stage: str, commit: str | None, *, is_adoptable: bool = False
    ) -> tuple[PossibleDecision, ...]:
        self._tape.call("decisions.choices", service, stage, commit)
        where = self._tape.pipeline.stage(stage)
        heard = bool(self._tape.pipeline.notify)
        about = DecisionContext(
            stage,
            where.rules,
            self._tape.script.decisions,
            self._tape.script.me,
            self._tape.clock.now(),
            (),
            bool(commit),
            is_adoptable,
            heard,
        )
        return possible_decisions(about)

    def progress(self, approval: Decision) -> ApprovalEffect:
        self._tape.call("decisions.progress", approval.who)
        rule = self._tape.pipeline.stage(approval.stage or "").rules.approvals
        return approval_effect(approval, rule, (*self._tape.script.decisions, approval))

    def ask_approval(
        self, service: str, stage: str, revision: str, reason: str
    ) -> tuple[str, tuple[tuple[str, str], ...]]:
        self._tape.call("decisions.ask_approval", service, stage, revision, reason)
        return world.sha(revision), self._tape.script.untold

    def run_checks(
        self, service: str, stage: str, revision: str, watch: CheckWatch | None = None
    ) -> tuple[CheckEnd, ...]:
        heard = watch or CheckWatch()
        self._tape.call("decisions.run_checks", service, stage, revision)
        heard.on_step("running npm test")
        if self._tape.script.checking is not None:
            self._tape.script.checking(heard.on_poll)
        ends = self._tape.script.checked
        for end in ends:
            heard.on_end(end)
        return ends
