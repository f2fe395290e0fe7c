"""Runs: the record by day, filtered, followed while they live, and opened again."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import LedgerError
from promote_tui.core.releases import events as releases
from promote_tui.core.runs.events import DeployCompleted, Failed, Observed, OutcomeUnknown, Released
from promote_tui.core.value import replace
from promote_tui.tui.options import Options
from promote_tui.tui.screens.runs import RunsScreen
from tests.support.driver import LARGE, SMALL, driving
from tests.support.fakes import world
from tests.support.fakes.engine import FakeEngine, Outcome, opening, planned, story
from tests.support.golden import golden, golden_at_both_sizes

if TYPE_CHECKING:
    from promote_tui.core.runs.events import Event, RunKind

ROWS: tuple[tuple[str, str, str, Outcome | None, float, RunKind, str], ...] = (
    ("h3k9pq", "orders", "prod", None, 0.02, "normal", "ana"),
    ("g7m2xa", "reports", "prod", "succeeded", 4, "hotfix", "ana"),
    ("k0c8de", "billing", "staging", "succeeded", 5, "normal", "joe"),
    ("w5t1bn", "notifications-v2", "dev", "rolled_back", 25, "normal", "ana"),
    ("m9r4zz", "checkout", "prod", "succeeded", 50, "rollback", "lea"),
    ("q2v6hj", "checkout", "prod", "failed", 51, "normal", "joe"),
    ("n8x3sd", "identity", "prod", "unknown", 240, "normal", "ana"),
    ("z1y7fw", "emails", "staging", "not_submitted", 9000, "normal", "ana"),
)


def record(engine: FakeEngine) -> None:
    """Fill the ledger with runs of several days, one of them going on."""
    for name, service, stage, outcome, hours, kind, who in ROWS:
        plan = world.plan(world.draft(service if service in world.NAMES else "orders", stage))
        first = planned(name, plan, engine.time.now() - timedelta(hours=hours))
        engine.append(name, replace(first, service=service, kind=kind, who=who, reason="wrong VAT on refunds, INC-479"))
        if outcome is not None:
            engine.append(name, *story(engine.planned(name), outcome))


async def test_what_the_record_looks_like(engine: FakeEngine) -> None:
    record(engine)
    async with driving(engine) as it:
        await it.press("4")
        await it.sees("h3k9pq", "8 runs")
        it.app.clear_notifications()
        await it.until(lambda: "not finished" not in it.text)
        await golden_at_both_sizes(it, "runs-filled")
        await it.pilot.resize_terminal(*SMALL)
        await it.press("down", "down", "down")
        await it.sees("w5t1bn  notifications-v2 · dev", "review 8d20b6e again")
        await golden_at_both_sizes(it, "runs-failed")


async def test_an_empty_record_names_the_next_key(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("4")
        await it.sees("no run yet; p on a cell of the pipeline starts one", "no run in progress")
        await golden_at_both_sizes(it, "runs-empty")
        await it.press("enter")
        await it.shows("RunsScreen")


async def test_a_ledger_that_cannot_be_read_says_why_and_can_be_tried_again(engine: FakeEngine) -> None:
    engine.script.errors["runs.page"] = LedgerError("/state/ledger.db", "it is locked", "wait, then try again")
    record(engine)
    async with driving(engine) as it:
        await it.press("4")
        await it.sees("/state/ledger.db: it is locked", "r tries again")
        it.app.clear_notifications()
        await it.until(lambda: "not finished" not in it.text)
        await golden_at_both_sizes(it, "runs-error")
        del engine.script.errors["runs.page"]
        await it.press("r")
        await it.sees("h3k9pq", "8 runs")


async def test_a_record_that_is_still_read_says_so(engine: FakeEngine) -> None:
    async with driving(engine, read=False, options=Options()) as it:
        await it.until(lambda: it.app.engine is not None)
        engine.script.holds["runs.page"] = threading.Event()
        await it.press("4")
        await it.sees("reading the runs")
        engine.script.holds["runs.page"].set()
        await it.sees("no run yet")


async def test_runs_are_listed_newest_first_by_day_and_opened(engine: FakeEngine) -> None:
    record(engine)
    async with driving(engine) as it:
        await it.sees("1 run not finished: orders to prod")
        await it.press("4")
        await it.sees("Sat 31 Jan ──", "Fri 30 Jan ──", "Wed 21 Jan ──", "1 running")
        assert it.line("h3k9pq").split()[0] == "11:58"
        await it.sees("◐ deploying", "✓ verified", "✗ rolled back", "? to reconcile")
        await it.press("enter")
        await it.sees("run h3k9pq", "Starting   orders to prod")
        await it.press("escape")
        await it.shows("RunsScreen")
        await it.press("1")
        await it.shows("PipelineScreen")


def release(engine: FakeEngine) -> None:
    """Write a release of three services that waits, after one of its two runs has failed."""
    at = engine.time.now() - timedelta(hours=3)
    services = ("orders", "billing", "webhooks")
    members = tuple(releases.Member(name, world.sha("8d20b6e"), "Change", None) for name in services)
    told: list[releases.ReleaseEvent] = [
        releases.ReleasePlanned(at, "2026-01-31", "prod", "staging", members, (services,), (), "ana", "arn:ana"),
        releases.ReleaseConfirmed(at, "lea", "arn:lea", "release 2026-01-31 prod", "the sprint's work"),
    ]
    ends: tuple[tuple[str, str, releases.MemberOutcome], ...]
    ends = (("r1aaaa", "orders", "verified"), ("r2bbbb", "billing", "failed"))
    remains: dict[releases.MemberOutcome, releases.Remains] = {"verified": "verified", "failed": "before"}
    for name, service, ended in ends:
        first = planned(name, world.plan(world.draft(service, "prod")), at)
        engine.append(name, replace(first, release="2026-01-31"))
        engine.append(name, *story(engine.planned(name), "succeeded" if ended == "verified" else "failed"))
        told += [
            releases.MemberStarted(at, service, name),
            releases.MemberEnded(at, service, name, ended, "why", remains=remains[ended]),
        ]
    engine.write_release("2026-01-31", *told, releases.ReleasePaused(at, "failure", "billing failed", ("billing",)))


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_release_is_one_row_that_opens_to_its_runs(engine: FakeEngine, size: tuple[int, int]) -> None:
    record(engine)
    release(engine)
    async with driving(engine, size) as it:
        await it.press("4")
        await it.sees("2026-01-31", "! paused", "10 runs")
        assert "r1aaaa" not in it.text
        it.app.clear_notifications()
        await it.until(lambda: "not finished" not in it.text)
        await it.press("down")
        await it.sees("release 2026-01-31 · prod", "show its 2 runs", "lea", "the sprint's work")
        await golden(it, "runs-release")
        await it.press("enter")
        await it.sees("hide its 2 runs", "r1aaaa", "r2bbbb")
        await golden(it, "runs-release-open")
        await it.press("down", "enter")
        await it.sees("run r2bbbb")
        await it.press("escape")
        await it.shows("RunsScreen")
        await it.press("up", "enter")
        await it.until(lambda: "r1aaaa" not in it.text)


async def test_what_a_release_leads_to_is_said(engine: FakeEngine) -> None:
    record(engine)
    release(engine)
    async with driving(engine, LARGE) as it:
        await it.press("4")
        await it.sees("! paused")
        await it.press("down", "p")
        await it.sees("this is a release; enter shows its runs")
        await it.press("y")
        await it.sees("command to see it", "promote-tui release show 2026-01-31")
        await it.press("escape")
        engine.write_release("2026-01-31", releases.ReleaseEnded(engine.time.now(), "stopped"))
        await it.sees("! stopped")


async def test_the_runs_of_a_release_are_filtered_by_its_name(engine: FakeEngine) -> None:
    record(engine)
    release(engine)
    async with driving(engine, LARGE) as it:
        await it.press("4")
        await it.sees("10 runs")
        await it.press("slash")
        await it.type("release:2026-01")
        await it.sees("2 of 10 runs", "2026-01-31")
        await it.until(lambda: "k0c8de" not in it.text)


async def test_a_run_of_another_year_says_which(engine: FakeEngine) -> None:
    record(engine)
    async with driving(engine, LARGE) as it:
        await it.press("4")
        await it.sees("2025 ──")


async def test_a_filter_narrows_as_it_is_typed_and_esc_clears_it(engine: FakeEngine) -> None:
    record(engine)
    async with driving(engine, LARGE) as it:
        await it.press("4")
        await it.sees("8 runs")
        await it.press("slash")
        await it.type("stage:prod who:ana since:2026-01-25")
        await it.sees("2 of 8 runs", "esc clears", "h3k9pq", "g7m2xa")
        await it.until(lambda: "k0c8de" not in it.text)
        wanted = engine.called("runs.page")[-1][0]
        assert (wanted.stage, wanted.service) == ("prod", None)  # type: ignore[attr-defined]
        await it.type(" until:2026")
        await it.until(lambda: engine.called("runs.page")[-1][0].until is not None)  # type: ignore[attr-defined]
        await it.sees("2 of 8 runs")
        await it.press("enter", "down")
        await it.sees("g7m2xa  reports · prod")
        await it.press("escape")
        await it.sees("k0c8de", "8 runs")
        await it.press("slash")
        await it.type("nothing like it")
        await it.sees("no run matches the filter; esc clears it")


async def test_a_filter_that_names_no_field_says_so(engine: FakeEngine) -> None:
    record(engine)
    async with driving(engine) as it:
        await it.press("4")
        await it.sees("8 runs")
        await it.press("slash")
        await it.type("foo:bar")
        await it.sees("there is no field foo; the fields are service, stage,", "since, until; esc clears it")
        assert "no run matches" not in it.text


async def test_a_filter_reads_on_until_it_has_found_something(engine: FakeEngine) -> None:
    for number in range(200):
        engine.add_run(f"run-{number:04d}", world.plan(world.draft("orders", "dev" if number else "prod")))
        engine.time.forward(60)
    async with driving(engine) as it:
        await it.press("4")
        await it.sees("50+ runs")
        await it.press("slash")
        await it.type("run-0000")
        await it.sees("1 of 50+ runs", "run-00")


async def test_a_filter_says_that_nothing_fits_only_of_the_whole_record(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("promote_tui.tui.state.run_list.PAGE", 2)
    monkeypatch.setattr("promote_tui.tui.state.run_list._MOST_PAGES", 3)
    for number in range(40):
        engine.add_run(f"run-{number:04d}", world.plan(world.draft("orders", "dev")))
        engine.time.forward(60)

    class Behind(threading.Event):
        """Holds up what reads behind the newest six."""

        def wait(self, timeout: float | None = None) -> bool:
            return engine.called("runs.page")[-1][1] != "6" or super().wait(timeout)

    async with driving(engine) as it:
        await it.press("4")
        await it.sees("12+ runs")
        engine.script.holds["runs.page"] = held = Behind()
        await it.press("slash")
        await it.type("nobody")
        await it.sees("no match so far; reading on")
        held.set()
        await it.sees("no run matches the filter; esc clears it")
        assert engine.called("runs.page")[-1][1] == "38"  # the last page


async def test_a_live_run_is_followed_in_its_place(engine: FakeEngine) -> None:
    record(engine)
    async with driving(engine) as it:
        await it.press("4")
        await it.sees("◐ deploying", "1 running")
        await it.press("down", "down")
        engine.append("h3k9pq", *story(engine.planned("h3k9pq"), "rolled_back"))
        await it.until(lambda: "1 running" not in it.text)
        assert "? 1 to reconcile" in it.text
        assert "✗ rolled back" in it.line("h3k9pq")
        screen = it.app.screen
        assert isinstance(screen, RunsScreen)
        assert screen.current_cell() == ("billing", "staging")  # the cursor stayed
        plan = world.plan(world.draft("billing", "dev"))
        engine.append("t0p0ne", planned("t0p0ne", plan, engine.time.now()))
        await it.sees("t0p0ne", "1 running")


async def test_a_run_whose_runner_is_gone_is_not_deploying(engine: FakeEngine) -> None:
    record(engine)
    engine.script.dead.add("h3k9pq")
    async with driving(engine, LARGE) as it:
        await it.press("4")
        await it.sees("? 2 to reconcile")
        assert "? to reconcile" in it.line("h3k9pq  orders")
        assert "deploying" not in it.text
        assert "1 running" not in it.text
        await it.press("y")
        await it.sees("command to reconcile it", "promote-tui runs reconcile h3k9pq")
        assert "attach" not in it.text


async def test_runs_are_read_page_by_page(engine: FakeEngine) -> None:
    for number in range(60):
        engine.add_run(f"r{number:05d}", world.plan(world.draft()))
        engine.time.forward(60)
    async with driving(engine) as it:
        await it.press("4")
        await it.sees("50+ runs")
        await it.press("G")
        await it.sees("60 runs")
        await it.press("r")
        await it.until(lambda: len(engine.called("runs.page")) >= 4)
        await it.sees("60 runs")


@pytest.mark.parametrize(
    ("downs", "reason"),
    [(0, "h3k9pq is still running"), (1, "prod is the last stage"), (6, "the verdict of run n8x3sd is unknown")],
)
async def test_a_run_that_leads_nowhere_says_why(engine: FakeEngine, downs: int, reason: str) -> None:
    record(engine)
    async with driving(engine) as it:
        await it.press("4")
        await it.sees("h3k9pq")
        await it.press(*["down"] * downs, "p")
        await it.until(lambda: any(reason in toast for toast in it.toasts))
        await it.shows("RunsScreen")


async def test_p_promotes_the_commit_of_a_verified_run_to_the_next_stage(engine: FakeEngine) -> None:
    record(engine)
    async with driving(engine) as it:
        await it.press("4")
        await it.sees("k0c8de")
        await it.press("down", "down")
        await it.sees("p → promote 8d20b6e to prod", "enter → open the run")
        await it.press("p")
        await it.shows("PromoteScreen")
        await it.until(lambda: ("billing", "prod", world.sha("8d20b6e")) in engine.called("plans.draft"))


async def test_y_and_o_are_about_the_run_under_the_cursor(engine: FakeEngine) -> None:
    record(engine)
    async with driving(engine) as it:
        await it.press("4")
        await it.sees("h3k9pq")
        screen = it.app.screen
        assert isinstance(screen, RunsScreen)
        assert dict(screen.copy_items()) == {
            "run": "h3k9pq",
            "commit": world.sha("8d20b6e"),
            "command to watch it": "promote-tui attach h3k9pq",
        }
        [(_, url)] = screen.web_pages()
        assert "eu-west-1" in url
        assert "orders-prod" in url


NOT_FINISHED = Failed(
    world.NOW,
    "deployed, not proved: the Serverless CLI failed afterwards",
    world.sha("8d20b6e"),
    "adopt",
    deployed=True,
)
LANDED = DeployCompleted(world.NOW, smoke=True)
NO_ALARM = replace(NOT_FINISHED, cause="the smoke test failed", remedy="promote-tui rollback orders --stage prod")
STUCK = Observed(world.NOW, "arn", "UPDATE_ROLLBACK_FAILED", None, "e9")
LOST = OutcomeUnknown(world.NOW, "AWS did not answer", "promote-tui runs reconcile lost01")
AFTER = [
    ("adopt", (NOT_FINISHED,), "x → adopt it with a reason", "x Decide"),
    ("rollback", (LANDED, NO_ALARM), "u → roll back", "u Roll back"),
    ("related", (LANDED, replace(NO_ALARM, rollback="back01")), "w → run back01 rolls it back", "w Open run"),
    ("console", (STUCK, Failed(world.NOW, "quota", None)), "o → open the console", "o Open"),
    ("reconcile", (LOST,), "c → reconcile the run", "c Reconcile"),
]


def lose(engine: FakeEngine, events: tuple[Event, ...]) -> None:
    """Put a run on record that ended like this."""
    engine.add_run("back01", world.plan(world.draft()))
    engine.append("lost01", planned("lost01", world.plan(world.draft()), world.NOW))
    engine.append("lost01", *opening(engine.planned("lost01")), *events)
    if not isinstance(events[-1], OutcomeUnknown):
        engine.append("lost01", Released(world.NOW, 41))


@pytest.mark.parametrize(("name", "events", "says", "footer"), AFTER)
async def test_what_is_to_be_done_about_a_run_is_a_key_on_the_footer_of_the_record(
    engine: FakeEngine, name: str, events: tuple[Event, ...], says: str, footer: str
) -> None:
    lose(engine, events)
    async with driving(engine) as it:
        await it.press("4")
        await it.sees("lost01  orders", says, footer)
        it.app.clear_notifications()
        await it.until(lambda: "to reconcile:" not in it.text)
        assert not re.search("promote-tui (adopt|rollback|runs|attach)", it.text)
        await golden_at_both_sizes(it, f"runs-{name}")


DOES = [
    ("x", (NOT_FINISHED,), "DecisionDialog"),
    ("u", (LANDED, NO_ALARM), "PromoteScreen"),
    ("w", (LANDED, replace(NO_ALARM, rollback="back01")), "RunScreen"),
]


@pytest.mark.parametrize(("key", "events", "opens"), DOES)
async def test_the_key_of_what_is_to_be_done_about_a_run_does_it(
    engine: FakeEngine, key: str, events: tuple[Event, ...], opens: str
) -> None:
    lose(engine, events)
    async with driving(engine) as it:
        await it.press("4")
        await it.sees("lost01  orders")
        await it.press(key)
        await it.shows(opens)


async def test_a_lost_run_is_reconciled_from_the_record(engine: FakeEngine) -> None:
    lose(engine, (LOST,))
    async with driving(engine) as it:
        await it.press("4")
        await it.sees("lost01  orders", "c Reconcile")
        await it.press("c")
        await it.until(lambda: engine.called("runs.reconcile") == [("lost01",)])
        await it.until(lambda: any("run lost01: reconciled:" in toast for toast in it.toasts))
