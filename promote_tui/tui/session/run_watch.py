"""The runs of this session: started or attached to here, watched until they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.lazy import Lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from promote_tui.core.runs.run import Run
    from promote_tui.tui.host import Host

_RINGS_BELL: Lazy[Callable[..., bool]] = Lazy("promote_tui.core.runs.notices:rings_bell")


class RunWatch:
    """Looks whether runs have ended, and tells of each end once."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.live: dict[str, Run | None] = {}
        """Those that have not ended; None: not read yet."""
        self._told: set[str] = set()
        self._watching = False

    def look(self) -> None:
        """Read them, one look at a time."""
        engine = self._host.engine
        if engine is None or not self.live or self._watching:
            return
        self._watching, names = True, tuple(self.live)
        # where the ledger does not answer the run's own screen says so; here the next look may do better
        self._host.background.run(
            self._host, lambda: [engine.runs.find(name) for name in names], self._take, lambda _error: self._take(())
        )

    def _take(self, runs: Sequence[Run]) -> None:
        """Say which runs have ended."""
        self._watching = False
        for run in runs:
            if run.live and run.status.value != "unknown":
                self.live[run.id] = run
            elif run.id in self.live:
                self.end(run)

    def end(self, run: Run) -> None:
        """Note the end of a run, once; a toast tells of it unless its own screen does. Read the matrix again."""
        host = self._host
        self.live.pop(run.id, None)
        if run.id in self._told:
            return
        self._told.add(run.id)
        notify = host.pipeline.notify
        if notify and _RINGS_BELL.load()(notify, run):
            host.bell()
        if getattr(host.screen, "name_of_run", None) != run.id:
            host.say(_ended(run))
        host.run_ended_signal.publish(run)
        host.refresh_cells()


def _ended(run: Run) -> str:
    where = f"{run.service} to {run.stage}"
    if run.status.value == "unknown":
        return f"{where}: the verdict of run {run.id} is unknown; open it to reconcile it"
    held = f", {run.stage} is on hold until lifted" if run.rollback_words else ""
    return f"{where}: {run.rollback_words or run.status.value.replace('_', ' ')}{held}"
