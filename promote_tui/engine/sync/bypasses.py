"""Deploys that went around a stage which takes only what sync deploys: put on record, and told of, once each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.model.cells import stack_of
from promote_tui.core.runs.external import external_update_time
from promote_tui.engine.runs.external import record_external_updates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.engine.context import Context
    from promote_tui.engine.sync.selection import SyncTarget

_RECENT = 5
"""Runs of a stack that are looked at for the newest one that was deployed."""


def record_bypasses(context: Context, targets: Sequence[SyncTarget]) -> None:
    """Record what others did to stages that only sync may deploy to; what cannot be recorded now is found next time."""
    watched = [each for each in targets if each.stage.only == "sync"]
    if not watched:
        return
    try:
        keys = [each.target.key for each in watched]
        runs = context.ledger.newest_runs(keys, context.clock.now(), _RECENT)
    except PromoteError:
        return  # without the ledger, each of them is unknown below
    cells = context.stacks.cells([each.target for each in watched])
    for each in watched:
        if external_update_time(stack_of(cells[each.target]), runs.get(each.target.key, ())):
            _record(each)


def _record(each: SyncTarget) -> None:
    try:
        record_external_updates(each.context, each.target)
    except PromoteError:
        return
