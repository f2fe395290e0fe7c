"""A run, live or past: steps, log, end, and stopping it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import LedgerError, Refused
from promote_tui.tui.app import Options
from promote_tui.tui.screens.run import RunScreen
from tests.fakes import world
from tests.fakes.engine import FakeEngine, opening, planned, story
from tests.tui.driver import LARGE, Driver, driving

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.core.events import Planned
    from promote_tui.tui.widgets.run_log import RunLog

ATTACH = Options(attach="run-0001")


def live(engine: FakeEngine) -> None:
    """Add a run that CloudFormation works for."""
    engine.append("run-0001", _first(engine))
    engine.append("run-0001", *opening(engine.planned("run-0001")))
    engine.time.forward(64)


def _first(engine: FakeEngine) -> Planned:
    return planned("run-0001", world.plan(world.draft()), engine.time.now())


def log_of(it: Driver) -> RunLog:
    assert isinstance(it.app.screen, RunScreen)
    return it.app.screen.log_pane


async def test_a_live_run_is_followed_to_its_end(engine: FakeEngine, tmp_path: Path) -> None:
    live(engine)
    (tmp_path / "run-0001.log").write_text("Packaging\n\x1b[33mUpdating CloudFormation stack\x1b[0m\n")
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees(
            "Deploying orders to prod", "✓ check again", "◐ deploy", "○ read back", "runs on its own, esc is safe"
        )
        await it.sees("Packaging", "Updating CloudFormation stack", "following")
        engine.append("run-0001", *story(engine.planned("run-0001"), "succeeded")[4:])
        await it.sees("✓ Deployed orders to prod", "✓ record", "prod runs 8d20b6e")
        assert "ctrl+x" not in it.text


async def test_a_failed_run_pins_the_cause_what_runs_and_what_is_next(engine: FakeEngine) -> None:
    engine.add_run("run-0001", world.plan(world.draft()), "rolled_back")
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("Failed and rolled back", "ROOT CAUSE", "UPDATE_FAILED", "prod still runs 2c7e914", "✗ deploy")
        await it.press("p")
        await it.shows("PromoteScreen")
        await it.until(lambda: ("orders", "prod", world.sha("8d20b6e")) in engine.called("draft"))


async def test_p_after_success_goes_on_to_the_next_stage(engine: FakeEngine) -> None:
    engine.add_run("run-0001", world.plan(world.draft("orders", "dev")))
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("p → promote 8d20b6e to staging")
        await it.press("p")
        await it.sees("promote to staging")


async def test_scrolling_up_pauses_the_log_and_f_follows_again(engine: FakeEngine, tmp_path: Path) -> None:
    live(engine)
    path = tmp_path / "run-0001.log"
    path.write_text("".join(f"line {number}\n" for number in range(200)))
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("line 199", "following")
        await it.press("pageup")
        await it.sees("PAUSED +0")
        with path.open("a") as file:
            file.write("one more\ntwo more\n")
        await it.sees("PAUSED +2")
        assert "two more" not in it.text
        await it.press("f")
        await it.sees("two more", "following")


async def test_a_hundred_thousand_lines_are_kept_and_the_oldest_go(engine: FakeEngine) -> None:
    live(engine)
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("LOG")
        log = log_of(it)
        log.write([f"line {number}" for number in range(150_000)])
        await it.sees("line 149999")
        assert len(log.lines) == 100_000
        await it.press("g")
        await it.sees("line 50000")


async def test_stop_asks_first_and_the_safe_answer_is_focused(engine: FakeEngine) -> None:
    live(engine)
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("Deploying")
        await it.press("ctrl+x")
        await it.sees("CloudFormation is at work", "Keep it running", "Cancel the update")
        await it.press("enter")
        await it.shows("RunScreen")
        assert not engine.called("cancel")
        await it.press("ctrl+x", "tab", "enter")
        await it.sees("the update is cancelled; CloudFormation rolls it back", "Stopping orders")


async def test_the_stop_dialog_closes_when_the_run_ends(engine: FakeEngine) -> None:
    live(engine)
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("Deploying")
        await it.press("ctrl+x")
        await it.sees("Cancel the update")
        engine.append("run-0001", *story(engine.planned("run-0001"), "succeeded")[4:])
        await it.shows("RunScreen")
        await it.sees("✓ Deployed orders to prod")
        assert not engine.called("cancel")


async def test_the_stop_dialog_closes_under_a_screen_that_covers_it(engine: FakeEngine) -> None:
    live(engine)
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("Deploying")
        await it.press("ctrl+x")
        await it.shows("Ask")
        await it.pilot.resize_terminal(50, 12)
        await it.shows("TooSmall")
        engine.append("run-0001", *story(engine.planned("run-0001"), "succeeded")[4:])
        await it.until(lambda: "orders to prod: succeeded" in it.toasts)
        await it.pilot.resize_terminal(80, 24)
        await it.shows("RunScreen")
        await it.sees("✓ Deployed orders to prod")


async def test_the_quit_dialog_closes_with_the_last_live_run_and_its_end_is_told_once(engine: FakeEngine) -> None:
    engine.script.outcome = None
    async with driving(engine) as it:
        await it.press("p")
        await it.sees("p deploys")
        await it.press("p")
        await it.shows("RunScreen")
        await it.press("ctrl+c")
        await it.sees("Quit?")
        engine.finish("run-0001")
        await it.shows("RunScreen")
        await it.sees("✓ Deployed billing to dev")
        await it.pilot.pause(2.2)  # the app's own look at its runs comes every two seconds
        assert it.toasts.count("billing to dev: succeeded") == 1
        assert it.app.return_value is None


async def test_stop_before_submit_offers_that(engine: FakeEngine) -> None:
    engine.append("run-0001", _first(engine))
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("Deploying")
        await it.press("ctrl+x")
        await it.sees("Nothing was submitted yet", "Stop before the deploy")
        await it.press("escape")
        await it.shows("RunScreen")
        assert not engine.called("cancel")


async def test_a_refused_stop_says_why(engine: FakeEngine) -> None:
    live(engine)
    engine.script.errors["cancel"] = Refused(
        "run run-0001", "its runner is gone", "promote-tui runs reconcile run-0001"
    )
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("Deploying")
        await it.press("ctrl+x", "tab", "enter")
        await it.sees("its runner is gone")


async def test_a_lost_run_can_be_found_out(engine: FakeEngine) -> None:
    live(engine)
    engine.script.dead.add("run-0001")
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("Deploying")
        screen = it.app.screen
        assert isinstance(screen, RunScreen)
        screen.quiet = 1000
        await it.sees("the process that owned this run is gone", "c finds out")
        await it.press("c")
        await it.sees("Failed and rolled back")


async def test_a_ledger_that_cannot_be_read_is_tried_again(engine: FakeEngine) -> None:
    live(engine)
    engine.script.errors["events"] = LedgerError("ledger", "it is locked", "wait")
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("ledger: it is locked")
        del engine.script.errors["events"]
        await it.sees("Deploying orders")


async def test_leaving_leaves_it_running_and_a_toast_tells_the_end(engine: FakeEngine) -> None:
    engine.script.outcome = None
    async with driving(engine) as it:
        await it.press("p")
        await it.sees("p deploys")
        await it.press("p")
        await it.shows("RunScreen")
        await it.press("escape")
        await it.shows("PipelineScreen")
        engine.finish("run-0001")
        await it.sees("billing to dev: succeeded")
        assert it.app.live == {}


async def test_wide_run_shows_its_target(engine: FakeEngine) -> None:
    live(engine)
    async with driving(engine, LARGE, options=ATTACH, read=False) as it:
        await it.sees("STEP", "TOOK", "TARGET", "orders-prod", "333333333333 · eu-west-1", "ana")


async def test_runs_are_listed_newest_first_and_opened(engine: FakeEngine) -> None:
    for number, outcome in enumerate(("succeeded", "rolled_back", "unknown", "not_submitted", None)):
        engine.add_run(f"run-{number:04d}", world.plan(world.draft()), outcome)  # type: ignore[arg-type]
        engine.time.forward(60)
    async with driving(engine) as it:
        await it.sees("1 run not finished: orders to prod")
        await it.press("4")
        await it.sees("✓ verified", "✗ rolled back", "? unknown", "✗ cancelled", "◐ deploying", "1 going on")
        await it.press("enter")
        await it.sees("run-0004", "Deploying")
        await it.press("escape", "1")
        await it.shows("PipelineScreen")


async def test_an_empty_record_names_the_next_key(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("4")
        await it.sees("no run yet; p on a cell of the pipeline starts one")
        await it.press("enter")
        await it.shows("RunsScreen")


async def test_runs_are_read_page_by_page(engine: FakeEngine) -> None:
    for number in range(60):
        engine.add_run(f"run-{number:04d}", world.plan(world.draft()))
        engine.time.forward(60)
    async with driving(engine) as it:
        await it.press("4")
        await it.sees("50+ runs")
        await it.press("G")
        await it.sees("60 runs")
