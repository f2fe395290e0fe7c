"""What the faces talk to: everything that promote-tui can do, one method each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.model import Pipeline
from promote_tui.ports import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from promote_tui.core.model import Branch, Commit
    from promote_tui.core.plan import ApprovedPlan, Draft, Plan
    from promote_tui.core.run import Run
    from promote_tui.core.snapshot import CellKey, CellView, Snapshot
    from promote_tui.ports import Recorded, RunFilter, RunPage, ToolCheck


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine with its ports; every method blocks, and may be called from any thread."""

    pipeline: Pipeline
    clock: Clock

    def snapshot(
        self,
        on_view: Callable[[CellKey, CellView], None] | None = None,
        services: tuple[str, ...] = (),
    ) -> Snapshot:
        """Return every cell (of some services); `on_view` hears of each as it becomes known, from any thread.

        A cell is reported twice: as the stack says, and again with its drift and verification.
        """

    def branches(self, service: str) -> tuple[Branch, ...]:
        """Return the service's branches, newest first; raises UsageError, GitError."""

    def log(self, service: str, revision: str | None = None, *, skip: int = 0, limit: int = 50) -> tuple[Commit, ...]:
        """Return a page of service commits; without a revision, of the branch that matters most there."""

    def draft(self, service: str, stage: str, revision: str | None = None) -> Draft:
        """Return what a promotion would do, without packaging.

        Without a revision: the tip of the stage's deploy_on_merge branch, else the newest commit
        verified in the stage before that this stage allows; raises UsageError where there is none.
        """

    def plan(self, draft: Draft, on_step: Callable[[str], None] | None = None) -> Plan:
        """Package the commit and return the plan; `on_step` hears "checkout", "install", ... in words."""

    def discard(self, plan: Plan) -> None:
        """Delete a plan that will not be run, with its package."""

    def start(self, approved: ApprovedPlan) -> str:
        """Start a process of its own for the run and return the run's id once it is in the ledger.

        Raises LockHeld, PlanStale, Refused, LedgerError as the runner met them before it wrote anything.
        """

    def dry_run(self, approved: ApprovedPlan, say: Callable[[str], None]) -> None:
        """Walk through the run with a deployer that prints and a ledger that forgets."""

    def runs(self, wanted: RunFilter, cursor: str | None = None, limit: int = 50) -> RunPage:
        """Return a page of runs, newest first."""

    def run(self, name: str) -> Run:
        """Return a run by its id or by an unambiguous beginning of it; raises UsageError."""

    def events(self, run: str, after: int = 0) -> tuple[Recorded, ...]:
        """Return a run's events with a seq above `after`."""

    def follow(self, run: str, after: int = 0) -> Iterator[Recorded]:
        """Yield a run's events as they are written, until it has given its lock back or its runner is gone."""

    def log_file(self, run: str) -> Path:
        """Return where the run's log is, whether or not it exists yet."""

    def cancel(self, run: str) -> str:
        """Ask a run to stop, and return in words what will happen; raises Refused where it cannot."""

    def reconcile(self, run: str) -> Run:
        """Find out what happened to a run whose runner died, write it down and free the lock."""

    def unfinished(self) -> tuple[Run, ...]:
        """Return the runs that still hold a lock."""

    def doctor(self, on_check: Callable[[ToolCheck], None] | None = None) -> tuple[ToolCheck, ...]:
        """Check the tools, each stage's credentials and account, and each service's resolved targets."""

    def prune(self) -> tuple[str, ...]:
        """Remove expired plans, leftover checkouts and old run folders; return what went, in words."""
