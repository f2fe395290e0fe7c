"""How stages differ: by commits, by configuration, and a stack from its template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.drift.notices import drift_notice
from promote_tui.engine.code_drift import CodeDrift
from promote_tui.engine.drift import commit_drifts, config_drifts, detect_drift, stack_drift
from promote_tui.engine.governance import Governance
from promote_tui.engine.notify import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from promote_tui.core.changes.stack_drift import StackDrift
    from promote_tui.core.drift.commits import CommitDrift
    from promote_tui.core.drift.config import ConfigDrift
    from promote_tui.core.drift.report import DriftKind, StageDrift
    from promote_tui.core.matrix import Snapshot
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Target
    from promote_tui.engine.context import Context


@dataclass(frozen=True, slots=True)
class Drift:
    """How stages differ from each other, and a stack from its template."""

    governance: Governance
    code_drift: CodeDrift

    @property
    def _context(self) -> Context:
        return self.governance.context

    def check_code(self, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot with the functions and the traffic that were changed behind CloudFormation's back.

        What may not be read stays unchecked; nothing raises. It reads more than a snapshot, and comes after it.
        """
        return self.code_drift.mark_running(self._context, snapshot)

    def of_commits(self, service: str, cells: Mapping[str, Cell]) -> Mapping[str, CommitDrift]:
        """Return for each stage which commits lie between it and the one before, by what their stacks said."""
        return commit_drifts(self._context, self.governance.service(service), cells)

    def of_config(self, service: str, cells: Mapping[str, Cell]) -> Mapping[str, ConfigDrift]:
        """Return for each stage what its deployed template sets differently from that of the stage before.

        Each template is read once; what cannot be read is said in the answer, never raised.
        """
        return config_drifts(self._context, self.governance.service(service), cells)

    def announce(self, rows: Sequence[StageDrift], kinds: Collection[DriftKind]) -> tuple[tuple[str, str], ...]:
        """Notify the channels of what has drifted; return (channel, why) of those that failed."""
        found = [(self.governance.service(row.service).target(row.stage), drift_notice(row, kinds)) for row in rows]
        deliveries = [Delivery(self._context, target, notice) for target, notice in found]
        return tuple(dict(problem for each in deliveries for problem in each.end()).items())

    def of_stack(self, target: Target, stack_id: str) -> StackDrift:
        """Return what the last drift detection found in a stack; trouble is a value, never raised."""
        return stack_drift(self._context, target, stack_id)

    def detect(self, target: Target, stack_id: str, on_wait: Callable[[float], None] | None = None) -> StackDrift:
        """Let CloudFormation look for drift now, and wait for its answer; trouble is a value, never raised.

        `on_wait` hears for how many seconds it has been waited, and may raise to wait no longer.
        """
        return detect_drift(self._context, target, stack_id, on_wait or (lambda _seconds: None))
