"""A run is drawn from the fold of its events."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.planning.next_stage import NextStage
from promote_tui.core.runs.events import (
    AlarmWatchEnded,
    CancelRequested,
    DeployCompleted,
    Exited,
    Failed,
    Observed,
    Released,
    SmokeTested,
)
from promote_tui.core.runs.fold import fold
from promote_tui.core.runs.steps import steps
from promote_tui.core.stacks.progress import StackPhase, StackProgress
from promote_tui.core.value import replace
from promote_tui.tui.presentation.glyphs import UNICODE
from promote_tui.tui.presentation.run.outcome import RunFollowUp, RunKeys, cause_lines, success_lines
from promote_tui.tui.presentation.run.progress import RunView, heading, log_title, step_lines, steps_of
from promote_tui.tui.presentation.style import ink
from tests.support.fakes import world
from tests.support.fakes.engine import Outcome, opening, planned, story
from tests.support.fakes.world import NOW
from tests.support.tui_watching import USUAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content

    from promote_tui.core.runs.events import Event
    from promote_tui.core.runs.run import Run

FIRST = planned("run-0001", world.plan(world.draft()), NOW)


def folded(*events: Event) -> Run:
    run = fold([FIRST, *events])
    assert run is not None
    return run


def told(run: Run, width: int) -> list[Content]:
    return cause_lines(RunView(run, NOW), RunKeys(), UNICODE, width)


def progress(run: Run) -> list[str]:
    return [step.progress for step in steps(run, NOW + timedelta(seconds=65))]


def test_steps_of_a_run_under_way() -> None:
    run = folded(*opening(FIRST))
    assert progress(run) == ["done", "done", "done", "running", "todo", "todo"]
    deploy = steps(run, NOW + timedelta(seconds=65))[3]
    assert (deploy.name, deploy.seconds) == ("deploy", 61)


LANDED = DeployCompleted(NOW + timedelta(seconds=30), smoke=True, bake=600)
SMOKED = SmokeTested(NOW + timedelta(seconds=40), passed=True, reason="200")
NOT_WELL = Failed(NOW + timedelta(seconds=50), "latency is ALARM", "b" * 40)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((), ["done", "running", "todo", "todo"]),
        ((SMOKED,), ["done", "done", "running", "todo"]),
        ((replace(SMOKED, passed=False), NOT_WELL), ["done", "failed", "skipped", "running"]),
        (
            (SMOKED, AlarmWatchEnded(NOW, passed=False, reason="latency is ALARM"), NOT_WELL),
            ["done", "done", "failed", "running"],
        ),
        ((SMOKED, NOT_WELL), ["done", "done", "skipped", "running"]),
    ],
)
def test_a_smoke_test_and_a_bake_are_steps_once_they_are_known_to_follow(
    events: tuple[Event, ...], expected: list[str]
) -> None:
    seen = Observed(NOW + timedelta(seconds=30), None, "UPDATE_COMPLETE", "b" * 40, "e9")
    run = folded(*opening(FIRST), Exited(NOW + timedelta(seconds=29), 0, "exited"), seen, LANDED, *events)
    found = steps(run, NOW + timedelta(seconds=65))
    assert [step.name for step in found[4:]] == ["read back", "smoke test", "bake", "record"]
    assert [step.progress for step in found[4:]] == expected


def test_what_was_not_proved_is_rolled_back_with_a_key_or_by_itself() -> None:
    back = "promote-tui rollback orders --stage prod"
    failed = Failed(NOW, "the smoke test failed", FIRST.to_commit, back)
    failed = replace(failed, unattended="not rolled back automatically: 1 migration")
    asks = told(folded(*opening(FIRST), LANDED, failed), 120)
    assert "u → roll back   not rolled back automatically: 1 migration" in asks[-1].plain
    assert "prod runs" in asks[-2].plain
    alone = told(folded(*opening(FIRST), LANDED, replace(failed, rollback="g9")), 120)
    assert "4 → run g9 rolls it back" in alone[-1].plain


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
        ("rolled_back", "✗ Failed and rolled back   orders to prod"),
        ("failed", "✗ Failed   orders to prod"),
        ("unknown", "? Verdict unknown   orders to prod"),
        ("not_submitted", "✗ Stopped before the deploy   orders to prod"),
    ],
)
def test_heading_tells_the_end(outcome: Outcome, words: str) -> None:
    assert heading(RunView(folded(*story(FIRST, outcome)), NOW), UNICODE, 80).plain.startswith(words)


def test_failure_shows_cause_what_runs_now_and_what_is_next() -> None:
    lines = [part.plain.rstrip() for part in told(folded(*story(FIRST, "rolled_back")), 120)]
    assert lines[0] == "OrdersTable   DynamoDB::Table   UPDATE_FAILED"
    assert lines[1] == "the table has a custom name"
    assert lines[3] == "NOW   ✓ prod still runs 2c7e914   stack is stable, UPDATE_ROLLBACK_COMPLETE"
    assert lines[4].startswith("NEXT  p → review 8d20b6e again   fix the cause, then promote again")
    assert lines[4].endswith("o console   y copy reason")


def test_a_stack_that_takes_no_deploy_names_what_has_to_be_done_first() -> None:
    *before, end, free = story(FIRST, "failed")
    stuck = replace(seen_of(before), stack_status="UPDATE_ROLLBACK_FAILED")
    run = folded(*(stuck if isinstance(event, Observed) else event for event in before), end, free)
    lines = [part.plain.rstrip() for part in told(run, 120)]
    assert "! prod still runs 2c7e914   the stack is UPDATE_ROLLBACK_FAILED" in lines[3]
    assert lines[4].startswith("NEXT  o → open the console   continue its rollback (ContinueUpdateRollback)")
    assert "review" not in lines[4]


def seen_of(events: Sequence[Event]) -> Observed:
    return next(event for event in events if isinstance(event, Observed))


def test_a_cause_that_no_resource_gave_is_told_as_it_is() -> None:
    failed = Failed(NOW, "the Serverless CLI ended with exit code 1: (no) reason: none", None, "see the log")
    lines = [part.plain.rstrip() for part in told(folded(*opening(FIRST), failed, Released(NOW, 41)), 100)]
    assert lines[0] == "the Serverless CLI ended with exit code 1: (no) reason: none"


def test_what_it_usually_takes_stands_beside_what_it_took() -> None:
    seen = RunView(folded(*opening(FIRST)), NOW + timedelta(seconds=64), usual=USUAL)
    rows = [part.plain.split() for part in step_lines(seen, UNICODE, 60)]
    assert rows[0] == ["STEP", "TOOK", "USUAL"]
    assert ["✓", "check", "again", "3s", "3s"] in rows
    assert ["◐", "deploy", "1m00s", "2m10s"] in rows
    assert ["○", "record", "1s"] in rows


@pytest.mark.parametrize(
    ("seconds", "end"), [(64, "▰▰▰▰▰▰▰▱▱▱▱▱▱▱▱▱▱▱▱▱   1m04s of about 3m05s"), (300, "▰▱   5m00s, usually 3m05s")]
)
def test_the_heading_tells_how_far_a_run_is_by_what_is_usual(seconds: int, end: str) -> None:
    seen = RunView(folded(*opening(FIRST)), NOW + timedelta(seconds=seconds), usual=USUAL)
    assert heading(seen, UNICODE, 120).plain.endswith(end)


@pytest.mark.parametrize("width", range(60, 121))
def test_a_heading_never_cuts_the_commit_that_is_deployed(width: int) -> None:
    for outcome in ("rolled_back", "not_submitted", "unknown", "succeeded"):
        seen = RunView(folded(*story(FIRST, outcome)), NOW, usual=USUAL)
        assert "8d20b6e" in heading(seen, UNICODE, width).plain


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ((), "◐ Starting   orders to prod"),
        (opening(FIRST)[:1], "◐ Checking again   orders to prod"),
        (opening(FIRST), "◐ Deploying orders to prod"),
        ((*opening(FIRST), Exited(NOW, 0, "exited")), "◐ Reading back   orders to prod"),
        ((*opening(FIRST), CancelRequested(NOW, "ana", True)), "◐ Stopping   orders to prod"),
    ],
)
def test_the_heading_says_what_is_being_done(events: tuple[Event, ...], words: str) -> None:
    assert heading(RunView(folded(*events), NOW), UNICODE, 100).plain.startswith(words)


def test_a_run_whose_runner_is_gone_says_so() -> None:
    seen = RunView(folded(*opening(FIRST)), NOW, usual=USUAL, gone=True)
    assert heading(seen, UNICODE, 100).plain.startswith("? Its runner is gone   orders to prod")


def test_the_way_back_that_aws_took_is_a_step_of_its_own() -> None:
    stack = StackProgress(phase=StackPhase.ROLLED_BACK, rollback=(NOW, NOW + timedelta(seconds=68)))
    rows = [step.name for step in steps_of(RunView(folded(*story(FIRST, "rolled_back")), NOW, stack))]
    assert rows[3:6] == ["deploy", "rollback by AWS", "read back"]


def test_an_unknown_end_claims_nothing() -> None:
    text = "\n".join(part.plain for part in told(folded(*story(FIRST, "unknown")), 100))
    assert "unknown what prod runs" in text
    assert "c → reconcile the run" in text


def test_a_run_that_is_fine_has_no_cause() -> None:
    assert told(folded(*opening(FIRST)), 80) == []
    assert told(folded(*story(FIRST, "succeeded")), 80) == []


NOW_LINE = "NOW   ✓ prod runs 8d20b6e   stack is stable, UPDATE_COMPLETE"


@pytest.mark.parametrize(
    ("onward", "lines"),
    [
        (None, []),
        (NextStage("prod-us", FIRST.to_commit), ["NEXT  p → promote 8d20b6e to prod-us"]),
        (NextStage("prod-us", "a" * 40, ("main",)), ["NEXT  p → promote aaaaaaa to prod-us"]),
        (
            NextStage("us", "", ("main",), "main"),
            ["NEXT  merge 8d20b6e to main for us, or p → choose a commit that is on main"],
        ),
        (
            NextStage("prod-us", "", ("main", "release/*")),
            [
                "NEXT  merge 8d20b6e to main or release/* for prod-us, or p → choose a commit",
                "      that is on main or release/*",
            ],
        ),
    ],
)
def test_success_offers_what_the_branches_of_the_next_stage_allow(onward: NextStage | None, lines: list[str]) -> None:
    found = success_lines(folded(*story(FIRST, "succeeded")), RunFollowUp(onward), RunKeys(), UNICODE, 80)
    assert [part.plain.rstrip() for part in found] == [NOW_LINE, *lines]


BACK = replace(FIRST, kind="rollback")


@pytest.mark.parametrize(
    ("held", "lines"),
    [
        (
            True,
            [
                "NOW   ✓ prod rolled back to 8d20b6e, on hold until lifted",
                "NEXT  x → lift the hold, once the cause is fixed",
            ],
        ),
        (False, ["NOW   ✓ prod rolled back to 8d20b6e"]),
    ],
)
def test_a_rollback_says_that_it_went_back_and_that_the_stage_is_on_hold(held: bool, lines: list[str]) -> None:
    run = fold([BACK, *story(BACK, "succeeded")])
    assert run is not None
    found = success_lines(run, RunFollowUp(may_be_held=held), RunKeys(), UNICODE, 80)
    assert [part.plain.rstrip() for part in found] == lines
    shown = heading(RunView(run, NOW), UNICODE, 120).plain
    assert shown.startswith("✓ Rolled back orders in prod   2c7e914 → 8d20b6e")


def test_a_rollback_that_failed_went_nowhere() -> None:
    run = fold([BACK, *story(BACK, "rolled_back")])
    assert run is not None
    assert not run.rollback_words
    assert success_lines(run, RunFollowUp(), RunKeys(), UNICODE, 80) == []


def test_a_long_log_path_is_cut_at_its_beginning() -> None:
    text = log_title("/a/very/long/folder/with/many/parts/run.log", ink("following"), 40, UNICODE).plain
    assert len(text) == 40
    assert text.endswith("following")
    assert "parts/run.log" in text
