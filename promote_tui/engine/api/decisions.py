"""What people decide about commits and stages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.engine.checks import CheckEnd, CheckWatch, run_checks
from promote_tui.engine.decision_batch import record_all, record_by_ruling
from promote_tui.engine.decisions import announce, ask_approval, choices_now, effect_of
from promote_tui.engine.governance import Governance
from promote_tui.engine.stage_holds import HoldChange, HoldRequest, change_holds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.core.gates.approvals import ApprovalEffect
    from promote_tui.core.gates.decisions import Decision, DecisionKind
    from promote_tui.core.gates.possible_decisions import PossibleDecision
    from promote_tui.engine.context import Context
    from promote_tui.engine.decision_batch import DecisionBatch
    from promote_tui.engine.decisions import DecisionRequest


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people decide about commits and stages, and the checks that they run."""

    governance: Governance

    @property
    def _context(self) -> Context:
        return self.governance.context

    def record(self, wanted: DecisionRequest) -> Decision:
        """Write a person's decision into the ledger; who it is STS says.

        Raises UsageError where it would mean nothing, Refused under --read-only, GitError, AwsError, LedgerError.
        """
        return record_by_ruling(self.governance, wanted)

    def announce(self, made: Decision) -> tuple[tuple[str, str], ...]:
        """Notify the channels of a hold, its end or a veto; return (channel, why) of those that failed."""
        return announce(self._context, made)

    def record_all(self, kind: DecisionKind, wanted: Sequence[DecisionRequest]) -> DecisionBatch:
        """Write several decisions of one kind about services in a stage, without those that were made before.

        What cannot be written is named in the answer; raises Refused under --read-only.
        """
        self.governance.require_writable(", ".join(each.service for each in wanted))
        return record_all(self.governance, kind, wanted)

    def change_holds(self, wanted: HoldRequest) -> Iterator[HoldChange]:
        """Hold every service of a stage, or lift every hold, and yield what became of each; trouble is told there.

        Raises UsageError, and Refused under --read-only, before anything is changed.
        """
        stage = self.governance.stage(wanted.stage).name
        self.governance.require_writable(stage)
        names = [service.name for service in self.governance.pipeline.services]
        return change_holds(wanted, names, lambda service: self.governance.ruling(service, stage))

    def choices(
        self, service: str, stage: str, commit: str | None, *, is_adoptable: bool = False
    ) -> tuple[PossibleDecision, ...]:
        """Return what can be decided now about a stage and the commit that would go there.

        Raises Refused under --read-only, AwsError, LedgerError, GitError.
        """
        self.governance.require_writable(f"{service}/{stage}")
        ruling, found, where = self.governance.governing(service, stage)
        return choices_now(ruling, found, where, commit, is_adoptable=is_adoptable)

    def progress(self, approval: Decision) -> ApprovalEffect:
        """Return what an approval is worth and what is still missing; raises LedgerError, GitError."""
        return effect_of(self.governance.ruling(approval.service, approval.stage or ""), approval)

    def ask_approval(
        self, service: str, stage: str, revision: str, reason: str
    ) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Ask others for their approval of a commit; return its hash, and (channel, why) of those that were not told.

        Raises UsageError where the stage asks for none or nobody would hear of it, GitError, AwsError.
        """
        ruling, found, where = self.governance.governing(service, stage)
        return ask_approval(ruling, found, where, revision, reason)

    def run_checks(
        self, service: str, stage: str, revision: str, watch: CheckWatch | None = None
    ) -> tuple[CheckEnd, ...]:
        """Run the stage's checks on a commit, and write down how each ended; whoever watches may stop them.

        Raises UsageError where it has none, Refused under --read-only, GitError, AwsError, DeployError, LedgerError.
        """
        self.governance.require_writable(f"{service}/{stage}")
        _, found, where = self.governance.governing(service, stage)
        return run_checks(self._context, found, where, revision, watch or CheckWatch())
