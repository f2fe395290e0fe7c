"""Reads what the way back from a promotion depends on: what counts as verified there, and how long a deploy takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.model.cells import Deployed
from promote_tui.core.runs.typical_duration import typical_total
from promote_tui.core.runs.way_back import find_way_back
from promote_tui.engine.verification import runs_of, verified_in

if TYPE_CHECKING:
    from promote_tui.core.changes.model import ChangeReview
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.planning.plan import Draft
    from promote_tui.core.runs.way_back import WayBack
    from promote_tui.engine.context import Context


def read_way_back(context: Context, draft: Draft, cell: Cell, review: ChangeReview) -> WayBack:
    """Return the way back from a promotion that changes this; raises GitError, LedgerError."""
    service = context.pipeline.service(draft.target.service)
    verified = None
    if isinstance(cell, Deployed):
        verified = verified_in(context, service, draft.target.stage, cell.commit, cell)
    is_known = draft.deployed is not None or bool(draft.files)
    usual = typical_total(runs_of(context.ledger, draft.target))
    return find_way_back(cell, verified, review, draft.migrated if is_known else None, usual)
