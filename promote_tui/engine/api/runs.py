"""Runs: past ones, those at work, and updates by others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from promote_tui.core.errors import UsageError
from promote_tui.core.runs.run import Process
from promote_tui.core.runs.unsettled_runs import with_known_outcome
from promote_tui.engine.adoption import adopt
from promote_tui.engine.governance import Governance
from promote_tui.engine.metrics import metrics, record_gaps
from promote_tui.engine.patience import Patience
from promote_tui.engine.process_log import log
from promote_tui.engine.proposed_commits import next_stage
from promote_tui.engine.runs.auto_reconcile import reconcile_abandoned_runs
from promote_tui.engine.runs.control import cancel, find, follow, start
from promote_tui.engine.runs.details import StackNews, stack_events, typical_duration_of_run
from promote_tui.engine.runs.external import record_external_updates
from promote_tui.engine.runs.reconcile import free_unwritten, reconcile
from promote_tui.engine.takeover import is_runner_alive
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from promote_tui.core.matrix import Snapshot
    from promote_tui.core.model.stack_status import StackEvent
    from promote_tui.core.planning.next_stage import NextStage
    from promote_tui.core.planning.plan import ApprovedPlan
    from promote_tui.core.runs.dora import Metrics
    from promote_tui.core.runs.run import Run
    from promote_tui.core.runs.typical_duration import TypicalDuration
    from promote_tui.engine.context import Context
    from promote_tui.ports import Recorded, RunPage


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs: starting, following, stopping and reconciling them, and what the record says."""

    governance: Governance
    me: Process

    @property
    def _context(self) -> Context:
        return self.governance.context

    def start(self, approved: ApprovedPlan, run: str = "") -> str:
        """Start a process of its own for the run and return the run's id once it is in the ledger.

        `run` is the id where others were told of one beforehand.

        That is: once everything was checked again under the lock. Raises LockHeld, PlanStale, Refused or
        LedgerError as the runner met them; nothing was deployed then.
        """
        target = approved.plan.draft.target
        self.governance.require_writable(str(target))
        targets = [*self.governance.service(target.service).targets, *([target] if target.preview else [])]
        return start(self._context, approved, targets, run)

    def cancel(self, run: str) -> str:
        """Ask a run to stop, and return in words what will happen; raises Refused where it cannot."""
        self.governance.require_writable(f"run {run}")
        found = find(self._context, run)
        target = self.governance.of_run(found).pipeline.service(found.service).target(found.stage)
        return cancel(self._context, found, self._context.identity(target).person)

    def follow(self, run: str, after: int = 0, say: Callable[[str], None] = log) -> Iterator[Recorded]:
        """Yield a run's events as they are written, until it has given its lock back or its runner is gone.

        That the ledger does not answer is told and borne for a quarter of an hour; raises LedgerError then.
        """
        return follow(self._context, run, after, Patience(self._context.clock, say))

    def page(self, wanted: RunFilter, cursor: str | None = None, limit: int = 50) -> RunPage:
        """Return a page of runs, newest first; one without a verdict that nobody works on is unknown."""
        page = self._context.ledger.runs(wanted, cursor, limit)
        return replace(page, runs=tuple(_with_known_outcome(self._context, run) for run in page.runs))

    def find(self, name: str) -> Run:
        """Return a run by its id or by an unambiguous beginning of it; raises UsageError."""
        return find(self._context, name)

    def unfinished(self) -> tuple[Run, ...]:
        """Return the runs that still hold a lock, as `runs` has them."""
        return self.page(RunFilter(live=True), limit=500).runs

    def is_alive(self, run: Run) -> bool:
        """Tell whether the process that owns the run lives; where not, the run has to be reconciled."""
        return is_runner_alive(self._context, run)

    def events(self, run: str, after: int = 0) -> tuple[Recorded, ...]:
        """Return a run's events with a seq above `after`."""
        return self._context.ledger.events(run, after)

    def stack_events(self, run: Run, after: StackEvent | None = None) -> StackNews:
        """Return what CloudFormation did in a run, live or past, behind `after`; trouble is a value, never raised."""
        context = self.governance.of_run(run) if run.planned.preview else self._context
        return stack_events(context, run, after)

    def log_file(self, run: str) -> Path:
        """Return where the run's log is, whether or not it exists yet."""
        return self._context.folders.log(run)

    def typical_duration(self, run: Run) -> TypicalDuration | None:
        """Return how long a run like this usually took before; None where none ended well. Raises LedgerError."""
        return typical_duration_of_run(self._context, run)

    def next_stage(self, run: Run) -> NextStage | None:
        """Return the stage after a run's and the commit that may go there; None after the last stage."""
        return next_stage(self.governance.of_run(run), self.governance.service(run.service), run)

    def reconcile(self, run: str, say: Callable[[str], None] | None = None, *, gone: bool = False) -> Run | None:
        """Find out what happened to a run whose runner died, write it down and free the lock.

        Waits for a runner, a CLI or a stack that may still be at work, and says so. None where the runner died
        before it wrote anything: nothing was deployed, and its lock is free now. `gone` says that the
        machine that ran it is off for good.
        """
        self.governance.require_writable(f"run {run}")
        note = say or (lambda _note: None)
        try:
            found = find(self._context, run)
        except UsageError:
            free_unwritten(self._context, run, note)
            return None
        return reconcile(self.governance.of_run(found), found.id, self.me, note, gone=gone)

    def reconcile_abandoned(self, snapshot: Snapshot) -> tuple[Run, ...]:
        """Reconcile the runs whose end is not known and whose stacks answer; return those that are settled now.

        A runner that is alive is not disturbed, nothing is waited for, and --read-only writes nothing. Nothing raises.
        """
        return (
            () if self.governance.pipeline.read_only else reconcile_abandoned_runs(self.governance, snapshot, self.me)
        )

    def record_external(self, service: str, stage: str) -> tuple[Run, ...]:
        """Write down what others did to a stack since its newest run, and return that as runs.

        Raises UsageError, Refused under --read-only, LockHeld, AwsError, LedgerError.
        """
        self.governance.require_writable(f"{service}/{stage}")
        target = self.governance.service(service).target(self.governance.stage(stage).name)
        return tuple(self.find(name) for name in record_external_updates(self._context, target))

    def adopt(
        self,
        service: str,
        stage: str,
        reason: str,
        revision: str | None = None,
        on_step: Callable[[str], None] = lambda _step: None,
    ) -> Run:
        """Let what somebody else put on a stage count as verified there; return that as a run.

        `revision` says what runs on a stack that names no commit: with proof, where its package is what runs, else with
        a reason. Raises UsageError where that means nothing, Refused without proof or reason and under --read-only,
        GitError, LockHeld, AwsError, LedgerError.
        """
        self.governance.require_writable(f"{service}/{stage}")
        ruling, found, where = self.governance.governing(service, stage)
        return adopt(ruling, found.target(where.name), reason, revision, on_step)

    def gaps(self, runs: Sequence[Run], wanted: RunFilter, journalled: int = 0) -> tuple[str, ...]:
        """Return in words what the runs of a filter leave out; reads their stacks for others' updates.

        `journalled` is how many runs wait on this machine for their import. Raises LedgerError.
        """
        return record_gaps(self._context, runs, wanted, journalled)

    def metrics(self, services: Sequence[str], stage: str, since: datetime, until: datetime) -> Metrics:
        """Return the DORA figures of services in a stage over a time; raises UsageError, LedgerError."""
        found = [self.governance.service(name) for name in services]
        return metrics(self._context, found, self.governance.stage(stage), since, until)


def _with_known_outcome(context: Context, run: Run) -> Run:
    return with_known_outcome(run, alive=is_runner_alive(context, run)) if run.live else run
