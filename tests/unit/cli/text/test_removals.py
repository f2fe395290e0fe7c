"""How a run that removes a preview is told: it brings nothing, and it is over where the stack is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.cli.text.narration import narrate
from promote_tui.cli.text.runs import run_lines, verdict_lines
from promote_tui.cli.text.style import Style
from promote_tui.core.runs.events import Failed, Observed, Submitting, Verified
from promote_tui.core.runs.fold import fold
from promote_tui.core.runs.next_step import next_step_after
from promote_tui.core.stacks.progress import StackProgress
from promote_tui.tui.presentation.glyphs import UNICODE
from promote_tui.tui.presentation.lines import from_to
from promote_tui.tui.presentation.run.list import next_promotion
from promote_tui.tui.presentation.run.outcome import RunFollowUp, RunKeys, success_lines
from promote_tui.tui.presentation.run.page import offered_actions
from promote_tui.tui.presentation.run.progress import RunView, heading
from tests.support.values import NOW, A, planned

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Run

STYLE = Style()
PLANNED = planned("", kind="removal", from_commit=A, stage="pv-x", preview="x")
BEGUN = (PLANNED, Submitting(NOW, ("osls", "remove"), "log"))
GONE = Observed(NOW, None, None, None, "e9")
KEYS = RunKeys.read(lambda action: action, runs="r", promote="p", reconcile="c")


def folded(*events: Verified | Failed | Observed) -> Run:
    run = fold([*BEGUN, *events])
    assert run is not None
    return run


REMOVED = folded(GONE, Verified(NOW, "the stack is gone"))
STAYS = folded(Failed(NOW, "the stack is still there: DELETE_FAILED", A, "fix the cause, then remove it again"))


def test_it_goes_from_a_commit_to_nothing() -> None:
    assert "from aaaaaaa to nothing" in narrate(PLANNED, REMOVED, STYLE, "CLI")
    assert "removing: osls remove" in narrate(BEGUN[1], REMOVED, STYLE, "CLI")
    assert "the stack is gone" in narrate(GONE, REMOVED, STYLE, "CLI")
    assert from_to(REMOVED, UNICODE).plain == "aaaaaaa → nothing"
    assert any("aaaaaaa → nothing" in line for line in run_lines(REMOVED, (), STYLE, "CLI", alive=False))
    assert (REMOVED.still_on, REMOVED.brings, REMOVED.cell) == (None, None, None)


def test_its_end_is_that_the_stack_is_gone() -> None:
    assert verdict_lines(REMOVED, STYLE, alive=False) == ["✓ orders/pv-x is removed (run g1)"]
    (now,) = success_lines(REMOVED, RunFollowUp(), KEYS, UNICODE, 80)
    assert "the stack of pv-x is gone" in now.plain
    assert "Removed orders from pv-x" in heading(RunView(REMOVED, NOW, stack=StackProgress()), UNICODE, 100).plain


@pytest.mark.parametrize("run", [REMOVED, STAYS])
def test_no_review_is_about_a_preview(run: Run) -> None:
    assert next_step_after(run) is None
    assert not offered_actions(run, is_orphaned=False, has_next=False)["again"]
    assert next_promotion(run, None) == ("", "pv-x is a preview: promote-tui preview up x")
