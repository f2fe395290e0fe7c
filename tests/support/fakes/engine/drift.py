"""The facade `drift`, answered from a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.changes.stack_drift import StackDrift
from promote_tui.core.drift.notices import drift_notice
from promote_tui.core.model.cells import Deployed
from promote_tui.core.traffic.model import Traffic
from promote_tui.core.value import replace
from promote_tui.engine.api.drift import Drift

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from promote_tui.core.drift.commits import CommitDrift
    from promote_tui.core.drift.config import ConfigDrift
    from promote_tui.core.drift.report import DriftKind, StageDrift
    from promote_tui.core.matrix import Snapshot
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Target
    from tests.support.fakes.engine.tape import Tape


class FakeDrift(Drift):
    """The public methods of Drift, answered from the script."""

    _tape: Tape

    def __init__(self, tape: Tape) -> None:
        object.__setattr__(self, "_tape", tape)

    def announce(self, rows: Sequence[StageDrift], kinds: Collection[DriftKind]) -> tuple[tuple[str, str], ...]:
        self._tape.announced += [notice for row in rows if (notice := drift_notice(row, kinds))]
        return self._tape.script.unnotified

    def check_code(self, snapshot: Snapshot) -> Snapshot:
        self._tape.call("drift.check_code")
        script, cells = self._tape.script, {}
        for key, view in snapshot.cells.items():
            found = script.traffic.get(key, Traffic() if isinstance(view.cell, Deployed) else None)
            cells[key] = replace(view, altered=script.altered.get(key, view.altered)).with_traffic(found)
        return replace(snapshot, cells=cells)

    def of_commits(self, service: str, cells: Mapping[str, Cell]) -> Mapping[str, CommitDrift]:
        self._tape.call("drift.of_commits", service)
        return {stage: found for (name, stage), found in self._tape.script.commit_drifts.items() if name == service}

    def of_config(self, service: str, cells: Mapping[str, Cell]) -> Mapping[str, ConfigDrift]:
        self._tape.call("drift.of_config", service)
        return {stage: found for (name, stage), found in self._tape.script.config_drifts.items() if name == service}

    def of_stack(self, target: Target, stack_id: str) -> StackDrift:
        self._tape.call("drift.of_stack", str(target))
        return self._tape.script.stack_drifts.get((target.service, target.stage), StackDrift())

    def detect(self, target: Target, stack_id: str, on_wait: Callable[[float], None] | None = None) -> StackDrift:
        if on_wait is not None:
            on_wait(12.0)
        self._tape.call("drift.detect", str(target))
        return self._tape.script.detected.get((target.service, target.stage), StackDrift((), self._tape.clock.now()))
