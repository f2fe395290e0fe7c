"""How the states of cells are called and drawn: one table, whole."""

from __future__ import annotations

import pytest

from promote_tui.core.cell_state import AT_REST, CellState, state_of
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import Halfway, Unreported
from promote_tui.core.model.halfway import StuckOperation
from promote_tui.core.runs.verification import NotVerified
from promote_tui.core.state_display import DISPLAYS, LEGEND, display_of
from promote_tui.core.value import replace
from tests.support.fakes import world
from tests.support.values import A, B

CELLS = world.cells()
BY_DRIFT = {
    CellState.SAME,
    CellState.FIRST,
    CellState.ALONE,
    CellState.BEHIND,
    CellState.AHEAD,
    CellState.DIVERGED,
    CellState.UNKNOWN,
}
"""What says only how a cell stands to the stage before: that takes the commits in between to say."""


def test_every_state_is_in_the_table_and_all_but_relations_have_words() -> None:
    assert set(DISPLAYS) == set(CellState)
    assert {state for state, shown in DISPLAYS.items() if not shown.phrase} == BY_DRIFT | {CellState.HALFWAY}


@pytest.mark.parametrize("state", list(CellState))
def test_what_stands_for_a_commit_is_the_word_of_the_state_but_for_a_lost_verdict(state: CellState) -> None:
    name = DISPLAYS[state].name
    assert name in {"", "unknown" if state is CellState.UNSETTLED else state.value}


@pytest.mark.parametrize("state", list(CellState))
def test_a_long_form_is_there_where_a_short_one_is(state: CellState) -> None:
    shown = DISPLAYS[state]
    assert shown.note_in(wide=True) or not shown.note_in(wide=False)
    assert shown.name_in(wide=True) or not shown.name_in(wide=False)


def test_what_is_at_rest_warns_of_nothing() -> None:
    assert {DISPLAYS[state].tone for state in AT_REST} == {"good", "calm", "faint"}


def test_the_legend_names_each_sign_once() -> None:
    signs = [DISPLAYS[state].sign for state in LEGEND]
    assert len(signs) == len({(sign, DISPLAYS[state].meaning) for sign, state in zip(signs, LEGEND, strict=True)})
    assert {shown.sign for shown in DISPLAYS.values()} - set(signs) == {"loading"}


def test_a_deploy_that_was_not_proved_says_so_instead_of_that_it_failed() -> None:
    failed = CELLS["identity", "dev"]
    unproved = replace(CELLS["orders", "staging"], verification=NotVerified("its smoke test failed", unproved=True))
    assert (display_of(failed).wide_note, display_of(failed).phrase) == ("failed", "the last deploy failed")
    assert state_of(unproved) is CellState.FAILED
    assert (display_of(unproved).wide_note, display_of(unproved).phrase) == ("not proved", "deployed, not proved")
    assert (display_of(unproved).note, display_of(unproved).sign) == ("fail", "failed")


def test_a_stack_that_names_what_is_no_commit_says_so() -> None:
    nameless = CELLS["reports", "prod"]
    assert isinstance(nameless.cell, Unreported)
    named = replace(nameless, cell=replace(nameless.cell, says="v7"))
    assert display_of(nameless).phrase == "names no commit"
    assert display_of(named).phrase == "the named commit is unknown"


def test_a_stack_that_got_stuck_says_between_what() -> None:
    target = world.target("billing", "prod")
    between = StuckOperation("UPDATE_FAILED", A, B)
    stuck = Halfway(target, world.stack(target, A, "UPDATE_FAILED"), between)
    assert display_of(CellView(stuck)).phrase == "half-way between aaaaaaa and bbbbbbb"


def test_a_cell_that_was_not_read_is_being_read() -> None:
    assert display_of(None).phrase == "reading"
