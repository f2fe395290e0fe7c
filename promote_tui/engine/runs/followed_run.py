"""Following a run to its end, whatever happens to its runner and to the ledger."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.errors import DeployError, LedgerError, LockHeld, RunExists
from promote_tui.core.model.pipeline import Target
from promote_tui.core.runs.run import Outcome, Process
from promote_tui.engine.governance import Governance
from promote_tui.engine.patience import Patience
from promote_tui.engine.planning.planner import discard_plan
from promote_tui.engine.runs.control import follow
from promote_tui.engine.runs.reconcile import PLAN_FILE, read_run, reconcile
from promote_tui.engine.takeover import is_runner_alive

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.runs.run import Run
    from promote_tui.engine.context import Context

_POLL_SECONDS = 0.1
_LAST_MOMENTS = 100
"""How often a runner is looked for that has written its last event and is about to end."""
_BEGINNINGS = 300
"""How often the rollback is looked for that a failed run has announced: its runner is still to be started."""


@dataclass(frozen=True, slots=True)
class FollowedRun:
    """A run of a target that may be on its way, at work, over, or without its runner."""

    governance: Governance
    me: Process
    target: Target
    run: str

    def complete(self, begin: Callable[[], object], watch: Callable[[str], object]) -> Run | None:
        """Begin the run, let somebody watch it, and return it once it is over; None where it never began.

        Raises DeployError where its process could not be started, PromoteError where its verdict cannot be found.
        """
        if self.begin(begin):
            watch(self.run)
        return self.settle()

    def begin(self, begin: Callable[[], object]) -> bool:
        """Begin the run, and tell whether it is known to have begun; DeployError passes through where it has not.

        Of a ledger that failed meanwhile `settle` finds out what has become of the run; of a process that died in its
        beginning it frees the lock.
        """
        try:
            begin()
        except LedgerError:
            return False
        except DeployError:
            if self.settle() is None:
                raise
            return False
        return True

    def settle(self) -> Run | None:
        """Return the run once it is over, reconciled where its runner has died; None where it never began.

        It bears a ledger that fails for a while. Raises PromoteError where the verdict of the run cannot be found.
        """
        patience = Patience(self._context.clock)
        while True:
            try:
                return self._settle(patience)
            except LedgerError as error:
                patience.bear(error)

    @property
    def _context(self) -> Context:
        return self.governance.context

    def _settle(self, patience: Patience) -> Run | None:
        if not self._context.ledger.events(self.run) and self._prevent():
            return None
        self._follow(self.run, patience)
        found = read_run(self._context, self.run)
        if not found.released:
            self._await_runner(found)
            found = reconcile(self.governance.of_run(found), found.id, self.me, lambda _note: None, patient=False)
        return found

    def settle_rollback(self, failed: Run) -> Run | None:
        """Return the rollback that a failed run has started by itself, once it is over; None where there is none."""
        for _ in range(_BEGINNINGS if failed.rollback else 0):
            if self._context.ledger.events(failed.rollback):
                return FollowedRun(self.governance, self.me, self.target, failed.rollback).settle()
            self._context.clock.sleep(_POLL_SECONDS)
        return None

    def _follow(self, run: str, patience: Patience) -> None:
        for _ in follow(self._context, run, 0, patience):
            pass

    def _await_runner(self, found: Run) -> None:
        """Wait for the last moments of a runner that has written all that it knows."""
        for _ in range(_LAST_MOMENTS):
            if not is_runner_alive(self._context, found):
                return
            self._context.clock.sleep(_POLL_SECONDS)

    def _prevent(self) -> bool:
        """Make sure that a runner which may be on its way does not begin; False where it has begun meanwhile.

        Whoever takes the lock first has the run's id: a runner that comes later finds it used.
        """
        ledger = self._context.ledger
        while not ledger.events(self.run):
            try:
                ledger.acquire(self.target.key, self.run).release()
            except RunExists:
                pass  # prevented before, by a process that could not say so any more
            except LockHeld:
                holder = ledger.holder(self.target.key)
                if holder is None:
                    continue
                if holder.run == self.run and holder.runner_alive is not False:
                    self._context.clock.sleep(_POLL_SECONDS)  # it has the lock, and is about to write
                    continue
                if holder.run == self.run:
                    ledger.recover(self.run).release()
            self._discard()
            return not ledger.events(self.run)
        return False

    def _discard(self) -> None:
        with contextlib.suppress(OSError):
            discard_plan(self._context, (self._context.folders.run(self.run) / PLAN_FILE).read_text(encoding="utf-8"))


def goes_on(context: Context, run: str) -> bool:
    """Tell whether another attempt goes on with a run: it has begun, and is not over, or has ended well after all."""
    if not run or not context.ledger.events(run):
        return False
    found = read_run(context, run)
    return not found.released or found.outcome is Outcome.VERIFIED
