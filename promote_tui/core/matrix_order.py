"""The order of the rows of the matrix, and their groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from promote_tui.core.git.relation import counts
from promote_tui.core.model.cells import stack_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from promote_tui.core.matrix import CellView
    from promote_tui.core.matrix_filter import Row

Order: TypeAlias = Literal["name", "staleness", "drift"]
ORDERS: tuple[Order, ...] = get_args(Order)


def sort_rows(rows: Sequence[Row], order: Order) -> list[Row]:
    """Return the rows by name, or with those on top whose last stage is the oldest, or that are furthest apart."""
    named = sorted(rows, key=lambda row: row.service.lower())
    if order == "staleness":
        return sorted(named, key=_oldest)
    if order == "drift":
        return sorted(named, key=_apart, reverse=True)
    return named


def group_rows(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Return the rows by who owns them, in the order of the owners' names; those that nobody owns come last."""
    found: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (not row.owners, row.owner.lower())):
        found.setdefault(row.owner, []).append(row)
    return list(found.items())


def _oldest(row: Row) -> tuple[int, float]:
    """Return what puts the last stage's oldest update first, and what was never deployed last."""
    stamps = [updated_at(view) for view in list(row.cells.values())[-1:]]
    known = [stamp.timestamp() for stamp in stamps if stamp is not None]
    return (0, known[0]) if known else (1, 0.0)


def updated_at(view: CellView | None) -> datetime | None:
    """Return when a cell's stack was updated last."""
    stack = stack_of(view.cell) if view else None
    return stack.updated_at if stack else None


def _apart(row: Row) -> int:
    return sum(sum(counts(view.relation)) for view in row.cells.values() if view is not None)
