"""The order of the rows of the matrix, and their groups."""

from __future__ import annotations

import pytest

from promote_tui.core.matrix_filter import FilterFacts, Row, rows_of
from promote_tui.core.matrix_order import Order, group_rows, sort_rows
from tests.support.fakes import world

CELLS = world.cells()


def row(service: str) -> Row:
    return Row(service, {stage.name: CELLS.get((service, stage.name)) for stage in world.STAGES})


@pytest.mark.parametrize(
    ("order", "first", "last"),
    [("name", "billing", "webhooks"), ("staleness", "checkout", "webhooks"), ("drift", "checkout", "webhooks")],
)
def test_rows_are_sorted_by_name_by_the_oldest_last_stage_and_by_drift(order: Order, first: str, last: str) -> None:
    names = [found.service for found in sort_rows([row(name) for name in reversed(world.NAMES)], order)]
    assert (names[0], names[-1]) == (first, last)
    assert sorted(names) == sorted(world.NAMES)


def test_groups_are_in_the_order_of_their_owners_and_keep_the_order_of_the_rows() -> None:
    rows = rows_of(world.owned_pipeline(), CELLS, FilterFacts())
    groups = [(owner, [row.service for row in its]) for owner, its in group_rows(sort_rows(rows, "drift"))]
    assert groups[:2] == [("lea", ["emails"]), ("payments", ["billing", "orders"])]
    assert groups[2][0] == ""
    assert groups[2][1][0] == "checkout"
    assert len(groups) == 3
    assert group_rows([]) == []
