"""The two sides under the matrix, in exactly the room that they have."""

from __future__ import annotations

from promote_tui.core.value import replace
from promote_tui.tui.presentation.glyphs import ASCII, UNICODE
from promote_tui.tui.presentation.pipeline.pane import CellPane
from promote_tui.tui.presentation.pipeline.side import LEFT, beside, side_lines
from promote_tui.tui.presentation.style import ink
from tests.support.fakes import world
from tests.support.fakes.world import NOW

PANE = CellPane("billing", world.pipeline().stage("dev"), world.cells()["billing", "dev"], NOW, UNICODE)


def test_two_sides_stand_beside_each_other_as_far_as_there_is_room() -> None:
    left = [ink("x" * 80), ink("two")]
    lines = [each.plain for each in beside(left, PANE, 85, 8)]
    assert {len(each) for each in lines} == {85}
    assert lines[:3] == [f"{'x' * LEFT} │  STACK     ", f"{'two':<71} │  name      ", f"{'':<71} │  status    "]
    assert len(lines) == 8


def test_the_rail_goes_to_the_end_of_the_room_and_no_further() -> None:
    empty = replace(PANE, view=None, glyphs=ASCII)
    assert side_lines(empty, 43) == []
    assert [each.plain for each in beside([], empty, 118, 2)] == [f"{'':<71} |  {'':<43}"] * 2
    assert [each.plain[:3] for each in beside([ink("one"), ink("two")], empty, 118, 1)] == ["one"]
