"""All drifts of many services at once: what `drift` shows."""

from __future__ import annotations

import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.drift.commits import CommitDrift
from promote_tui.core.drift.report import DriftKind, StageDrift
from promote_tui.core.errors import Refused
from promote_tui.core.model.cells import Unreachable
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from promote_tui.core.matrix import Snapshot
    from promote_tui.engine.engine import Engine

AT_ONCE = 8
"""How many drift detections run at the same time."""


@dataclass(frozen=True, slots=True)
class DriftRequest:
    """What to look at; `stages` are all where it is empty. `detect` lets CloudFormation look at each stack now."""

    services: tuple[str, ...]
    stages: tuple[str, ...]
    kinds: Collection[DriftKind]
    detect: bool


def drift_report(engine: Engine, wanted: DriftRequest, say: Callable[[str], None]) -> tuple[StageDrift, ...]:
    """Return the drifts of each service in each stage; what cannot be read is a value. `say` hears of what takes long.

    Raises UsageError for a name that is none.
    """
    snapshot = engine.snapshot(services=wanted.services)
    if {"stack", "traffic"} & {*wanted.kinds}:
        snapshot = engine.drift.check_code(snapshot)
    names = list(dict.fromkeys(service for service, _ in snapshot.cells))
    rows = [row for name in names for row in _read(engine, wanted, snapshot, name)]
    return _looked_at(engine, wanted, rows, say) if "stack" in wanted.kinds else tuple(rows)


def _read(engine: Engine, wanted: DriftRequest, snapshot: Snapshot, service: str) -> list[StageDrift]:
    views = {stage: view for (name, stage), view in snapshot.cells.items() if name == service}
    cells = {stage: view.cell for stage, view in views.items()}
    commits = engine.drift.of_commits(service, cells) if "commit" in wanted.kinds else {}
    config = engine.drift.of_config(service, cells) if "config" in wanted.kinds else {}
    rows: list[StageDrift] = []
    for stage in engine.pipeline.stages:
        if stage.name in views and (not wanted.stages or stage.name in wanted.stages):
            before = views.get(stage.after) if stage.after else None
            own = commits.get(stage.name) or (CommitDrift() if before and "commit" in wanted.kinds else None)
            view = views[stage.name]
            rows.append(StageDrift(service, stage.name, view, stage.after, before, own, config.get(stage.name)))
    return rows


def _looked_at(
    engine: Engine, wanted: DriftRequest, rows: Sequence[StageDrift], say: Callable[[str], None]
) -> tuple[StageDrift, ...]:
    """Return the rows with what is found in their stacks; whoever interrupts waits no longer than one look."""
    given_up = threading.Event()

    def look(row: StageDrift) -> StageDrift:
        cell = row.view.cell
        if isinstance(cell, Unreachable) or cell.stack is None:
            return row
        if not wanted.detect:
            return replace(row, stack=engine.drift.of_stack(cell.target, cell.stack.id))
        say(f"{cell.target}: CloudFormation checks for drift")
        return replace(row, stack=engine.drift.detect(cell.target, cell.stack.id, go_on))

    def go_on(_seconds: float) -> None:
        if given_up.is_set():
            raise Refused("drift", "interrupted")

    with ThreadPoolExecutor(AT_ONCE, "drift") as pool:
        looks = [pool.submit(look, row) for row in rows]
        try:
            return tuple(one.result() for one in looks)
        except BaseException:
            given_up.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
