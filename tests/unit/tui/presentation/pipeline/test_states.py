"""How the states of cells are drawn: the same signs as in text, and colours for every tone."""

from __future__ import annotations

import pytest

from promote_tui.cli.text.style import Style
from promote_tui.core.cell_state import CellState
from promote_tui.core.state_display import DISPLAYS
from promote_tui.tui.presentation.glyphs import ASCII, UNICODE
from promote_tui.tui.presentation.pipeline.states import commit_role, glyph_of, sign_role


@pytest.mark.parametrize("state", list(CellState))
def test_text_and_screen_draw_a_state_with_the_same_sign(state: CellState) -> None:
    for glyphs in (UNICODE, ASCII):
        assert Style(ascii_only=glyphs is ASCII).sign(DISPLAYS[state].sign) == glyph_of(state, glyphs).plain


@pytest.mark.parametrize(
    ("state", "sign", "commit"),
    [
        (CellState.SAME, "good", "muted"),
        (CellState.BEHIND, "warn", "plain"),
        (CellState.FAILED, "bad", "strong"),
        (CellState.LOGIN, "strong warn", "strong warn"),
        (CellState.DENIED, "strong bad", "strong bad"),
        (CellState.ALONE, "muted", "muted"),
        (CellState.NEVER, "faint", "muted"),
    ],
)
def test_a_word_in_the_place_of_a_commit_takes_the_colour_of_the_sign(state: CellState, sign: str, commit: str) -> None:
    assert (sign_role(DISPLAYS[state]), commit_role(DISPLAYS[state])) == (sign, commit)
