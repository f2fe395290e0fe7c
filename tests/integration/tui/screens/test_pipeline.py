"""The pipeline screen by keys: what it shows, how it moves, filters and explains."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from promote_tui.core.errors import AwsError, CredentialsError, UsageError
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.git.relation import Behind
from promote_tui.core.matrix import CellView
from promote_tui.core.model.pipeline import Aws, SavedView, StackOutput, Stage
from promote_tui.core.model.users import Unresolved
from promote_tui.core.runs.back_merge import MergeBack
from promote_tui.core.stacks.cells import cell_of
from promote_tui.core.value import replace
from promote_tui.startup.matrix_cache import CachedMatrix
from promote_tui.tui.app import PromoteApp
from promote_tui.tui.options import Options
from promote_tui.tui.screens.pipeline import PipelineScreen
from tests.support.driver import LARGE, SMALL, Driver, driving
from tests.support.fakes import world
from tests.support.fakes.engine import FakeEngine
from tests.support.golden import golden, golden_at_both_sizes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from promote_tui.core.matrix import Snapshot
    from promote_tui.engine.engine import Engine


def _screen(driver: Driver) -> PipelineScreen:
    assert isinstance(driver.app.screen, PipelineScreen)
    return driver.app.screen


def cursor(driver: Driver) -> tuple[str, str] | None:
    assert isinstance(driver.app.screen, PipelineScreen)
    return driver.app.screen.matrix.cursor


async def test_matrix_shows_a_glyph_for_every_state(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.sees(
            "● 3f2a9c1", "▼ a81be07 -3", "▲ c19a7d3 +2", "◆ b4471aa -4+1", "◐ 77d0e4b busy",
            "✗ 4b6b8a9 fail", "○ never", "? login", "? deadbee", "? no commit",
        )  # fmt: skip
        assert it.text.splitlines()[1].startswith(" ✗ 1 failed  ◆ 1 diverged  ? 1 login  ◐ 1 running  ▼ 4 behind")
        assert "acme  1 Pipeline   2 Releases   3 Drift   4 Runs" in it.text.splitlines()[0]
        assert it.text.splitlines()[1].rstrip().endswith("▲ 1")
        assert all(len(row) == 80 for row in it.text.splitlines())


async def test_wide_matrix_says_drift_in_words_and_shows_the_stack(engine: FakeEngine) -> None:
    async with driving(engine, LARGE) as it:
        await it.press("right")
        await it.sees(
            "3 behind", "4 behind 1 ahead", "222222222222", "WOULD DEPLOY", "UPDATE_COMPLETE", "GATES TO STAGING"
        )


async def test_first_frame_is_painted_before_the_engine_is_opened(engine: FakeEngine) -> None:
    painted, go = threading.Event(), threading.Event()

    def open_engine() -> Engine:
        painted.set()
        go.wait(120)
        return engine

    app = PromoteApp(engine.pipeline, open_engine, Options())
    async with app.run_test(size=SMALL) as pilot:
        driver = Driver(app, pilot, engine)
        await driver.sees("SERVICE", "billing", "reading")
        assert app.engine is None
        await driver.press(
            "p", "enter", "r", "down", "2", "*", "p", "w", "1"
        )  # nothing of this may crash before there is an engine
        assert "the configuration is still being read" in driver.toasts
        go.set()
        await driver.sees("● 3f2a9c1")
        assert painted.is_set()


async def test_a_stage_of_nobody_gets_its_name_once_the_engine_knows_the_user(engine: FakeEngine) -> None:
    go = threading.Event()
    first, *others = engine.pipeline.stages
    nobody = replace(first, name="own-{user}", aws=replace(first.aws, account="", unresolved=Unresolved()))

    def open_engine() -> Engine:
        go.wait(120)
        return engine

    app = PromoteApp(replace(engine.pipeline, stages=(nobody, *others)), open_engine, Options())
    async with app.run_test(size=SMALL) as pilot:
        it = Driver(app, pilot, engine)
        await it.sees("OWN-{USER}", "STAGING", "billing", "reading")
        await it.press("space", "p")
        go.set()
        await it.sees("DEV", "● 3f2a9c1")
        assert "OWN" not in it.text
        assert not it.app.marked


async def test_a_stage_of_nobody_is_asked_for_again_with_every_refresh(engine: FakeEngine) -> None:
    real = engine.pipeline
    first, *others = real.stages
    nobody = replace(first, name="own-{user}", aws=replace(first.aws, account="", unresolved=Unresolved()))
    engine.configure(replace(real, stages=(nobody, *others)))
    answers = [CredentialsError("", "the session has expired", "aws sso login"), None]

    def reload(_engine: Engine) -> Engine:
        if trouble := answers.pop(0):
            raise trouble
        engine.configure(real)
        return engine

    app = PromoteApp(engine.pipeline, lambda: engine, Options(reload=reload))
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        it = Driver(app, pilot, engine)
        await it.sees("OWN-{USER}", "STAGING")
        await it.settle()
        assert len(answers) == 2
        await it.press("r")
        await it.until(lambda: it.toasts == [": the session has expired; L logs in"])
        await it.press("r")
        await it.sees("DEV", "● 3f2a9c1")
        assert "OWN" not in it.text
        assert not answers


async def test_cells_load_one_by_one(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        fresh = CellView(world.deployed("billing", "dev", "abcdef1").cell)
        generation = it.app.cells.begin()
        it.app.matrix_refresh.take_cell(generation, ("billing", "dev"), fresh)
        await it.sees("● abcdef1", "reading")
        it.app.matrix_refresh.take_cell(generation - 1, ("billing", "dev"), world.deployed("billing", "dev", "0123456"))
        await it.settle()
        assert "0123456" not in it.text


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("down", ("catalog", "dev")),
        ("j l", ("catalog", "staging")),
        ("right right right", ("billing", "prod")),
        ("l l h", ("billing", "staging")),
        ("G", ("webhooks", "dev")),
        ("end up", ("reports", "dev")),
        ("G g", ("billing", "dev")),
        ("end home k", ("billing", "dev")),
        ("pagedown", ("webhooks", "dev")),
    ],
)
async def test_arrows_and_letters_move_the_cursor(engine: FakeEngine, keys: str, expected: tuple[str, str]) -> None:
    async with driving(engine) as it:
        await it.press(*keys.split())
        assert cursor(it) == expected


async def test_pane_explains_the_cell_and_its_first_line_is_the_action(engine: FakeEngine) -> None:
    engine.script.drafts["billing", "staging"] = world.draft("billing", "staging", brings=world.COMMITS[:3])
    async with driving(engine) as it:
        await it.press("right")
        await it.sees(
            "p → promote 8d20b6e to staging   asks to confirm", "gates ✓ 4 pass", "Move orders to a key by tenant"
        )
        assert "▼ 3 commits behind dev" in it.line("billing · staging")


async def test_pane_shows_closed_gates_with_reason_and_next_step(engine: FakeEngine) -> None:
    engine.script.drafts["billing", "prod"] = world.draft("billing", "prod", gates=(world.CLOSED, *world.PASSED[1:]))
    async with driving(engine) as it:
        await it.press("right", "right")
        await it.sees("p → review 8d20b6e for prod", "✗ 1 blocked", "8d20b6e was never verified in staging")
        await it.sees("promote it to staging first")


async def test_pane_says_what_would_be_taken_away(engine: FakeEngine) -> None:
    engine.script.drafts["billing", "dev"] = world.draft("billing", "dev", brings=(), removes=world.COMMITS[1:2])
    async with driving(engine) as it:
        await it.sees("would remove 1 commit", "Index orders by tenant")


async def test_pane_tells_why_the_last_attempt_failed(engine: FakeEngine) -> None:
    engine.add_run("run-0009", world.plan(world.draft("identity", "dev")), "rolled_back")
    async with driving(engine) as it:
        await it.press(*["down"] * 4)
        await it.sees("the last deploy failed", "OrdersTable (AWS::DynamoDB::Table) UPDATE_FAILED")


async def test_a_cell_that_cannot_be_read_shows_why_and_what_to_do(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("G")
        await it.sees("needs a log-in", "L → log in", "SSO session has expired")
        assert "aws sso login" not in it.text
        await it.press("p")
        await it.shows("PipelineScreen")
        assert not engine.called("plans.make")
        assert ("webhooks", "dev", None) not in engine.called("plans.draft")


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_stack_that_names_no_commit_shows_what_it_names_and_what_to_do(
    engine: FakeEngine, size: tuple[int, int]
) -> None:
    where = world.target("billing", "dev")
    text = f"{'f086458' * 5}fffff-dirty"
    engine.script.cells["billing", "dev"] = CellView(cell_of(where, world.stack(where, text), StackOutput()))
    async with driving(engine, size) as it:
        await it.sees("? the named commit is unknown", "-dirty", "its output DeployedCommit names", "NEXT  promote")
        assert text in "".join(row.split("│")[0].strip() for row in it.text.splitlines())
        assert "● f086458" not in it.text


async def test_a_late_draft_is_not_shown_for_another_cell(engine: FakeEngine) -> None:
    gate = engine.script.holds["plans.draft"] = threading.Event()
    engine.script.drafts["billing", "dev"] = world.draft("billing", "dev", brings=(world.commit("aaaaaaa", "First"),))
    engine.script.drafts["catalog", "dev"] = world.draft("catalog", "dev", brings=(world.commit("bbbbbbb", "Second"),))
    async with driving(engine) as it:
        await it.until(lambda: len(engine.called("plans.draft")) == 1)
        await it.press("down")
        await it.until(lambda: len(engine.called("plans.draft")) == 2)
        gate.set()
        await it.until(lambda: "watch it in Runs" in it.text or "Second" in it.text)
        assert "First" not in it.text


async def test_filter_as_it_is_typed(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("slash")
        await it.type("orders")
        await it.sees("1 of 8 services")
        assert "billing" not in it.text.split("orders · dev", maxsplit=1)[0]
        await it.press("enter", "right")
        assert cursor(it) == ("orders", "staging")
        await it.press("escape")
        await it.sees("billing", "webhooks")
        assert cursor(it) == ("orders", "staging")


async def test_filter_that_nothing_fits_says_how_to_go_on(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("slash")
        await it.type("[/x]")
        await it.sees("no service matches", "esc clears the filter")
        assert "reading" not in it.text
        await it.press("enter", "enter", "p")
        await it.until(lambda: "no service matches; esc clears the filter" in it.toasts)
        await it.press("down", "escape")
        await it.sees("● 3f2a9c1")


@pytest.mark.parametrize(
    ("typed", "words", "more"),
    [
        ("foo:bar", "there is no field foo", "the fields are service, stage, owner, branch, commit"),
        ("state:foo", "state has no foo", "it has half-way, failed, traffic"),
        ("stage:qa", "stage has no qa", "it has dev, staging, prod"),
    ],
)
async def test_a_filter_that_names_no_field_never_reads_as_no_service(
    engine: FakeEngine, typed: str, words: str, more: str
) -> None:
    async with driving(engine) as it:
        await it.press("slash")
        await it.type(typed)
        await it.sees(words, more, "esc clears the filter")
        assert "no service matches" not in it.text
        await it.press("enter", "p")
        await it.until(lambda: any(words in toast for toast in it.toasts))
        await it.press("escape")
        await it.sees("● 3f2a9c1")


async def test_letters_in_the_filter_are_text(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("slash")
        await it.type("qrp4?")
        await it.sees("/ qrp4?")
        await it.shows("PipelineScreen")


async def test_refresh_reads_again(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        engine.script.cells["billing", "dev"] = world.deployed("billing", "dev", "abcdef1")
        await it.press("r")
        await it.sees("● abcdef1")
        assert len(engine.called("snapshot")) == 2


async def test_a_refresh_that_fails_keeps_the_matrix_and_says_why(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        engine.script.errors["snapshot"] = AwsError("dev", "no answer from AWS", "check the network")
        await it.press("r")
        await it.sees("● 3f2a9c1", "dev: no answer from AWS", "check the network")


async def test_engine_that_cannot_be_opened_says_why_and_tries_again(engine: FakeEngine) -> None:
    trouble = [CredentialsError("dev", "the profile acme-dev does not exist", "run aws configure sso")]

    def open_engine() -> Engine:
        if trouble:
            raise trouble.pop()
        return engine

    app = PromoteApp(engine.pipeline, open_engine, Options())
    async with app.run_test(size=SMALL) as pilot:
        it = Driver(app, pilot, engine)
        await it.sees("the profile acme-dev does not exist", "run aws configure sso")
        await it.press("r")
        await it.sees("● 3f2a9c1")


async def test_without_a_commit_that_suggests_itself_the_commits_are_opened(engine: FakeEngine) -> None:
    engine.script.errors["plans.draft"] = UsageError(
        "billing/dev", "no commit is verified in the stage before", "name one"
    )
    async with driving(engine) as it:
        await it.sees("p → choose a commit for dev", "no commit is verified in the stage before")
        await it.press("p")
        await it.shows("ServiceScreen")


async def test_the_next_step_names_keys_where_the_command_line_has_an_option(engine: FakeEngine) -> None:
    cause = "no commit that is verified in dev is on main"
    engine.script.errors["plans.draft"] = UsageError(
        "billing/dev", cause, "promote to dev first, merge, or pass --commit"
    )
    async with driving(engine) as it:
        await it.sees(cause, "NEXT  promote to dev first, merge, or enter → choose a commit")
        assert "--commit" not in it.text
        await it.press("enter")
        await it.shows("ServiceScreen")


async def test_more_stages_than_fit_scroll_and_the_service_stays(engine: FakeEngine) -> None:
    names = ("dev", "qa", "staging", "canary", "prod")
    stages = tuple(Stage(name, Aws("eu-west-1", "1" * 12)) for name in names)
    engine = FakeEngine(replace(engine.pipeline, stages=stages))
    async with driving(engine, read=False) as it:
        await it.sees("DEV", "QA", "STAGING", "CANARY", "▸ 1 more: PROD")
        assert "◂" not in it.text
        await it.sees(" webhooks ")
        await it.press(*["right"] * 4)
        await it.sees("PROD", "SERVICE", "billing", "◂ 1 more: DEV")
        assert "▸ 1 more" not in it.text
        await it.pilot.click("StageMatrix", offset=(15, 4))
        assert cursor(it) == ("checkout", "qa")
        await it.pilot.resize_terminal(60, 16)
        await it.sees("QA", "CANARY", "▸ 1 more: PROD")
        await it.pilot.resize_terminal(120, 40)
        await it.until(lambda: "PROD" in it.text and " more" not in it.text.splitlines()[3])


@pytest.mark.parametrize(("width", "height"), [(80, 24), (100, 30), (120, 40)])
async def test_four_stages_share_the_room_at_every_width(engine: FakeEngine, width: int, height: int) -> None:
    names = ("dev", "qa", "staging", "prod")
    stages = tuple(Stage(name, Aws("eu-west-1", "1" * 12)) for name in names)
    engine = FakeEngine(replace(engine.pipeline, stages=stages))
    async with driving(engine, (width, height), read=False) as it:
        await it.sees("DEV", "QA", "STAGING", "PROD")
        assert " more" not in it.text.splitlines()[3]


@pytest.mark.parametrize(("width", "height", "name"), [
    (80, 24, "payments-gateway"), (100, 30, "customer-notifications"), (200, 50, "customer-notifications-dispatcher"),
])  # fmt: skip
async def test_no_name_of_a_service_is_cut_where_there_is_room(width: int, height: int, name: str) -> None:
    async with driving(FakeEngine(world.pipeline("orders", name)), (width, height), read=False) as it:
        await it.sees(f" {name} ")


async def test_ascii_screen_holds_nothing_but_ascii(engine: FakeEngine) -> None:
    async with driving(engine, options=Options(ascii_only=True)) as it:
        await it.sees("[v a81be07" if cursor(it) == ("billing", "staging") else "[= 3f2a9c1")
        await it.sees("p > promote")
        assert it.text.isascii()


async def test_a_thousand_services_scroll_with_the_cursor() -> None:
    names = [f"service-{number:04d}" for number in range(1000)]
    engine = FakeEngine(world.pipeline(*names))
    engine.script.cells = {}
    async with driving(engine) as it:
        await it.press("G")
        await it.sees("service-0999")
        assert "SERVICE" in it.text
        await it.press("g")
        await it.sees("service-0000")


async def test_sorting_goes_through_name_staleness_and_drift_and_says_which(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        assert _screen(it).matrix.services[0] == "billing"
        await it.press("s")
        await it.sees("by staleness", "SERVICE ↓")
        assert _screen(it).matrix.services[0] in {"checkout", "orders"}
        await it.press("s")
        await it.sees("by drift")
        assert _screen(it).matrix.services[0] == "checkout"
        await it.press("s")
        await it.until(lambda: "by drift" not in it.text)
        assert _screen(it).matrix.services[0] == "billing"


async def test_the_cursor_stays_on_its_service_when_the_order_changes(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("down", "down", "down", "right", "s")
        await it.sees("by staleness")
        assert cursor(it) == ("emails", "staging")


async def test_space_marks_cells_and_p_promotes_them_one_after_the_other(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("right", "space", "space")
        await it.sees("▎ 2 marked", "▎▼ a81be07")
        await it.press("p")
        await it.shows("PromoteScreen")
        await it.sees("1 of 2", "staging")


async def test_space_takes_a_mark_away_again_and_escape_all_of_them(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("space", "space")
        await it.sees("2 marked")
        await it.press("k", "space")
        await it.sees("1 marked")
        await it.press("escape")
        await it.until(lambda: "1 marked" not in it.text)
        assert it.app.marked == set()


async def test_a_running_promotion_shows_how_far_it_is(engine: FakeEngine) -> None:
    view = engine.script.cells["catalog", "dev"]
    since = world.NOW - timedelta(seconds=48)
    engine.script.cells["catalog", "dev"] = replace(view, run="run-0001", run_since=since, usual=100.0)
    async with driving(engine) as it:
        await it.sees("◐ 77d0e4b 48%")
        engine.time.forward(30)
        await it.press("r")
        await it.sees("◐ 77d0e4b 78%")
        await it.pilot.resize_terminal(120, 40)
        await it.sees("78% ▰▰▰▰▰▰▱▱")


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_run_whose_end_is_not_known_names_the_run_to_open(engine: FakeEngine, size: tuple[int, int]) -> None:
    lost = "the verdict of run gk2m3p is unknown: no connection to AWS"
    view = engine.script.cells["billing", "dev"]
    engine.script.cells["billing", "dev"] = replace(
        view, run="gk2m3p", run_since=engine.time.now() - timedelta(hours=2), usual=60.0, unsettled=lost
    )
    async with driving(engine, size) as it:
        await it.sees("? 1 to reconcile", "4 → open run gk2m3p and reconcile it", lost)
        assert "? unknown" in it.line("billing")
        assert "95%" not in it.text
        assert "watch" not in it.text


async def test_what_was_remembered_is_shown_with_its_age_until_the_stacks_are_read(engine: FakeEngine) -> None:
    hold = engine.script.holds["snapshot"] = threading.Event()
    cells = {("billing", "dev"): world.deployed("billing", "dev", "abcdef1")}
    cached = CachedMatrix(world.NOW - timedelta(minutes=7), cells)
    async with driving(engine, options=Options(cached_matrix=cached), read=False) as it:
        await it.sees("● abcdef1", "7m ago, reading")
        hold.set()
        await it.sees("● 3f2a9c1", "just now")
        assert "abcdef1" not in it.text


async def test_a_complete_refresh_is_remembered(engine: FakeEngine) -> None:
    kept: list[tuple[Snapshot, Mapping[str, Any]]] = []
    async with driving(engine, options=Options(save_matrix=lambda *given: kept.append(given))) as it:
        await it.until(lambda: bool(kept))
        assert kept[0][0].cells == engine.script.cells
        assert kept[0][1]["states"]["behind"] == 4
        assert kept[0][1]["oldest"] == "2026-01-22T08:00:00+00:00"
        assert kept[0][1]["behind"] == {"dev": 0, "staging": 2, "prod": 3}


async def test_heads_count_as_an_earlier_start_did_until_the_stacks_are_read(engine: FakeEngine) -> None:
    hold = engine.script.holds["snapshot"] = threading.Event()
    headline = {"states": {"behind": 40}, "oldest": None, "behind": {"dev": 0, "staging": 3, "prod": 37}}
    cells = {("billing", "dev"): world.deployed("billing", "dev", "abcdef1")}
    cached = CachedMatrix(world.NOW - timedelta(minutes=7), cells, headline)
    async with driving(engine, LARGE, options=Options(cached_matrix=cached), read=False) as it:
        await it.sees("STAGING 3 behind", "PROD 37 behind")
        hold.set()
        await it.sees("STAGING 2 behind", "PROD 3 behind")


@pytest.mark.parametrize("options", [Options(), Options(ascii_only=True)], ids=["signs", "ascii"])
async def test_functions_that_were_changed_by_hand_mark_their_cell_once_they_were_checked(
    engine: FakeEngine, options: Options
) -> None:
    sign = "!" if options.ascii_only else "≠"
    go = engine.script.holds["drift.check_code"] = threading.Event()
    engine.script.altered["billing", "staging"] = ("billing-staging-pay",)
    async with driving(engine, options=options) as it:
        await it.press("right")
        await it.sees("a81be07 -3", "4 behind")  # all that does not wait for it
        go.set()
        await it.sees(f"{sign} a81be07 altered", f"{sign} 1 altered", "altered, 3 commits behind dev")
        await it.sees(f"{sign} 1 function runs other code than was deployed: billing-staging-pay")
        await it.sees("NEXT  commit the change before a deploy overwrites it")
        await it.press("slash")
        await it.type("state:altered")
        await it.sees("1 of 8 services", "billing")
        assert "catalog" not in it.text


async def test_a_mark_stays_through_a_refresh_and_is_remembered_and_a_check_that_fails_is_told(
    engine: FakeEngine,
) -> None:
    kept: list[tuple[Snapshot, Mapping[str, Any]]] = []
    engine.script.altered = {("billing", "staging"): ("billing-staging-pay",), ("billing", "dev"): ()}
    async with driving(engine, LARGE, options=Options(save_matrix=lambda *given: kept.append(given))) as it:
        await it.sees("altered -3", "as deployed")
        await it.until(lambda: len(kept) == 2)
        assert kept[1][1]["states"]["altered"] == 1
        engine.script.errors["drift.check_code"] = AwsError("orders/dev", "something that nobody foresaw")
        it.app.refresh_cells()
        await it.until(lambda: len(engine.called("drift.check_code")) == 2 and bool(it.toasts))
        assert "altered -3" in it.text


async def test_the_automatic_refresh_keeps_focus_cursor_and_filter(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("down", "right", "slash")
        await it.type("ca")
        it.app.refresh_cells()
        await it.until(lambda: len(engine.called("snapshot")) == 2 and not it.app.cells.is_reading)
        await it.type("t")
        await it.sees("/ cat", "1 of 8 services")
        assert cursor(it) == ("catalog", "staging")


async def test_filter_by_branch_asks_which_branches_hold_what_is_deployed(engine: FakeEngine) -> None:
    engine.script.holding[world.sha("3f2a9c1")] = ("feature/pdf",)
    async with driving(engine) as it:
        await it.press("slash")
        await it.type("branch:feature/pdf")
        await it.sees("1 of 8 services", "billing")


async def test_mine_and_who_waits_ask_whose_commits_wait(engine: FakeEngine) -> None:
    engine.script.waiting["billing"] = ("Joe", "ana")
    async with driving(engine) as it:
        await it.press("slash")
        await it.type("who-waits:joe")
        await it.sees("1 of 8 services", "billing")
        assert not any(call[-1] for call in engine.called("commits.filter_facts"))
        await it.press("escape", "slash")
        await it.type("mine")
        await it.sees("1 of 8 services", "billing")
        await it.press("escape", "slash")
        await it.type("who-waits:zoe")
        await it.sees("no service matches")


async def test_while_authors_are_read_nothing_matches_yet(engine: FakeEngine) -> None:
    engine.script.waiting["billing"] = ("Joe",)
    read = engine.script.holds["commits.filter_facts"] = threading.Event()
    async with driving(engine) as it:
        await it.press("slash")
        await it.type("who-waits:joe")
        await it.sees("no service matches yet", "what the filter asks about is still being read")
        read.set()
        await it.sees("1 of 8 services")


async def test_an_owner_is_a_filter_and_stands_on_the_services_screen(owned: FakeEngine) -> None:
    async with driving(owned) as it:
        await it.press("slash")
        await it.type("owner:payments")
        await it.sees("2 of 8 services", "billing", "orders")
        await it.press("enter", "enter")
        await it.sees("billing ▸", "owner payments")


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_services_are_grouped_by_owner_until_the_key_is_pressed_again(
    owned: FakeEngine, size: tuple[int, int]
) -> None:
    async with driving(owned, size) as it:
        await it.press("right", "down", "O")
        await it.sees("payments", "no owner", "lea")
        assert _screen(it).matrix.services[:3] == ("emails", "billing", "orders")
        assert cursor(it) == ("catalog", "staging")
        await golden(it, "pipeline-grouped")
        await it.press("home")
        assert cursor(it) == ("emails", "staging")
        await it.press("down")
        assert cursor(it) == ("billing", "staging")
        await it.press("slash")
        await it.type("owner:payments")
        await it.sees("2 of 8 services")
        await it.press("escape", "2", "1")
        await it.sees("no owner")
        await it.press("O")
        await it.until(lambda: "no owner" not in it.text)
        assert _screen(it).matrix.services[0] == "billing"


VIEW = SavedView("teams", "owner:payments,lea", "owner")


async def test_a_saved_view_is_chosen_in_the_palette(tmp_path: Path) -> None:
    pipeline = replace(world.owned_pipeline(), views=(VIEW, SavedView("everything")))
    async with driving(FakeEngine(pipeline, folder=tmp_path)) as it:
        await it.press("4")
        await it.shows("RunsScreen")
        await it.press("ctrl+p")
        await it.type("teams")
        await it.sees("view", "owner:payments,lea, by owner")
        await it.press("enter")
        await it.shows("PipelineScreen")
        await it.sees("/ owner:payments,lea", "3 of 8 services", " payments")
        assert cursor(it) is not None
        await it.press("ctrl+p")
        await it.type("everything")
        await it.press("enter")
        await it.sees("webhooks")
        await it.until(lambda: "/ owner" not in it.text and " payments" not in it.text)


async def test_the_screen_begins_with_the_view_that_is_named(tmp_path: Path) -> None:
    engine = FakeEngine(replace(world.owned_pipeline(), views=(VIEW,)), folder=tmp_path)
    async with driving(engine, options=Options(view=VIEW)) as it:
        await it.sees("/ owner:payments,lea", "3 of 8 services", " payments")
        await it.press("escape")
        await it.sees("no owner")


async def test_a_click_on_a_group_chooses_nothing(owned: FakeEngine) -> None:
    async with driving(owned) as it:
        await it.press("O")
        await it.sees("no owner")
        lines = it.text.splitlines()
        group = next(row for row, words in enumerate(lines) if words.startswith(" payments"))
        await it.pilot.click(offset=(40, group))
        assert cursor(it) == ("billing", "dev")
        await it.pilot.click(offset=(40, group + 2))
        assert cursor(it) == ("orders", "staging")


async def test_the_heading_of_the_first_group_is_in_sight_with_its_first_service(tmp_path: Path) -> None:
    names = [f"service-{number:02}" for number in range(30)]
    made = world.pipeline(*names)
    many = replace(made, services=tuple(replace(each, owner="payments") for each in made.services))
    async with driving(FakeEngine(many, folder=tmp_path)) as it:
        await it.press("O", "end")
        await it.sees("service-29")
        assert " payments" not in it.text
        await it.press("home")
        await it.sees(" payments", "service-00")


async def test_without_owners_there_is_nothing_to_group_by(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("O")
        await it.until(lambda: any("no service has an `owner`" in toast for toast in it.toasts))


async def test_d_shows_what_a_promotion_would_bring(engine: FakeEngine) -> None:
    engine.script.drafts["billing", "staging"] = world.draft("billing", "staging", brings=world.COMMITS[:3])
    async with driving(engine) as it:
        await it.press("right")
        await it.sees("promote 8d20b6e to staging")
        await it.press("d")
        await it.shows("DiffScreen")


async def test_b_opens_the_branches_of_the_service(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("b")
        await it.shows("FinderDialog")
        await it.sees("develop")


async def test_a_click_moves_the_cursor_and_a_second_one_opens(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.pilot.click("StageMatrix", offset=(40, 3))
        assert cursor(it) == ("checkout", "staging")
        await it.pilot.click("StageMatrix", offset=(40, 3))
        await it.shows("ServiceScreen")


async def test_golden(engine: FakeEngine) -> None:
    engine.script.drafts["billing", "staging"] = world.draft("billing", "staging", brings=world.COMMITS[:3])
    engine.add_run("run-0001", world.plan(world.draft("billing", "staging")))
    async with driving(engine) as it:
        await it.press("right")
        await it.sees("gates ✓ 4 pass", "a81be07")
        await golden_at_both_sizes(it, "pipeline")
        await it.pilot.resize_terminal(*SMALL)
        await it.press("s", "s", "space")
        await it.sees("1 marked")
        await golden_at_both_sizes(it, "pipeline-marked")


async def test_golden_while_loading(engine: FakeEngine) -> None:
    hold = engine.script.holds["snapshot"] = threading.Event()
    async with driving(engine, read=False) as it:
        await it.sees("billing", "reading the stack")
        await golden_at_both_sizes(it, "pipeline-loading")
        hold.set()


async def test_holds_vetoes_and_hotfixes_are_seen_in_the_matrix_and_explained(engine: FakeEngine) -> None:
    at = world.NOW - timedelta(days=2)
    held = Decision(at, "hold", "billing", "prod", None, "ana", "arn", "incident 42")
    veto = Decision(at, "veto", "billing", None, world.sha("a81be07"), "ben", "arn", "loses money")
    cells = engine.script.cells
    back = MergeBack("g7", world.sha("5d90c2e"), "develop", at)
    cells["billing", "staging"] = replace(cells["billing", "staging"], veto=veto)
    cells["billing", "prod"] = replace(cells["billing", "prod"], hold=held, merge_back=back)
    async with driving(engine, LARGE) as it:
        await it.press("right", "right")
        await it.sees("⊗ 1 vetoed", "⊘ 1 held", "⊘ 5d90c2e  held -2", "⊗ a81be07  vetoed -3")
        await it.sees(
            "⊘ on hold by ana since 2026-01-29: incident 42", "hotfix 5d90c2e is not merged back into develop"
        )
        await it.press("left")
        await it.sees("runs code that was vetoed", "⊗ vetoed by ben since 2026-01-29: loses money")


@pytest.mark.parametrize(
    ("name", "keys", "words"),
    [
        ("login", "G", "needs a log-in"),
        ("failed", "down down down down", "the last deploy failed"),
        ("running", "down", "Move orders to a key"),
        ("never", "G right right", "never deployed"),
        ("unreported", "G k right right", "names no commit"),
        ("diverged", "down down right", "4 commits behind dev, 1 ahead"),
        ("no-match", "slash z z z", "no service matches"),
    ],
)
async def test_golden_of_each_state(engine: FakeEngine, name: str, keys: str, words: str) -> None:
    async with driving(engine) as it:
        await it.press(*keys.split())
        await it.sees(words)
        await it.until(lambda: "finding the commit" not in it.text)
        await golden_at_both_sizes(it, f"pipeline-{name}")


async def test_golden_of_an_error(engine: FakeEngine) -> None:
    engine.script.errors["snapshot"] = AwsError("dev", "no answer from AWS", "check the network")
    async with driving(engine, read=False) as it:
        await it.sees("no answer from AWS", "check the network")
        await golden_at_both_sizes(it, "pipeline-error")


async def test_the_cursors_stage_is_in_sight_at_every_width_and_no_room_is_left_empty(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("right", "right")
        await it.pilot.resize_terminal(60, 16)
        await it.sees("DEV", "STAGING", "PROD")
        await it.pilot.resize_terminal(120, 40)
        await it.sees("DEV", "STAGING", "PROD")


async def test_the_pane_says_that_p_is_about_what_is_marked(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("right", "space")
        await it.sees("p → review the 1 marked cell", "esc clears the marks")


async def test_leaving_a_batch_keeps_what_was_not_promoted_marked(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("right", "space", "space", "p")
        await it.sees("1 of 2")
        await it.press("escape")
        await it.shows("PipelineScreen")
        assert it.app.marked == {("billing", "staging"), ("catalog", "staging")}
        await it.until(lambda: "2 cells not promoted and still marked" in it.toasts)


async def test_a_failed_cell_is_still_found_by_its_drift(engine: FakeEngine) -> None:
    view = engine.script.cells["identity", "dev"]
    engine.script.cells["identity", "dev"] = replace(view, relation=Behind(5), against="main")
    async with driving(engine, LARGE) as it:
        await it.press("slash")
        await it.type("drift:behind state:failed")
        await it.sees("1 of 8 services", "failed, 5 behind")


async def test_a_filter_says_that_the_stages_are_still_being_read(engine: FakeEngine) -> None:
    hold = engine.script.holds["snapshot"] = threading.Event()
    async with driving(engine, read=False) as it:
        await it.sees("billing", "reading")
        await it.press("slash")
        await it.type("state:failed")
        await it.sees("no service matches yet", "still being read")
        hold.set()
        await it.sees("1 of 8 services", "identity")


async def test_an_answer_is_filed_under_the_cell_that_was_asked_about(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.sees("gates ✓ 4 pass")
        gate = engine.script.holds["plans.draft"] = threading.Event()
        await it.press("down")
        await it.until(lambda: ("catalog", "dev") in {call[:2] for call in engine.called("plans.draft")})
        await it.press("down")
        gate.set()
        drafts = it.app.drafts.by_cell
        await it.until(lambda: drafts.find_detailed(("catalog", "dev")) is not None)
        found = drafts.find_detailed(("catalog", "dev"))
        assert found is not None
        assert found.draft is not None
        assert found.draft.target.service == "catalog"


async def test_marks_cannot_be_promoted_before_there_is_an_engine(engine: FakeEngine) -> None:
    go = threading.Event()

    def open_engine() -> Engine:
        go.wait(120)
        return engine

    app = PromoteApp(engine.pipeline, open_engine, Options())
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        it = Driver(app, pilot, engine)
        await it.sees("billing")
        await it.press("space", "p")
        await it.until(lambda: "not read yet" in it.toasts)
        await it.shows("PipelineScreen")
        go.set()


async def test_one_refresh_waits_for_aws_at_a_time_and_one_more_follows(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        hold = engine.script.holds["snapshot"] = threading.Event()
        await it.press("r", "r", "r", "r")
        await it.until(lambda: len(engine.called("snapshot")) == 2)
        hold.set()
        await it.until(lambda: len(engine.called("snapshot")) == 3 and not it.app.cells.is_reading)
        await it.settle()
        assert len(engine.called("snapshot")) == 3
