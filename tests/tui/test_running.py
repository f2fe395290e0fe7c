"""A run is drawn from the fold of its events."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.run import Run, fold
from promote_tui.tui.presentation.glyphs import UNICODE
from promote_tui.tui.presentation.ink import ink
from promote_tui.tui.presentation.running import cause_lines, heading, log_title, steps, success_lines
from tests.fakes import world
from tests.fakes.engine import Outcome, opening, planned, story
from tests.fakes.world import NOW

if TYPE_CHECKING:
    from promote_tui.core.events import Event

FIRST = planned("run-0001", world.plan(world.draft()), NOW)


def folded(*events: Event) -> Run:
    run = fold([FIRST, *events])
    assert run is not None
    return run


def progress(run: Run) -> list[str]:
    return [step.progress for step in steps(run, NOW + timedelta(seconds=65))]


def test_steps_of_a_run_under_way() -> None:
    run = folded(*opening(FIRST))
    assert progress(run) == ["done", "done", "done", "running", "todo", "todo"]
    deploy = steps(run, NOW + timedelta(seconds=65))[3]
    assert (deploy.name, deploy.seconds) == ("deploy", 61)


def test_steps_before_the_lock() -> None:
    assert progress(folded()) == ["done", "running", "todo", "todo", "todo", "todo"]


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("succeeded", ["done", "done", "done", "done", "done", "done"]),
        ("rolled_back", ["done", "done", "done", "failed", "done", "done"]),
        ("failed", ["done", "done", "done", "failed", "done", "done"]),
        ("unknown", ["done", "done", "done", "done", "failed", "done"]),
        ("not_submitted", ["done", "done", "done", "skipped", "skipped", "done"]),
    ],
)
def test_steps_of_a_run_that_ended(outcome: Outcome, expected: list[str]) -> None:
    assert progress(folded(*story(FIRST, outcome))) == expected


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("succeeded", "✓ Deployed orders to prod"),
        ("rolled_back", "✗ Failed and rolled back: orders to prod"),
        ("failed", "✗ Failed: orders to prod"),
        ("unknown", "? Not known how it ended: orders to prod"),
        ("not_submitted", "✗ Stopped before the deploy: orders to prod"),
    ],
)
def test_heading_tells_the_end(outcome: Outcome, words: str) -> None:
    assert heading(folded(*story(FIRST, outcome)), NOW, UNICODE, 80).plain.startswith(words)


def test_failure_shows_cause_what_runs_now_and_what_is_next() -> None:
    text = "\n".join(part.plain for part in cause_lines(folded(*story(FIRST, "rolled_back")), UNICODE, 100))
    assert "OrdersTable (AWS::DynamoDB::Table) UPDATE_FAILED: the table has a custom name" in text
    assert "prod still runs 2c7e914   the stack is UPDATE_ROLLBACK_COMPLETE" in text
    assert "mend the cause, then promote again   p → review 8d20b6e again" in text


def test_an_unknown_end_claims_nothing() -> None:
    text = "\n".join(part.plain for part in cause_lines(folded(*story(FIRST, "unknown")), UNICODE, 100))
    assert "it is not known what prod runs" in text
    assert "c → find out what happened" in text


def test_a_run_that_is_fine_has_no_cause() -> None:
    assert cause_lines(folded(*opening(FIRST)), UNICODE, 80) == []
    assert cause_lines(folded(*story(FIRST, "succeeded")), UNICODE, 80) == []


def test_success_offers_the_next_stage() -> None:
    lines = success_lines(folded(*story(FIRST, "succeeded")), "prod-us", UNICODE, 80)
    assert [part.plain.rstrip() for part in lines] == [
        "NOW   ✓ prod runs 8d20b6e   the stack is UPDATE_COMPLETE",
        "NEXT  p → promote 8d20b6e to prod-us",
    ]


def test_a_long_log_path_is_cut_at_its_beginning() -> None:
    text = log_title("/a/very/long/folder/with/many/parts/run.log", ink("following"), 40, UNICODE).plain
    assert len(text) == 40
    assert text.endswith("following")
    assert "parts/run.log" in text
