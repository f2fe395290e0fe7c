"""The heads of the matrix: names stay whole, and what is behind gives way."""

from __future__ import annotations

import pytest

from promote_tui.core.value import replace
from promote_tui.tui.presentation.pipeline.grid import grid
from promote_tui.tui.presentation.pipeline.heads import count_behind, group_line, stage_head
from tests.support.fakes import world

STAGING, PROD = world.STAGES[1:]


@pytest.mark.parametrize(
    ("name", "behind", "width", "words"),
    [
        ("prod", 37, 120, " PROD 37 behind     333333333333 "),
        ("prod", 0, 120, " PROD               333333333333 "),
        ("pre-production", 37, 120, " PRE-PRODUCTION 37  333333333333 "),
        ("pre-production-eu", 37, 120, " PRE-PRODUCTION-EU  333333333333 "),
        ("prod", 37, 80, " PROD 37 behind       "),
        ("pre-production", 37, 80, " PRE-PRODUCTION 37    "),
        ("pre-production-eu-1", 37, 80, " PRE-PRODUCTION-EU-1  "),
        ("pre-production-europe", 7, 80, " PRE-PRODUCTION-EURO… "),
    ],
)
def test_a_stage_says_how_many_services_are_behind_before_its_name_is_cut(
    name: str, behind: int, width: int, words: str
) -> None:
    assert stage_head(replace(PROD, name=name), behind, grid(width, 3), here=False).plain == words


def test_behind_and_diverged_cells_count_and_unread_ones_do_not() -> None:
    cells = world.cells()
    views = [cells.get((name, "staging")) for name in world.NAMES]
    assert count_behind([*views, None]) == 2


def test_a_group_has_its_counts_below_the_heads_of_the_stages() -> None:
    shape = grid(80, 3)
    assert group_line("payments", (0, 2, 11), shape).plain == (
        " payments     " + " " * 22 + " 2 behind             " + " 11 behind            "
    )
