"""A run, live or past: steps, log, end, and stopping it."""

from __future__ import annotations

import re
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import AwsError, LedgerError, Refused
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.gates.options import PromotionOptions
from promote_tui.core.planning.next_stage import NextStage
from promote_tui.core.runs.events import CancelRequested, Checked, Failed, GateRecord, Observed, Released, Verified
from promote_tui.core.runs.verification import NotVerified
from promote_tui.core.value import replace
from promote_tui.tui.options import Options
from promote_tui.tui.screens.run import RunScreen
from promote_tui.tui.session.run_watch import RunWatch
from tests.support.driver import LARGE, SMALL, Driver, driving
from tests.support.fakes import world
from tests.support.fakes.engine import FakeEngine, Outcome, opening, planned, story
from tests.support.golden import golden
from tests.support.tui_watching import CAUSE, RUN, Story

if TYPE_CHECKING:
    from promote_tui.core.runs.events import Event, Planned, RunKind
    from promote_tui.tui.widgets.run_log import RunLog

ATTACH = Options(attach="run-0001")
HELD = Decision(world.NOW, "hold", "orders", "prod", None, "ana", "arn", "2c7e914 was rolled back")


def live(engine: FakeEngine) -> None:
    """Add a run that CloudFormation works for."""
    engine.append("run-0001", _first(engine))
    engine.append("run-0001", *opening(engine.planned("run-0001")))
    engine.time.forward(64)


def _first(engine: FakeEngine) -> Planned:
    return planned("run-0001", world.plan(world.draft()), engine.time.now())


def log_of(it: Driver) -> RunLog:
    assert isinstance(it.app.screen, RunScreen)
    return it.app.screen.pane.lines


async def test_a_live_run_is_followed_to_its_end(engine: FakeEngine, tmp_path: Path) -> None:
    live(engine)
    (tmp_path / "run-0001.log").write_text("Packaging\n\x1b[33mUpdating CloudFormation stack\x1b[0m\n")
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees(
            "Deploying orders to prod", "✓ check again", "◐ deploy", "○ read back", "keeps running, esc is safe"
        )
        await it.sees("Packaging", "Updating CloudFormation stack", "following")
        engine.append("run-0001", *story(engine.planned("run-0001"), "succeeded")[4:])
        await it.sees("✓ Deployed orders to prod", "✓ record", "prod runs 8d20b6e")
        await it.until(lambda: "ctrl+x" not in it.text)


async def test_a_failed_run_pins_the_cause_what_runs_and_what_is_next(engine: FakeEngine) -> None:
    engine.add_run("run-0001", world.plan(world.draft()), "rolled_back")
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("Failed and rolled back", "ROOT CAUSE", "UPDATE_FAILED", "prod still runs 2c7e914", "✗ deploy")
        await it.press("p")
        await it.shows("PromoteScreen")
        await it.until(lambda: ("orders", "prod", world.sha("8d20b6e")) in engine.called("plans.draft"))


async def test_what_comes_too_late_for_a_screen_draws_nothing(engine: FakeEngine) -> None:
    engine.add_run("run-0001", world.plan(world.draft()), "rolled_back")
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("ROOT CAUSE")
        screen, called = it.app.screen, list[str]()
        assert isinstance(screen, RunScreen)

        def draw() -> None:
            called.append("drawn")
            screen.query_one("#gone")

        screen.run_when_drawn(draw)
        await it.until(lambda: called == ["drawn"])
        await it.sees("ROOT CAUSE")


async def test_p_after_success_goes_on_to_the_next_stage(engine: FakeEngine) -> None:
    engine.add_run("run-0001", world.plan(world.draft("orders", "dev")))
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("p → promote 8d20b6e to staging")
        await it.press("p")
        await it.sees("promote to staging")


async def test_p_after_success_offers_commits_where_the_next_stage_allows_no_branch_of_this_one(
    engine: FakeEngine,
) -> None:
    engine.add_run("run-0001", world.plan(world.draft("orders", "staging")))
    engine.script.onward = NextStage("prod", "", ("main",), "main")
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("merge 8d20b6e to main for prod, or p → choose a commit that is on main")
        assert "promote 8d20b6e to prod" not in it.text
        await it.press("p")
        await it.shows("ServiceScreen")
        await it.until(lambda: any(call[:2] == ("orders", "main") for call in engine.called("commits.log")))


async def test_a_rollback_says_that_the_stage_is_on_hold_and_x_lifts_it(engine: FakeEngine) -> None:
    draft = replace(world.draft("orders", "prod"), options=PromotionOptions("rollback"))
    engine.add_run("run-0001", world.plan(draft))
    view = engine.script.cells["orders", "prod"]
    engine.script.cells["orders", "prod"] = replace(view, hold=HELD)
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees(
            "✓ Rolled back orders in prod", "rolled back to 8d20b6e, on hold until lifted", "x → lift the hold"
        )
        engine.script.cells["orders", "prod"] = view
        engine.time.forward(600)
        it.app.refresh_cells()
        await it.until(lambda: "on hold" not in it.text)
        await it.sees("prod rolled back to 8d20b6e")


async def test_scrolling_up_pauses_the_log_and_f_follows_again(engine: FakeEngine, tmp_path: Path) -> None:
    live(engine)
    path = tmp_path / "run-0001.log"
    path.write_text("".join(f"line {number}\n" for number in range(200)))
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("line 199", "following")
        await it.press("up", "up")
        await it.sees("PAUSED +2", "line 197")
        with path.open("a") as file:
            file.write("one more\ntwo more\n")
        await it.sees("PAUSED +4", "line 197")
        assert "two more" not in it.text
        await it.press("f")
        await it.sees("two more", "following")


async def test_a_hundred_thousand_lines_are_kept_and_the_oldest_go(engine: FakeEngine) -> None:
    live(engine)
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("LOG")
        log = log_of(it)
        log.write([b"line %d" % number for number in range(150_000)])
        await it.sees("line 149999")
        assert len(log.buffer.lines) == 100_000
        await it.press("g")
        await it.sees("line 50000")


async def test_stop_asks_first_and_the_safe_answer_is_focused(engine: FakeEngine) -> None:
    live(engine)
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("Deploying")
        await it.press("ctrl+x")
        await it.sees("CloudFormation is updating the stack", "Keep it running", "Cancel the update")
        await it.press("enter")
        await it.shows("RunScreen")
        assert not engine.called("runs.cancel")
        await it.press("ctrl+x", "down", "down", "enter")
        await it.sees("the update is cancelled; CloudFormation rolls it back", "Stopping   orders")


async def test_the_stop_dialog_closes_when_the_run_ends(engine: FakeEngine) -> None:
    live(engine)
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("Deploying")
        await it.press("ctrl+x")
        await it.sees("Cancel the update")
        engine.append("run-0001", *story(engine.planned("run-0001"), "succeeded")[4:])
        await it.shows("RunScreen")
        await it.sees("✓ Deployed orders to prod")
        assert not engine.called("runs.cancel")


async def test_the_stop_dialog_closes_under_a_screen_that_covers_it(engine: FakeEngine) -> None:
    live(engine)
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("Deploying")
        await it.press("ctrl+x")
        await it.shows("StopDialog")
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
        it.app.runs.look()
        await it.settle()
        assert it.toasts.count("billing to dev: succeeded") == 1
        assert it.app.return_value is None


async def test_once_its_end_is_shown_quitting_asks_about_it_no_more_however_soon_it_ended(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RunWatch, "look", lambda _watch: None)  # which would come two seconds later
    async with driving(engine) as it:
        await it.press("p")
        await it.sees("p deploys")
        await it.press("p")
        await it.sees("✓ Deployed billing to dev")  # it had ended when it was read for the first time
        assert not it.app.live
        await it.press("ctrl+c")
        await it.until(lambda: it.app.return_value == 0)


async def test_stop_before_submit_offers_that(engine: FakeEngine) -> None:
    engine.append("run-0001", _first(engine))
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("Starting")
        await it.press("ctrl+x")
        await it.sees("Nothing was submitted yet", "Stop before the deploy", "Detach")
        await it.press("escape")
        await it.shows("RunScreen")
        assert not engine.called("runs.cancel")
        await it.press("ctrl+x", "down", "enter")
        await it.sees("stops before the deploy")


async def test_the_stop_dialog_follows_a_run_that_submits_meanwhile(engine: FakeEngine) -> None:
    engine.append("run-0001", _first(engine))
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("Starting")
        await it.press("ctrl+x", "down")
        await it.sees("Stop before the deploy")
        engine.append("run-0001", *opening(engine.planned("run-0001")))
        await it.sees("CloudFormation is updating the stack", "Cancel the update, which rolls back")
        assert "Stop before" not in it.text
        await it.press("enter")  # the safe answer is focused again: what was chosen means another thing now
        await it.shows("RunScreen")
        assert not engine.called("runs.cancel")


async def test_detaching_leaves_the_screen_and_the_run(engine: FakeEngine) -> None:
    live(engine)
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("Deploying")
        await it.press("ctrl+x", "down", "enter")
        await it.shows("PipelineScreen")
        assert not engine.called("runs.cancel")
        assert engine.runs.find("run-0001").live


async def test_a_refused_stop_says_why(engine: FakeEngine) -> None:
    live(engine)
    engine.script.errors["runs.cancel"] = Refused(
        "run run-0001", "its runner is gone", "promote-tui runs reconcile run-0001"
    )
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("Deploying")
        await it.press("ctrl+x", "down", "down", "enter")
        await it.sees("its runner is gone")


async def test_a_lost_run_can_be_found_out(engine: FakeEngine) -> None:
    live(engine)
    engine.script.dead.add("run-0001")
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("Deploying")
        screen = it.app.screen
        assert isinstance(screen, RunScreen)
        screen.feed.quiet = 1000
        await it.sees("the process that owned this run is gone", "c reconciles it")
        await it.press("c")
        await it.sees("Failed and rolled back")


async def test_a_ledger_that_cannot_be_read_is_tried_again(engine: FakeEngine) -> None:
    live(engine)
    engine.script.errors["runs.events"] = LedgerError("ledger", "it is locked", "wait")
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("ledger: it is locked")
        del engine.script.errors["runs.events"]
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


async def test_resources_are_followed_while_cloudformation_works(engine: FakeEngine, tmp_path: Path) -> None:
    run = Story(engine, tmp_path)
    run.begins()
    async with driving(engine, LARGE, options=Options(attach=RUN), read=False) as it:
        await it.sees(
            "RESOURCES  18 finished", "◐ OrdersTable  replacement", "◐ OrdersWorkerFunction", "✓ OrdersAlarm2"
        )
        run.fails()
        await it.sees("Rolling back   orders", "✗ OrdersWorkerFunction", "↩ OrdersTable", "◐ rollback by AWS")
        run.ends()
        await it.sees("Failed and rolled back", "19 more rolled back", "✓ rollback by AWS         1m08s")
        await it.sees("ROOT CAUSE  first failed event, 12:01:20 UTC", "NEXT  p → review 8d20b6e again")


async def test_a_stack_that_cannot_be_read_says_so_beside_the_run(engine: FakeEngine, tmp_path: Path) -> None:
    Story(engine, tmp_path).begins()
    engine.script.errors["runs.stack_events"] = AwsError("orders/prod", "the session has expired", "log in")
    async with driving(engine, LARGE, options=Options(attach=RUN), read=False) as it:
        await it.sees("Deploying orders to prod", "RESOURCES", "the session has expired")
        del engine.script.errors["runs.stack_events"]
        await it.sees("RESOURCES  18 finished")


async def test_a_past_run_asks_its_stack_once(
    engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("promote_tui.tui.screens.run._LOOK", 0.02)
    run = Story(engine, tmp_path)
    run.begins()
    run.fails()
    run.ends()
    async with driving(engine, options=Options(attach=RUN), read=False) as it:
        await it.sees("ROOT CAUSE", "RESOURCES  21")
        await it.ticks(0.02)
        await it.settle()
        assert len(engine.called("runs.stack_events")) == 1


async def test_the_line_that_tells_of_the_failure_is_brought_into_sight(engine: FakeEngine, tmp_path: Path) -> None:
    run = Story(engine, tmp_path)
    run.begins()
    run.fails()
    run.ends()
    run.writes()
    with run.log.open("a") as file:
        file.write("afterwards\n" * 500)
    async with driving(engine, options=Options(attach=RUN), read=False) as it:
        await it.sees("UPDATE_FAILED       OrdersWorkerFunction", "PAUSED +")
        assert "afterwards" not in it.text.splitlines()[-2]
        await it.press("end")
        await it.until(lambda: "afterwards" in it.text and "PAUSED" not in it.text)


async def test_y_copies_the_reason_first_and_o_opens_the_stack(engine: FakeEngine, tmp_path: Path) -> None:
    run = Story(engine, tmp_path)
    run.begins()
    run.fails()
    run.ends()
    async with driving(engine, options=Options(attach=RUN), read=False) as it:
        await it.sees("ROOT CAUSE")
        screen = it.app.screen
        assert isinstance(screen, RunScreen)
        copies = screen.copy_items()
        assert copies[0] == ("reason", CAUSE)
        assert dict(copies)["command to watch it"] == f"promote-tui attach {RUN}"
        assert dict(copies)["log's path"] == str(run.log)
        [(_, url)] = screen.web_pages()
        assert url.startswith("https://eu-west-1.console.aws.amazon.com/cloudformation/")
        assert "orders-prod" in url
        await it.press("y", "enter")
        await it.until(lambda: any("copied the reason" in toast for toast in it.toasts))
        assert it.app.clipboard == CAUSE


async def test_a_stack_that_takes_no_deploy_is_mended_first(engine: FakeEngine) -> None:
    live(engine)
    *before, end, free = story(engine.planned("run-0001"), "failed")[4:]
    seen = [replace(it, stack_status="UPDATE_ROLLBACK_FAILED") if isinstance(it, Observed) else it for it in before]
    engine.append("run-0001", *seen, end, free)
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("o → open the console", "continue its rollback")
        assert "Review again" not in it.text
        await it.press("p")
        await it.until(lambda: any("continue its rollback" in toast for toast in it.toasts))
        assert isinstance(it.app.screen, RunScreen)


async def test_a_search_counts_goes_on_and_is_cleared(engine: FakeEngine, tmp_path: Path) -> None:
    live(engine)
    text = "".join(f"line {number} {'Needle' if number % 50 == 7 else 'hay'}\n" for number in range(200))
    (tmp_path / "run-0001.log").write_text(text)
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("line 199")
        await it.press("slash")
        await it.type("needle")
        await it.sees("1 of 4", "line 7 Needle")
        await it.press("enter", "n")
        await it.sees("/needle  2 of 4", "line 57 Needle", "PAUSED")
        await it.press("N", "N")
        await it.sees("4 of 4", "line 157 Needle")
        await it.press("slash")
        await it.type("x")
        await it.sees("no match")
        await it.press("escape")
        await it.until(lambda: "needle" not in it.text)
        await it.shows("RunScreen")
        await it.press("f")
        await it.sees("following")


async def test_long_lines_are_cut_or_wrapped(engine: FakeEngine, tmp_path: Path) -> None:
    live(engine)
    (tmp_path / "run-0001.log").write_text("first\n" + "word " * 40 + "END\n")
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("first", "word word")
        assert "END" not in it.text
        await it.press("w")
        await it.sees("END", "wrapped")
        await it.press("w")
        await it.until(lambda: "END" not in it.text)


async def test_the_log_opens_in_the_pager_as_a_private_copy(
    engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(engine)
    (tmp_path / "run-0001.log").write_bytes(b"\x1b[31mred\x1b[0m\x1b]52;c;aGk=\x07\x1b[2J\n")
    out = tmp_path / "seen"
    script = tmp_path / "pager.sh"
    script.write_text(f'#!/bin/sh\ncat "$1" >{out}\nstat -c %a "$1" >{out}.mode\necho "$1" >{out}.path\n')
    script.chmod(0o700)
    monkeypatch.setenv("PAGER", str(script))
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("red")
        monkeypatch.setattr(it.app, "suspend", nullcontext)
        await it.press("v")
        await it.until((tmp_path / "seen.path").exists)
        assert out.read_bytes() == b"\x1b[31mred\x1b[0m\x1b[0m\n"
        assert (tmp_path / "seen.mode").read_text().strip() == "600"
        copy = Path((tmp_path / "seen.path").read_text().strip())
        await it.until(lambda: not copy.exists())
        await it.shows("RunScreen")


async def test_a_pager_that_is_not_there_is_named(
    engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(engine)
    (tmp_path / "run-0001.log").write_text("text\n")
    monkeypatch.setenv("PAGER", "no-such-pager -R")
    async with driving(engine, options=ATTACH, read=False) as it:
        await it.sees("text")
        monkeypatch.setattr(it.app, "suspend", nullcontext)
        await it.press("v")
        await it.until(lambda: any("no-such-pager -R: No such file" in toast for toast in it.toasts))


async def test_a_run_that_there_is_not_is_told_apart(engine: FakeEngine) -> None:
    async with driving(engine, options=Options(attach="zzz"), read=False) as it:
        await it.sees("zzz: no such run")
        await it.press("escape")
        await it.shows("PipelineScreen")


async def test_a_beginning_of_an_id_is_enough_to_attach(engine: FakeEngine, tmp_path: Path) -> None:
    Story(engine, tmp_path).begins()
    async with driving(engine, options=Options(attach="h3k"), read=False) as it:
        await it.sees("run h3k9pq", "Deploying orders to prod")


STATES = ("starting", "live", "rolling-back", "stopping", "succeeded", "rolled-back", "stopped", "unknown")


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("state", STATES)
async def test_what_a_run_looks_like(
    engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str, size: tuple[int, int]
) -> None:
    monkeypatch.chdir(tmp_path)
    object.__setattr__(engine, "folder", Path())
    run = Story(engine, tmp_path)
    if state not in {"starting", "stopped"}:
        run.begins()
    if state in {"rolling-back", "rolled-back"}:
        run.fails()
    if state == "rolled-back":
        run.ends()
    if state == "succeeded":
        run.works()
    if state == "stopping":
        engine.append(RUN, CancelRequested(engine.time.now(), "ana", submitted=True))
    endings: dict[str, Outcome] = {"succeeded": "succeeded", "stopped": "not_submitted", "unknown": "unknown"}
    if state in endings:
        engine.append(RUN, *story(run.first, endings[state])[4 if state != "stopped" else 0 :])
    run.writes()
    async with driving(engine, size, Options(attach=RUN), read=False) as it:
        await it.sees("orders", "to prod")
        await it.until(lambda: bool(engine.called("runs.typical_duration")))
        await it.until(lambda: state in {"starting", "stopped"} or "RESOURCES" in it.text)
        await it.until(lambda: log_of(it).buffer.end > 0)
        await it.until(lambda: state != "rolled-back" or "PAUSED" in it.text)
        await golden(it, f"run-{state}")


async def test_wide_run_shows_its_target(engine: FakeEngine) -> None:
    live(engine)
    async with driving(engine, LARGE, options=ATTACH, read=False) as it:
        await it.sees("STEP", "TOOK", "TARGET", "orders-prod", "333333333333 · eu-west-1", "ana")


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_deploy_that_did_not_finish_is_adopted_with_a_key_of_its_page(
    engine: FakeEngine, size: tuple[int, int]
) -> None:
    live(engine)
    cause = "deployed, not proved: the Serverless CLI failed afterwards: plugin crashed"
    how = "fix the cause, then promote again; or promote-tui adopt orders prod --reason WHY"
    found, cells = NotVerified("it was not proved in prod", unproved=True), engine.script.cells
    cells["orders", "prod"] = replace(cells["orders", "prod"], verification=found)
    ended = Failed(world.NOW, cause, world.sha("8d20b6e"), how, deployed=True)
    engine.append("run-0001", ended, Released(world.NOW, 41))
    async with driving(engine, size, options=ATTACH, read=False) as it:
        await it.sees("x → adopt it with a reason", "x Decide", "plugin crashed")
        assert "promote-tui adopt" not in it.text
        await it.press("x")
        await it.shows("DecisionDialog")


def without_deploy(engine: FakeEngine, kind: RunKind, *events: Event) -> None:
    """Put a run on record that deployed nothing: an adoption, or what others did."""
    engine.append("run-0001", replace(_first(engine), kind=kind, from_commit="", stack_id="arn"))
    seen = Observed(world.NOW, "arn", "UPDATE_COMPLETE", "unknown", "e9")
    engine.append("run-0001", *events, seen, Verified(world.NOW))


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize(("proved", "basis"), [(True, "proved by its package"), (False, "on the word of ana")])
async def test_the_page_of_an_adoption_claims_no_deploy_and_no_log(
    engine: FakeEngine,
    size: tuple[int, int],
    proved: bool,
    basis: str,
) -> None:
    compared = Checked(world.NOW, "", (GateRecord("runs this package", proved, "compared"),))
    without_deploy(engine, "adopted", compared)
    async with driving(engine, size, options=ATTACH, read=False) as it:
        await it.sees(f"Adopted 8d20b6e in prod   {basis}", "an adoption has no log", "an adoption deploys nothing")
        await it.sees("8d20b6e counts as verified in prod")
        assert not re.search("Deployed|check again|another machine|not acquired yet|rollback  ", it.text)


async def test_the_page_of_an_update_by_others_claims_no_deploy_of_ours(engine: FakeEngine) -> None:
    without_deploy(engine, "foreign")
    async with driving(engine, LARGE, options=ATTACH, read=False) as it:
        await it.sees("Updated outside of promote-tui   orders in prod", "somebody else did this: no steps")
        await it.sees("an update outside of promote-tui has no log here")
        assert not re.search("Deployed|check again|another machine|not acquired yet", it.text)
