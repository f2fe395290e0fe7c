"""What a stage ran before is nothing, a commit, or unknown: three things, and three words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.cli.outputs.runs import RunOutput
from promote_tui.cli.text import runs
from promote_tui.cli.text.style import Style
from promote_tui.core.model.halfway import StuckOperation
from promote_tui.core.planning.next_stage import NextStage
from promote_tui.core.runs.events import Failed, Verified
from promote_tui.core.value import replace
from promote_tui.tui.presentation.glyphs import UNICODE
from promote_tui.tui.presentation.lines import from_to
from promote_tui.tui.presentation.run.outcome import RunFollowUp, RunKeys, cause_lines, success_lines
from promote_tui.tui.presentation.run.progress import RunView, target_lines
from tests.support.values import NOW, A, B, planned, run

if TYPE_CHECKING:
    from promote_tui.core.runs.run import Run

ROWS = [
    ("a commit", {"from_commit": A}, "aaaaaaa", "aaaaaaa"),
    (
        "nothing",
        {"from_commit": None, "stack_id": None, "stack_status": None},
        "nothing",
        "none: the first deploy here",
    ),
    ("a stack that named none", {"from_commit": ""}, "unknown", "unknown: the stack named no commit"),
    ("the same, in an older record", {"from_commit": None}, "unknown", "unknown: the stack named no commit"),
    (
        "what a failed first attempt left",
        {"from_commit": None, "stack_status": "ROLLBACK_COMPLETE"},
        "nothing",
        "none: the first deploy here",
    ),
]


def ended(fields: dict[str, str | None]) -> Run:
    """A run from there, that ended well."""
    return replace(run(Verified(NOW)), planned=planned(B, **fields))


@pytest.mark.parametrize(("fields", "shown", "back"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_where_a_run_comes_from_and_its_way_back_are_told_alike(
    fields: dict[str, str | None], shown: str, back: str
) -> None:
    found = ended(fields)
    assert from_to(found, UNICODE).plain == f"{shown} {UNICODE.arrow} bbbbbbb"
    assert f"rollback  {back}" in "\n".join(each.plain for each in target_lines(found, UNICODE, 80))
    assert shown in "\n".join(runs.run_table([found], Style(), NOW))
    assert RunOutput.of(found).from_unknown is (shown == "unknown")


def test_a_deploy_past_us_is_a_success_whose_commit_is_unknown() -> None:
    found = replace(run(Verified(NOW)), planned=planned("", kind="foreign"), still_on="")
    text = "\n".join(runs.verdict_lines(found, Style(), alive=False))
    assert "updated by ana; which commit it brought is unknown" in text
    lines = "\n".join(
        each.plain for each in success_lines(found, RunFollowUp(NextStage("prod", "")), RunKeys(), UNICODE, 80)
    )
    assert "unknown what staging runs" in lines
    assert "NEXT" not in lines


def test_a_run_that_got_stuck_says_between_what_and_which_resources_were_updated() -> None:
    between = StuckOperation("UPDATE_FAILED", A, B, ("Worker",), ("Broken",))
    found = run(Failed(NOW, "quota; the stack is UPDATE_FAILED", None, "roll the stack back", halfway=between))
    lines = "\n".join(each.plain for each in cause_lines(RunView(found, NOW), RunKeys(), UNICODE, 80))
    assert "staging is half-way between aaaaaaa and bbbbbbb" in lines
    assert "updated: Worker; failed: Broken" in lines
    text = "\n".join(runs.verdict_lines(found, Style(), alive=False))
    assert "neither commit runs there: it is half-way between aaaaaaa and bbbbbbb" in text


def test_a_stack_that_names_no_commit_is_not_said_to_hold_nothing() -> None:
    found = run(Failed(NOW, "the update completed, but the stack names no commit", None))
    lines = "\n".join(each.plain for each in cause_lines(RunView(found, NOW), RunKeys(), UNICODE, 80))
    assert "nothing is deployed" not in lines
    assert "staging names no commit" in lines
