"""A stack that got stuck, in the terminal UI: neither commit is shown as what a stage runs."""

from __future__ import annotations

import pytest

from promote_tui.core.cell_state import CellState, state_of
from promote_tui.core.git.relation import NotApplicable, Unknown
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import Deployed, Halfway, Unreported, commit_of
from promote_tui.core.model.halfway import StuckOperation
from promote_tui.core.value import replace
from promote_tui.tui.presentation.drift.filter import is_shown
from promote_tui.tui.presentation.drift.model import drift_rows
from promote_tui.tui.presentation.drift.rows import row_line
from promote_tui.tui.presentation.glyphs import UNICODE
from promote_tui.tui.presentation.pipeline.cells import MatrixStyle, cell_line
from promote_tui.tui.presentation.pipeline.detail import main_lines
from promote_tui.tui.presentation.pipeline.grid import grid
from promote_tui.tui.presentation.pipeline.pane import CellPane, title
from promote_tui.tui.presentation.pipeline.tally import summary
from promote_tui.tui.state.view_merge import merge_views
from tests.support.fakes import world
from tests.support.fakes.world import NOW
from tests.support.values import A, B

BETWEEN = StuckOperation("UPDATE_FAILED", A, B, ("ChargeFunction",), ("Broken",))
KEY = "billing", "prod"
WORDS = "half-way between aaaaaaa and bbbbbbb (UPDATE_FAILED); updated: ChargeFunction; failed: Broken"


def stuck(between: StuckOperation = BETWEEN) -> CellView:
    """A cell in prod whose stack got stuck."""
    target = world.target(*KEY)
    stack = world.stack(target, A, "UPDATE_FAILED")
    return CellView(Halfway(target, stack, between), Unknown(f"the commit of prod is unknown: {between}"), "staging")


@pytest.mark.parametrize(
    ("between", "narrow", "wide"),
    [
        (BETWEEN, " ✗ half-way           ", " ✗ half-way  aaaaaaa bbbbbbb     "),
        (replace(BETWEEN, to=""), " ✗ half-way           ", " ✗ half-way                      "),
    ],
)
def test_its_cell_names_both_commits_where_there_is_room_and_both_are_known(
    between: StuckOperation, narrow: str, wide: str
) -> None:
    view = stuck(between)
    assert isinstance(view.cell, Halfway)
    view = replace(view, cell=replace(view.cell, stack=replace(view.cell.stack, updated_at=None)))
    assert (state_of(view), commit_of(view.cell)) == (CellState.HALFWAY, None)
    assert cell_line(view, MatrixStyle(grid(80, 3), UNICODE, NOW)).plain.rstrip() == narrow.rstrip()
    assert cell_line(view, MatrixStyle(grid(120, 3), UNICODE, NOW)).plain.rstrip() == wide.rstrip()
    assert "1 half-way" in summary([view], UNICODE, 80).plain


def test_below_the_matrix_it_says_between_what_and_which_resources_were_updated() -> None:
    pane = CellPane("billing", world.pipeline().stage("prod"), stuck(), NOW, UNICODE)
    assert "half-way between aaaaaaa and bbbbbbb" in title(pane, 120).plain
    text = " ".join(line.plain.strip() for line in main_lines(pane, 120, 20))
    assert WORDS in text
    assert "roll the stack back (RollbackStack), then promote again" in text


def test_the_drift_screen_has_one_row_of_it_and_finds_it_by_its_state() -> None:
    views = {**world.cells(), KEY: stuck()}
    rows = [row for row in drift_rows(world.pipeline(), views.get) if (row.service, row.stage) == KEY]
    (row,) = rows
    assert "half-way" in row_line(row, NOW, UNICODE, 160, here=False).plain
    assert "updated: ChargeFunction" in row_line(row, NOW, UNICODE, 220, here=False).plain
    assert is_shown(row, "state:half-way")


def test_what_the_record_says_of_a_stack_stays_while_only_the_stack_was_read_again() -> None:
    view = stuck()
    assert isinstance(view.cell, Halfway)
    bare = CellView(replace(view.cell, between=StuckOperation("UPDATE_FAILED", A)))
    assert merge_views(view, bare) == view
    stack = world.stack(view.cell.target, None)
    adopted = CellView(Deployed(view.cell.target, stack, A, "k3"), NotApplicable(), "staging")
    assert merge_views(adopted, CellView(Unreported(view.cell.target, stack, "no output", "promote"))) == adopted
