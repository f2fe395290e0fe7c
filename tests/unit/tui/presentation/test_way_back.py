"""A review says its way back in both of its layouts, and a fault of it stands out."""

from __future__ import annotations

import pytest

from promote_tui.core.runs.way_back import WayBack
from promote_tui.core.value import replace
from promote_tui.tui.presentation.glyphs import UNICODE
from promote_tui.tui.presentation.review.compact import step_table
from promote_tui.tui.presentation.review.model import Review
from promote_tui.tui.presentation.review.rollback_outlook import rollback_outlook
from tests.support.fakes import world
from tests.support.tui_reviewing import NOTHING, planned

SAFE = WayBack("redeploy", "a81be07" + "0" * 33)
ONE_WAY = WayBack("one-way", SAFE.commit, "the data of Orders is removed")


@pytest.mark.parametrize("found", [SAFE, ONE_WAY])
def test_both_layouts_say_it(found: WayBack) -> None:
    made = replace(planned(world.draft(), NOTHING), way_back=found)
    target = made.draft.target
    review = Review(target, "type", world.NOW, UNICODE, made.draft, made, view=world.cells()["orders", "prod"])
    assert any(found.words in row.plain for row in step_table(review, 80, "12345"))
    assert any(found.words in row.plain for row in rollback_outlook(review, 100))
