"""Reading the matrix: a refresh at a time, its answers numbered, so that a late one never overwrites a newer one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.matrix import CellView, Snapshot
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.runs.run import Run
    from promote_tui.tui.host import Host


class MatrixRefresh:
    """Reads every cell, then looks whether the functions run what was deployed; `keep` is for the next start."""

    def __init__(self, host: Host, keep: Callable[[Snapshot], None]) -> None:
        self._host = host
        self._keep = keep
        self._refreshing = self._again = self._checking = False
        self._unrecorded = ""

    def begin(self) -> None:
        """Read every cell again; answers of an older refresh are dropped from now on."""
        if self._refreshing:
            self._again = True  # one call waits for AWS at a time; what has changed since is read right after it
            return
        self._refreshing = True
        host, engine = self._host, self._host.the_engine
        generation = host.cells.begin()

        def hear(key: CellKey, view: CellView) -> None:
            host.call_later(self.take_cell, generation, key, view)

        def work() -> None:
            taken = engine.snapshot(hear)
            settled = engine.runs.reconcile_abandoned(taken)
            if settled:
                host.call_later(self._say_settled, settled)
                taken = engine.snapshot(hear)
            host.call_later(self._take, generation, taken)
            self._keep(taken)

        host.background.run(host, work, failed=lambda error: self._fail(generation, error))
        host.cells_changed.publish(None)

    def begin_unasked(self) -> None:
        """Read every cell again as time goes by, unless somebody reads them now."""
        if self._host.engine is not None and not self._host.cells.is_reading:
            self.begin()

    def take_cell(self, generation: int, key: CellKey, view: CellView) -> None:
        """Show one cell."""
        if self._host.cells.accept(generation, key, view):
            self._host.cells_changed.publish(key)

    def _take(self, generation: int, snapshot: Snapshot) -> None:
        """Show all cells."""
        if self._host.cells.complete(generation, snapshot):
            self._host.cells_changed.publish(None)
            self._check(snapshot)
            self._host.inbox.read(snapshot)
            self._say_unrecorded(snapshot.unrecorded)
        self._end()

    def _fail(self, generation: int, error: PromoteError) -> None:
        """Show why nothing could be read."""
        if self._host.cells.fail(generation, error):
            self._host.cells_changed.publish(None)
        self._end()

    def _end(self) -> None:
        """Begin the next refresh, where somebody has asked for one meanwhile."""
        self._refreshing = False
        if self._again:
            self._again = False
            self.begin()

    def _check(self, snapshot: Snapshot) -> None:
        """Look whether the functions run what was deployed, one look at a time; nothing waits for it."""
        if self._checking:
            return
        self._checking, engine = True, self._host.the_engine

        def work() -> Snapshot:
            checked = engine.drift.check_code(snapshot)
            if checked != snapshot:
                self._keep(checked)
            return checked

        self._host.background.run(self._host, work, self._mark, self._not_checked)

    def _mark(self, snapshot: Snapshot) -> None:
        """Mark the cells whose functions run other code than was deployed."""
        self._checking = False
        self._host.cells.check(snapshot)
        self._host.cells_changed.publish(None)

    def _not_checked(self, error: PromoteError) -> None:
        self._checking = False
        self._host.say_trouble(error)

    def _say_unrecorded(self, why: str) -> None:
        """Say once what is not shown where the ledger cannot be read."""
        if why and why != self._unrecorded:
            self._host.say(f"runs, holds and vetoes are not shown: {why}", failed=True)
        self._unrecorded = why

    def _say_settled(self, runs: Sequence[Run]) -> None:
        """Say how runs have ended of which that was not known."""
        for run in runs:
            self._host.say(f"{run.service} to {run.stage}: reconciled, {run.status.value.replace('_', ' ')}")
