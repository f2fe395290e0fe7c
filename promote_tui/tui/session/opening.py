"""Opening the engine: in a thread, once the first frame is painted."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from promote_tui.core.text import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.engine import Engine
    from promote_tui.tui.host import Host

_NAMED = 3
"""How many runs a toast names."""


class Opening:
    """Opens the engine, then has every cell read, and offers what still runs from before; `attach` shows a run."""

    def __init__(
        self, host: Host, open_engine: Callable[[], Engine], read_cells: Callable[[], None], attach: str | None
    ) -> None:
        self._host = host
        self._open_engine = open_engine
        self._read_cells = read_cells
        self._attach = attach
        self._asking = False

    def begin(self) -> None:
        """Open it in a thread; what it needs to import is imported there."""
        gc.freeze()
        gc.enable()
        self._host.cells.is_reading = True

        def work() -> tuple[Engine, Sequence[Run]]:
            engine = self._open_engine()
            return engine, engine.runs.unfinished()

        self._host.background.run(self._host, work, lambda opened: self._opened(*opened), self._failed)

    def _opened(self, engine: Engine, unfinished: Sequence[Run]) -> None:
        host = self._host
        self._take(engine)
        policy = engine.pipeline.policy
        if policy is not None and policy.differs:
            words = f"this configuration differs from {policy.where}, which holds: {', '.join(policy.differs)}"
            host.say(words, failed=True)
        self._read_cells()
        if self._attach:
            host.open_run(self._attach)
        else:
            self._offer(unfinished)

    def _take(self, engine: Engine) -> None:
        """Go by this engine: the same stages, with the rules that hold, and with whom `{user}` stands for."""
        host = self._host
        host.engine, host.pipeline = engine, engine.pipeline
        known = {stage.name for stage in engine.pipeline.stages}
        host.marked.intersection_update([key for key in host.marked if key[1] in known])

    def find_user(self) -> None:
        """Ask again whom `{user}` stands for, then have every cell read."""
        if self._asking:
            return
        self._asking, engine = True, self._host.the_engine

        def found(again: Engine) -> None:
            self._asking = False
            self._take(again)
            self._read_cells()

        def failed(error: PromoteError) -> None:
            self._asking = False
            self._host.say_trouble(error)
            self._read_cells()

        self._host.background.run(self._host, lambda: self._host.read_rules(engine), found, failed)

    def _offer(self, found: Sequence[Run]) -> None:
        """Say which runs hold a lock: those that somebody works on, and those that want to be reconciled."""
        runs, lost = self._host.key_of("app.runs"), [run for run in found if run.status.value == "unknown"]
        self._say([run for run in found if run not in lost], f"not finished: {{}}. Press {runs} to watch.")
        self._say(lost, f"to reconcile: {{}}. Press {runs} to open {'it' if len(lost) == 1 else 'them'}.")

    def _say(self, found: Sequence[Run], words: str) -> None:
        if found:
            names = ", ".join(f"{run.service} to {run.stage}" for run in found[:_NAMED])
            self._host.say(f"{plural(len(found), 'run')} {words.format(names)}")

    def _failed(self, error: PromoteError) -> None:
        """Show why, with the next step in words: no key but `r`, which tries again, works without the engine."""
        self._host.cells.is_reading, self._host.cells.trouble = False, error.by(None)
        self._host.cells_changed.publish(None)
