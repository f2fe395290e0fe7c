"""How a cell that was read again goes together with what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.git.relation import NotApplicable
from promote_tui.core.model.cells import Halfway, Unreported, commit_of, stack_of
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.core.matrix import CellView


def merge_views(old: CellView | None, new: CellView) -> CellView:
    """Return the view to show: what is known of a commit stays while only its stack was read again."""
    if (
        old is not None
        and isinstance(new.cell, Unreported | Halfway)
        and new.against is None
        and is_same_deploy(old, new)
    ):
        return old  # what the record says of the stack comes with the rest
    half = new.commit is None and new.against is None and isinstance(new.relation, NotApplicable)
    if old is None or not half or commit_of(old.cell) != commit_of(new.cell) or commit_of(new.cell) is None:
        return keep_checks(old, new)
    return keep_checks(old, replace(old, cell=new.cell, altered=None, traffic=None))


def keep_checks(old: CellView | None, new: CellView) -> CellView:
    """Return the new view; while it was not checked, it says what the last check of the same deploy has found."""
    if old is None or new.altered is not None or new.traffic is not None or not is_same_deploy(old, new):
        return new
    return replace(new, altered=old.altered).with_traffic(old.traffic)


def is_same_deploy(one: CellView, other: CellView) -> bool:
    """Tell whether two views are of one stack that was not updated in between."""
    first, second = stack_of(one.cell), stack_of(other.cell)
    return first is not None and second is not None and (first.id, first.updated_at) == (second.id, second.updated_at)
