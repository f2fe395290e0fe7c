"""The app as a whole: help, leaving, sizes, keys, hostile text, and what nobody foresaw."""

from __future__ import annotations

import ast
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.binding import Binding
from textual.screen import ModalScreen, Screen
from textual.scroll_view import ScrollView

from promote_tui import tui
from promote_tui.core.errors import GitError, UsageError
from promote_tui.core.model.cells import Deployed
from promote_tui.core.model.pipeline import Branch
from promote_tui.core.model.policy_source import PolicyOrigin
from promote_tui.core.value import replace
from promote_tui.tui.app import PromoteApp, run
from promote_tui.tui.dialogs.choose import ChooseDialog
from promote_tui.tui.dialogs.confirm import ConfirmDialog
from promote_tui.tui.dialogs.help import HelpDialog
from promote_tui.tui.dialogs.too_small import TooSmall
from promote_tui.tui.options import Options
from promote_tui.tui.screens.base import View
from promote_tui.tui.screens.pipeline import PipelineScreen
from promote_tui.tui.screens.promote import PromoteScreen
from promote_tui.tui.screens.run import RunScreen
from promote_tui.tui.screens.runs import RunsScreen
from promote_tui.tui.screens.service import ServiceScreen
from promote_tui.tui.widgets.list_view import RowList
from promote_tui.tui.widgets.run_log import RunLog
from promote_tui.tui.widgets.stage_matrix import StageMatrix
from tests.support.driver import LARGE, SMALL, driving
from tests.support.fakes import world
from tests.support.fakes.engine import FakeEngine, opening, story
from tests.support.waiting import comes_true

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from promote_tui.engine.engine import Engine

OURS = (
    PromoteApp, PipelineScreen, ServiceScreen, PromoteScreen, RunScreen, RunsScreen,
    ConfirmDialog, ChooseDialog, HelpDialog, TooSmall, StageMatrix, RowList, RunLog,
)  # fmt: skip
HOSTILE = (
    "[/x] closing",
    "[WIP] vanishes",
    "[@click=app.quit]quit[/]",
    "[red]red",
    "\x1b]52;c;aGFja2Vk\x07clip",
    "\x1b[2J\x9b31mwipe",
    "a\u202eb\u200bc",
    "new\nline\r\x00",
)


async def test_no_attribute_of_ours_hides_one_of_textual(engine: FakeEngine) -> None:
    """Textual keeps its state in private attributes that a type checker does not guard."""
    async with driving(engine):
        theirs = {*dir(ScrollView()), *dir(ModalScreen()), *dir(Screen())}
        allowed = {"virtual_size", "show_vertical_scrollbar", "theme", "border_title", "border_subtitle", "display"}
        screens = [(name, found) for name, found in _classes() if found.bases]  # what has no base inherits nothing
        assert not [(name, found.name, bad) for name, found in screens if (bad := _stored(found) & theirs - allowed)]


def _classes() -> list[tuple[str, ast.ClassDef]]:
    trees = ((path.name, ast.parse(path.read_text())) for path in Path(tui.__path__[0]).rglob("*.py"))
    return [(name, node) for name, tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def _stored(of: ast.ClassDef) -> set[str]:
    places = (node for node in ast.walk(of) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
    return {node.attr for node in places if isinstance(node.value, ast.Name) and node.value.id == "self"}


def test_every_binding_has_an_id_of_its_own() -> None:
    bindings = [binding for cls in OURS for binding in cls.BINDINGS]
    assert all(isinstance(binding, Binding) and binding.id for binding in bindings)
    holders: dict[str | None, set[type]] = {}
    for cls in OURS:
        for binding in cls.BINDINGS:
            holders.setdefault(getattr(binding, "id", None), set()).add(cls)
    assert all(len(classes) == 1 for classes in holders.values())


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_help_is_made_from_the_bindings(engine: FakeEngine, size: tuple[int, int]) -> None:
    async with driving(engine, size) as it:
        await it.press("question_mark")
        await it.sees("Keys  on Pipeline", "ON PIPELINE", "mark for a batch", "down j", "SCREENS")
        await it.press(*["pagedown"] * 4)
        await it.sees("behind it", "the last deploy failed", "under keys")
        await it.press("escape")
        await it.shows("PipelineScreen")
        await it.press("enter", "f1")
        await it.sees("Keys  on Service", "ON SERVICE")


async def test_help_shows_what_cannot_be_done_with_its_reason(engine: FakeEngine) -> None:
    async with driving(engine, LARGE) as it:
        await it.press("G", "question_mark")
        await it.sees("webhooks/dev: the SSO")


async def test_a_key_that_cannot_be_used_says_why(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("G", "d")
        await it.until(lambda: "not read yet" in it.toasts)


async def test_a_ledger_that_cannot_be_read_is_said_once(engine: FakeEngine) -> None:
    engine.script.unrecorded = "ledger.sqlite3: it is damaged"
    told = "runs, holds and vetoes are not shown: ledger.sqlite3: it is damaged"
    async with driving(engine) as it:
        await it.until(lambda: told in it.toasts)
        await it.press("r")
        await it.until(lambda: len(engine.called("snapshot")) == 2)
        await it.press("r")  # read once what came second is shown
        await it.until(lambda: len(engine.called("snapshot")) == 3)
        assert it.toasts.count(told) == 1


async def test_other_keys_can_be_chosen(engine: FakeEngine) -> None:
    async with driving(engine, options=Options(keys=(("pipeline.sort", "S"), ("app.runs", "f4")))) as it:
        assert "f4 Runs" in it.text.splitlines()[0]
        await it.press("s")
        assert "by staleness" not in it.text
        await it.press("S")
        await it.sees("by staleness")
        await it.press("f4")
        await it.shows("RunsScreen")


async def test_the_palette_finds_services_branches_commits_runs_and_actions(engine: FakeEngine) -> None:
    engine.add_run("run-0007", world.plan(world.draft("billing", "staging")))
    async with driving(engine) as it:
        await it.press("ctrl+p")
        await it.type("bil")
        await it.sees("service    billing", "branch     billing/main", "run        run-0007 billing staging")
        await it.sees("action     Promote billing to staging")
        await it.press("escape", "ctrl+p")
        await it.type("a81be")
        await it.sees("commit     a81be07")
        await it.press("enter")
        await it.shows("ServiceScreen")


async def test_the_palette_goes_to_a_run_and_does_an_action(engine: FakeEngine) -> None:
    engine.add_run("run-0007", world.plan(world.draft("billing", "staging")))
    async with driving(engine) as it:
        await it.press("ctrl+p")
        await it.type("run-0007")
        await it.sees("run-0007 billing staging")
        await it.press("enter")
        await it.shows("RunScreen")
        await it.press("escape", "ctrl+p")
        await it.type("sort by")
        await it.sees("sort by name, staleness or drift")
        await it.press("enter")
        await it.sees("by staleness")


async def test_fetch_brings_the_repositories_up_to_date_and_names_what_could_not_be(engine: FakeEngine) -> None:
    engine.script.unfetched = (GitError("acme", "no answer from the remote", "check the network"),)
    async with driving(engine) as it:
        await it.press("R")
        await it.until(lambda: any("no answer from the remote" in toast for toast in it.toasts))
        await it.until(lambda: len(engine.called("snapshot")) == 2)


async def test_a_fetch_takes_the_rules_that_are_there_now(engine: FakeEngine) -> None:
    def reload(_engine: Engine) -> Engine:
        origin = PolicyOrigin("remote", "", "origin/main", "b" * 40)
        engine.configure(replace(engine.pipeline, policy=origin))
        return engine

    async with driving(engine, options=Options(reload=reload)) as it:
        await it.press("R")
        await it.until(lambda: "the rules are those of origin/main@bbbbbbb now" in it.toasts)
        assert it.app.pipeline.policy == engine.pipeline.policy


async def test_rules_that_cannot_be_read_are_told_and_the_old_ones_stay(engine: FakeEngine) -> None:
    def reload(_engine: Engine) -> Engine:
        raise UsageError("promote-tui.yml", "its services or stages have changed", "quit, and start again")

    before = engine.pipeline
    async with driving(engine, options=Options(reload=reload)) as it:
        await it.press("R")
        await it.until(lambda: any("its services or stages have changed" in toast for toast in it.toasts))
        assert it.app.pipeline == before


async def test_copy_offers_what_the_cell_has(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("y")
        await it.sees("hash on dev", "promote-tui promote billing --to dev", "billing-dev")
        await it.press("enter")
        await it.until(lambda: any("copied the hash on dev: 3f2a9c1" in toast for toast in it.toasts))
        assert it.app.clipboard == world.sha("3f2a9c1")


async def test_open_copies_the_address_where_there_is_no_browser(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    async with driving(engine) as it:
        await it.press("o")
        await it.until(lambda: any("no browser here" in toast for toast in it.toasts))
        assert it.app.clipboard.startswith("https://eu-west-1.console.aws.amazon.com/cloudformation/home")


async def test_open_opens_the_browser_where_there_is_one(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    monkeypatch.delenv("SSH_TTY", raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(PromoteApp, "open_url", lambda _self, url, **_: opened.append(url))
    async with driving(engine) as it:
        await it.press("o")
        await it.until(lambda: len(opened) == 1)
        assert "stackinfo" in opened[0]


async def test_footer_shows_at_most_six_hints(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.sees("gates")
        last = it.text.splitlines()[-1].strip()
        assert last.split("   ") == ["enter Open", "p Promote", "d Diff", "space Mark", "/ Filter", "? Help"]


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
async def test_leaving_without_a_run_leaves_at_once(engine: FakeEngine, key: str) -> None:
    async with driving(engine) as it:
        await it.press(key)
        await it.until(lambda: it.app.return_value == 0)


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
async def test_leaving_asks_while_a_run_of_this_session_goes_on(engine: FakeEngine, key: str) -> None:
    engine.script.outcome = None
    async with driving(engine) as it:
        await it.press("p")
        await it.sees("p deploys")
        await it.press("p")
        await it.shows("RunScreen")
        await it.press(key, key)
        await it.sees("Quit?", "run-0001 keeps running without this window", "Stay", "promote-tui attach run-0001")
        await it.press("enter")
        await it.shows("RunScreen")
        await it.press("escape", "q")
        await it.sees("Quit?")
        await it.press("tab", "enter")
        await it.until(lambda: it.app.return_value == 0)
        assert not engine.called("runs.cancel")


async def test_what_was_not_finished_is_watched_or_reconciled(engine: FakeEngine) -> None:
    engine.add_run("goes01", world.plan(world.draft("orders", "prod")), outcome=None)
    engine.add_run("lost01", world.plan(world.draft("billing", "prod")), outcome=None)
    engine.script.dead.add("lost01")
    async with driving(engine, LARGE) as it:
        await it.sees("1 run not finished: orders to prod. Press 4 to watch.")
        await it.sees("1 run to reconcile: billing to prod. Press 4 to open it.")


async def test_a_refresh_reconciles_what_can_be_and_says_so(engine: FakeEngine) -> None:
    engine.add_run("lost01", world.plan(world.draft("orders", "prod")), outcome=None)
    lost = "the verdict of run lost01 is unknown: no connection to AWS"
    view = engine.script.cells["orders", "prod"]
    engine.script.cells["orders", "prod"] = replace(view, run="lost01", unsettled=lost)
    async with driving(engine, LARGE) as it:
        await it.sees("? 1 to reconcile")
        engine.script.settles.add("lost01")
        await it.press("r")
        await it.sees("orders to prod: reconciled, rolled back")
        await it.until(lambda: "to reconcile" not in it.text)


async def test_a_run_that_ends_unknown_is_not_one_that_goes_on(engine: FakeEngine) -> None:
    async with driving(engine, LARGE) as it:
        engine.add_run("lost01", world.plan(world.draft("orders", "prod")), outcome=None)
        it.app.run_started("lost01")
        engine.append("lost01", *story(engine.planned("lost01"), "unknown"))
        told = "orders to prod: the verdict of run lost01 is unknown; open it to reconcile it"
        await it.until(lambda: told in it.toasts)
        await it.until(lambda: not it.app.live)


async def test_q_does_nothing_on_a_screen_that_stands_on_another_and_digits_come_back_to_it(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("8d20b6e")
        await it.press("q")
        await it.shows("ServiceScreen")
        await it.press("4")
        await it.shows("RunsScreen")
        await it.press("1")
        await it.shows("ServiceScreen")


@pytest.mark.parametrize("size", [(1, 1), (5, 10), (59, 24), (80, 15)])
async def test_too_small_says_so_and_goes_away_by_itself(engine: FakeEngine, size: tuple[int, int]) -> None:
    async with driving(engine) as it:
        await it.pilot.resize_terminal(*size)
        await it.shows("TooSmall")
        await it.press("p", "enter", "down")
        await it.pilot.resize_terminal(80, 24)
        await it.shows("PipelineScreen")
        await it.sees("billing")


async def test_starting_too_small_waits_for_room(engine: FakeEngine) -> None:
    async with driving(engine, (40, 12), read=False) as it:
        await it.sees("Window too small", "40 x 12", "needs 60 x 16", "q quit")
        await it.pilot.resize_terminal(80, 24)
        await it.sees("SERVICE")


async def test_a_huge_terminal_is_fine(engine: FakeEngine) -> None:
    async with driving(engine, (500, 500)) as it:
        await it.sees("billing", "▼ a81be07  3 behind")


def _hostile(engine: FakeEngine, text: str) -> None:
    bad = replace(world.commit("8d20b6e"), subject=text, author=text)
    for stage in ("dev", "staging", "prod"):
        engine.script.drafts["billing", stage] = world.draft("billing", stage, brings=(bad,), removes=(bad,))
        engine.script.drafts["billing", stage, bad.sha] = engine.script.drafts["billing", stage]
    engine.script.logs["billing", None] = (bad,)
    engine.script.branches["billing"] = (Branch(text, bad),)
    where = world.target("billing", "prod")
    cell = Deployed(where, world.stack(where, text), text)
    engine.script.cells["billing", "prod"] = replace(engine.script.cells["billing", "prod"], cell=cell)
    lost = replace(world.unreachable("billing", "staging"), reason=text, remedy=text)
    engine.script.cells["billing", "staging"] = replace(engine.script.cells["billing", "staging"], cell=lost)


@pytest.mark.parametrize("text", HOSTILE)
async def test_text_from_outside_is_shown_and_never_acts(engine: FakeEngine, tmp_path: Path, text: str) -> None:
    _hostile(engine, text)
    engine.script.outcome = None
    (tmp_path / "run-0001.log").write_text(text + "\n")
    seen = ""
    async with driving(engine) as it:
        await it.sees("p → promote")
        seen += it.text
        await it.press("right", "right", "enter")
        await it.sees("SUBJECT", "8d20b6e")
        seen += it.text
        await it.press("b")
        await it.sees("1 branch of billing")
        seen += it.text
        await it.press("escape", "p", "up", "up", "enter")
        await it.sees("p deploys")
        seen += it.text
        await it.press("p")
        await it.shows("RunScreen")
        engine.append("run-0001", *opening(engine.planned("run-0001")))
        await it.sees("✓ check again", "following")
        seen += it.text
    assert not any(ord(char) < 32 and char != "\n" for char in seen)
    assert not any(char in seen for char in "\x9b\u202e\u200b")
    if text.startswith("["):
        assert text in seen


async def test_an_unforeseen_error_in_a_thread_is_said_and_the_screen_stays(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        engine.script.errors["snapshot"] = ValueError("[/b] what?")  # type: ignore[assignment]
        await it.press("r")
        await it.sees("unexpected ValueError: [/b] what?", "this is a bug")
        await it.shows("PipelineScreen")


def test_an_unforeseen_error_on_the_screen_is_one_line_without_a_traceback(
    engine: FakeEngine, capfd: pytest.CaptureFixture[str]
) -> None:
    app = PromoteApp(engine.pipeline, lambda: engine, Options())

    async def fail(_: Pilot[object]) -> None:
        app.call_later(_boom)
        await comes_true(lambda: app.return_code is not None, lambda: "the app has ended")

    app.run(headless=True, auto_pilot=fail)
    printed = capfd.readouterr().err
    assert "promote-tui: unexpected KeyError" in printed
    assert "Traceback" not in printed
    assert app.return_code == 1


def _boom() -> None:
    raise KeyError("needle")


def test_run_returns_the_exit_code(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(self: PromoteApp, **_: object) -> None:
        self.exit(0)

    monkeypatch.setattr(PromoteApp, "run", leave)
    assert run(engine.pipeline, lambda: engine, Options(theme="no-such-theme", refresh_seconds=0.1)) == 0


async def test_themes_and_no_color_are_honoured(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    async with driving(engine, options=Options(theme="catppuccin-latte")) as it:
        assert it.app.theme == "catppuccin-latte"
    async with driving(engine, options=Options(theme="ansi-dark")) as it:
        await it.sees("[● 3f2a9c1")
    async with driving(engine, options=Options(theme="no such theme")) as it:
        assert it.app.theme == "tokyo-night"
        assert any("there is no such theme; one of: ansi-dark" in toast for toast in it.toasts)
    monkeypatch.setenv("NO_COLOR", "1")
    async with driving(engine) as it:
        await it.sees("[● 3f2a9c1")


def test_terminal_ui_imports_nothing_heavy() -> None:
    code = (
        "import sys, promote_tui.tui.app;"
        "print([name for name in ('boto3', 'botocore', 'git', 'click', 'pydantic', 'yaml') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_every_theme_can_be_chosen_and_none_hides_a_state(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        for theme in sorted(it.app.available_themes):
            it.app.theme = theme
            await it.pilot.pause()
            variables = it.app.get_css_variables()
            grounds = {variables[name] for name in ("background", "primary-muted", "error-muted")}
            inks = {variables[name] for name in ("ink", "text-success", "text-warning", "text-error", "text-primary")}
            assert not (grounds & inks) - {"ansi_default"}, theme  # plain text on the terminal's own ground
            await it.sees("● 3f2a9c1", "✗ 4b6b8a9")


async def test_in_the_sandbox_quitting_says_that_runs_end_with_it(engine: FakeEngine) -> None:
    engine.script.outcome = None
    async with driving(engine, options=Options(sandbox=True)) as it:
        await it.press("p")
        await it.sees("p deploys")
        await it.press("p")
        await it.shows("RunScreen")
        await it.press("ctrl+c")
        await it.sees("The sandbox ends when you quit, and run-0001 with it.", "Quit, end the sandbox")


async def test_a_run_opened_while_the_terminal_is_too_small_waits_under_the_notice(engine: FakeEngine) -> None:
    engine.add_run("run-0001", world.plan(world.draft()), "rolled_back")
    async with driving(engine, (40, 12), Options(attach="run-0001"), read=False) as it:
        await it.until(lambda: len(it.app.screen_stack) == 3)
        await it.shows("TooSmall")
        await it.press("p", "tab", "enter")
        assert not engine.called("runs.start")
        await it.pilot.resize_terminal(80, 24)
        await it.shows("RunScreen")
        await it.press("escape")
        await it.shows("PipelineScreen")


async def test_quitting_does_not_wait_for_a_thread_that_waits_for_aws(engine: FakeEngine) -> None:
    hold = threading.Event()
    async with driving(engine) as it:
        engine.script.holds["snapshot"] = hold
        await it.press("r")
        await it.until(lambda: len(engine.called("snapshot")) == 2)
        waiting = [thread for thread in threading.enumerate() if thread.name == "background"]
        assert waiting
        assert all(thread.daemon for thread in waiting)
        await it.press("q")
        await it.until(lambda: it.app.return_value == 0)
    hold.set()


async def test_what_is_asked_for_before_the_screen_is_drawn_is_done_then_and_once_more_however_often(
    engine: FakeEngine,
) -> None:
    done: list[str] = []
    async with driving(engine) as it:
        screen = it.app.screen
        assert isinstance(screen, View)

        def work() -> None:
            done.append("drawn")

        for _ in range(5):
            screen.run_when_drawn(work)
        await it.until(lambda: len(done) > 1)
        await it.settle()
        assert done == ["drawn"] * 2
        screen.run_when_drawn(work)
        await it.until(lambda: len(done) == 3)
