"""Recoveries: what frees a stuck stack, and doing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.recovery.recovery import require_confirmed
from promote_tui.core.value import replace
from promote_tui.engine.governance import Governance
from promote_tui.engine.recovery import plan_recovery
from promote_tui.engine.runs.control import start_recovery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.planning.plan import Confirmation
    from promote_tui.core.recovery.recovery import RecoveryPlan


@dataclass(frozen=True, slots=True)
class Recoveries:
    """Stuck stacks: what would free one, and freeing it as a run on record."""

    governance: Governance

    def plan(self, service: str, stage: str, skip: Sequence[str] = ()) -> RecoveryPlan:
        """Return what would free the stack of a stage; nothing is changed.

        Raises Refused where nothing does, UsageError for a resource that cannot be skipped, AwsError, LedgerError.
        """
        ruling, found, where = self.governance.governing(service, stage)
        return plan_recovery(ruling, found.target(where.name), where, skip)

    def start(self, plan: RecoveryPlan, answer: Confirmation) -> str:
        """Start a process of its own for the recovery and return the run's id once it is in the ledger.

        Raises Refused where it is not confirmed and under --read-only, and what a run raises that cannot begin.
        """
        target = plan.recovery.target
        self.governance.require_writable(str(target))
        require_confirmed(plan, answer)
        ruling = self.governance.ruling(target.service, target.stage)
        return start_recovery(ruling, replace(plan.recovery, reason=answer.reason))
