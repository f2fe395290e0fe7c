"""Hints in the room that there is: Help is the last that gives way."""

from __future__ import annotations

import pytest
from textual.content import Content

from promote_tui.tui.widgets.key_bar import fit_hints


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (80, "a One  b Two  c Three  ? Help"),
        (29, "a One  b Two  c Three  ? Help"),
        (28, "a One  b Two  ? Help"),
        (19, "a One  ? Help"),
        (8, "? Help"),
        (2, "? Help"),
    ],
)
def test_hints_give_way_from_the_end_and_help_stays(room: int, shown: str) -> None:
    hints = [Content(words) for words in ("a One", "b Two", "c Three", "? Help")]
    assert fit_hints(hints, "  ", room).plain == shown


def test_no_hints_are_an_empty_line() -> None:
    assert fit_hints([], "  ", 10).plain == ""
