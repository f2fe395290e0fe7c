"""Releases by keys: what would go into a stage, in which order, and what is missing for it."""

from __future__ import annotations

import threading
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import AwsError, GitError, UsageError
from promote_tui.core.git.relation import Behind
from promote_tui.core.planning.plan import release_phrase
from promote_tui.core.value import replace
from promote_tui.engine.releases.control import ReleaseConfirmation
from promote_tui.engine.releases.planning import ReleaseRequest
from promote_tui.tui.options import Options
from promote_tui.tui.screens.releases import ReleasesScreen
from tests.support.driver import LARGE, SMALL, Driver, driving
from tests.support.fakes import world
from tests.support.fakes.engine import FakeEngine
from tests.support.golden import golden_at_both_sizes
from tests.support.tui_releasing import blocked, draft, ready

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@asynccontextmanager
async def releases(
    engine: FakeEngine, *words: str, size: tuple[int, int] = SMALL, options: Options | None = None
) -> AsyncIterator[Driver]:
    """Open the releases and wait for these words."""
    async with driving(engine, size, options) as it:
        await it.press("2")
        await it.shows("ReleasesScreen")
        await it.sees(*words)
        yield it


def cursor(it: Driver) -> str | None:
    assert isinstance(it.app.screen, ReleasesScreen)
    about = it.app.screen.current_cell()
    return about[0] if about else None


async def test_release_that_may_begin() -> None:
    async with releases(ready(), "✓ go   3 services in 2 waves") as it:
        await golden_at_both_sizes(it, "releases-go")


async def test_release_that_may_not_begin_names_each_thing_that_is_missing() -> None:
    async with releases(blocked(), "2 things are missing") as it:
        await golden_at_both_sizes(it, "releases-no-go")


async def test_release_before_anything_was_read() -> None:
    engine = ready()
    gate = engine.script.holds["snapshot"] = threading.Event()
    async with driving(engine, read=False) as it:
        await it.press("2")
        await it.sees("reading what would be promoted: 6 of 6 services to go")
        await golden_at_both_sizes(it, "releases-loading")
        gate.set()
        await it.sees("✓ go")


async def test_release_of_nothing_names_the_next_key() -> None:
    engine = ready()
    for name in ("billing", "catalog", "orders"):
        for stage in ("staging", "prod"):
            engine.script.cells[name, stage] = world.deployed(name, stage, "5cc1f02")
    engine.script.cells["checkout", "staging"] = world.deployed("checkout", "staging", "b4471aa")
    async with releases(engine, "nothing is waiting for prod") as it:
        await golden_at_both_sizes(it, "releases-empty")


async def test_release_where_nothing_could_be_read_says_why_and_tries_again() -> None:
    engine = ready()
    engine.script.errors["snapshot"] = AwsError("dev", "no answer from AWS", "check the network")
    async with driving(engine, read=False) as it:
        await it.press("2")
        await it.sees("dev: no answer from AWS; check the network")
        await golden_at_both_sizes(it, "releases-error")
        engine.script.errors.clear()
        await it.press("r")
        await it.sees("✓ go")


async def test_a_refresh_that_fails_keeps_the_release_and_says_so() -> None:
    async with releases(ready(), "✓ go") as it:
        it.engine.script.errors["snapshot"] = AwsError("dev", "no answer from AWS", "check the network")
        it.app.refresh_cells()
        await it.sees("not read again: dev: no answer from AWS", "✓ go   3 services in 2 waves")


async def test_waves_follow_what_the_services_depend_on() -> None:
    async with releases(ready(), "✓ go") as it:
        rows = [row.split()[0] for row in it.text.splitlines()[3:12]]
        assert rows == ["WAVE", "catalog", "emails", "identity", "WAVE", "billing", "orders", "WAVE", "checkout"]
        assert "after catalog and identity" in it.line("WAVE 2")
        assert "after billing and orders" in it.line("WAVE 3")


async def test_a_row_says_from_to_commits_files_and_gates() -> None:
    async with releases(ready(), "✓ go") as it:
        assert it.line(" catalog").split() == ["catalog", "5cc1f02", "→", "77d0e4b", "4", "2", "✓", "4", "pass"]
        assert it.line(" emails").split() == ["emails", "0aa7c3e", "—", "same"]


async def test_the_last_stage_that_has_something_waiting_is_chosen() -> None:
    engine = ready()
    for name in ("billing", "catalog", "orders"):
        engine.script.cells[name, "prod"] = world.deployed(name, "prod", "5cc1f02")
    async with releases(engine, "INTO") as it:
        assert it.app.screen.current_cell() == ("catalog", "staging")  # type: ignore[attr-defined]


async def test_what_the_matrix_knows_to_be_the_same_is_not_read_again() -> None:
    async with releases(ready(), "✓ go") as it:
        asked = [key[:2] for key in it.engine.called("plans.draft") if key[1] == "prod"]
        assert sorted(set(asked)) == [("billing", "prod"), ("catalog", "prod"), ("orders", "prod")]


async def test_drafts_are_read_a_few_at_a_time_and_shown_one_by_one() -> None:
    names = [f"service-{number}" for number in range(9)]
    engine = FakeEngine(world.pipeline(*names))
    engine.script.cells = {
        (name, stage.name): world.deployed(name, stage.name, "5cc1f02", Behind(1) if stage.name == "prod" else None)
        for name in names
        for stage in world.STAGES
    }
    async with driving(engine) as it:
        await it.settle()
        gate = engine.script.holds["plans.draft"] = threading.Event()
        engine.calls.clear()
        await it.press("2")
        await it.sees("9 of 9 services to go")
        await it.until(lambda: len(_prod_drafts(engine)) == 4)
        await it.settle()
        assert len(_prod_drafts(engine)) == 4
        gate.set()
        await it.sees("✓ go   9 services in 1 wave", "no service depends on another")


def _prod_drafts(engine: FakeEngine) -> list[tuple[object, ...]]:
    return [call for call in engine.called("plans.draft") if call[1] == "prod"]


async def test_a_refresh_that_brings_nothing_new_reads_no_draft_again() -> None:
    async with releases(ready(), "✓ go") as it:

        def drafts() -> int:
            return sum(call[1] == "prod" for call in it.engine.called("plans.draft"))  # the matrix asks about dev

        before = drafts()
        it.app.refresh_cells()
        await it.until(lambda: len(it.engine.called("snapshot")) == 2 and not it.app.cells.is_reading)
        await it.settle()
        assert drafts() == before
        await it.press("r")
        await it.until(lambda: drafts() > before)


@pytest.mark.parametrize(
    ("keys", "stage"),
    [("left", "staging"), ("h h", "dev"), ("left left left", "dev"), ("shift+tab", "staging"), ("h right", "prod"),
     ("h tab", "prod"), ("h l l", "prod")],
)  # fmt: skip
async def test_arrows_and_tab_choose_the_stage(keys: str, stage: str) -> None:
    async with releases(ready(), "✓ go") as it:
        await it.press(*keys.split())
        assert isinstance(it.app.screen, ReleasesScreen)
        assert it.app.screen.current_cell() == ("catalog", stage)


async def test_the_cursor_passes_over_the_headings() -> None:
    async with releases(ready(), "✓ go") as it:
        seen = [cursor(it)]
        for key in ("down", "j", "down", "down", "down", "down"):
            await it.press(key)
            seen.append(cursor(it))
        assert seen == ["catalog", "emails", "identity", "billing", "orders", "checkout", "checkout"]
        await it.press("g")
        assert cursor(it) == "catalog"
        await it.press("G", "up")
        assert cursor(it) == "orders"


async def test_space_leaves_a_service_out_and_takes_it_in_again() -> None:
    async with releases(ready(), "✓ go   3 services in 2 waves") as it:
        await it.press("space")
        await it.sees("left out", "✓ go   2 services in 1 wave", "billing depends on catalog, which is left out")
        assert it.app.marked == {("billing", "prod"), ("orders", "prod")}
        await it.press("space")
        await it.sees("✓ go   3 services in 2 waves")
        assert it.app.marked == {("billing", "prod"), ("catalog", "prod"), ("orders", "prod")}


async def test_what_is_left_out_is_named_where_there_is_room() -> None:
    async with releases(ready(), "✓ go", size=LARGE) as it:
        await it.press("space")
        await it.sees("not part of it: catalog")


async def test_leaving_everything_out_is_a_no_go_and_escape_takes_all_in_again() -> None:
    async with releases(ready(), "✓ go") as it:
        assert "Include all" not in it.text
        await it.press("space", "down", "down", "down", "space", "down", "space")
        await it.sees("every service with waiting commits is left out", "space includes one", "esc Include all")
        await it.press("escape")
        await it.sees("✓ go   3 services in 2 waves")
        assert it.app.marked == set()


async def test_marks_of_the_pipeline_choose_the_services() -> None:
    async with driving(ready()) as it:
        it.app.marked.add(("orders", "prod"))
        await it.press("2")
        await it.sees("✓ go   1 service in 1 wave")
        assert "left out" in it.line(" billing")


async def test_space_says_why_a_service_with_nothing_waiting_cannot_be_taken_in() -> None:
    async with releases(ready(), "✓ go") as it:
        await it.press("down", "space")
        await it.until(lambda: "emails: nothing is waiting for prod" in it.toasts)
        assert it.app.marked == set()


async def test_leaving_out_what_is_blocked_makes_a_go() -> None:
    async with releases(blocked(), "2 things are missing") as it:
        await it.press("space", "down", "space")
        await it.sees("✓ go   3 services in 2 waves", "checkout would remove 1 commit by joe")


async def test_p_asks_for_a_name_and_offers_the_first_free_one() -> None:
    engine = ready()
    async with releases(engine, "p → plan a release of 3 services into prod") as it:
        await it.press("p")
        await it.shows("ReleaseNameDialog")
        await it.sees("Plan a release of all services that are behind into prod", "2026-01-31")
        await it.press("escape")
        await it.shows("ReleasesScreen")
        assert not engine.called("releases.plan")


async def test_p_plans_the_release_on_its_own_screen() -> None:
    engine = ready()
    async with releases(engine, "p → plan a release of 3 services into prod") as it:
        await it.press("p")
        await it.shows("ReleaseNameDialog")
        await it.press("enter")
        await it.shows("ReleaseScreen")
        await it.sees("✓ go   3 services in 2 waves")
        assert engine.called("releases.plan") == [(ReleaseRequest("2026-01-31", "prod"),)]
        assert not engine.called("releases.start")


async def test_only_what_is_marked_is_planned_and_the_next_name_is_offered() -> None:
    engine = ready()
    engine.releases.plan(ReleaseRequest("2026-01-31", "prod"))
    async with releases(engine, "✓ go") as it:
        await it.press("space", "p")
        await it.shows("ReleaseNameDialog")
        await it.sees("Plan a release of 2 services into prod", "2026-01-31-2")
        await it.press("enter")
        await it.shows("ReleaseScreen")
        assert engine.called("releases.plan")[-1] == (ReleaseRequest("2026-01-31-2", "prod", ("billing", "orders")),)


async def test_p_plans_although_a_gate_is_blocked() -> None:
    async with releases(blocked(), "2 things are missing", "what is missing can be opened there") as it:
        await it.press("p")
        await it.shows("ReleaseNameDialog")


async def test_a_name_that_is_taken_is_said_on_the_screen_of_the_release() -> None:
    engine = ready()
    async with releases(engine, "✓ go") as it:
        await it.press("p")
        await it.shows("ReleaseNameDialog")
        engine.releases.plan(ReleaseRequest("2026-01-31", "prod"))
        await it.press("enter")
        await it.shows("ReleaseScreen")
        await it.sees("not planned", "a release of this name exists")
        asked = len(engine.called("releases.find"))
        await it.press("r")
        await it.ticks(1.0, 2)  # a look that showed the other release for this one would have come
        assert len(engine.called("releases.find")) == asked
        assert "not planned" in it.text


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("friday", "A release friday exists; its screen is in the list of releases."),
        ("fri day", "A release's name is up to 64 letters, digits, dots, dashes and underscores."),
        ("", "A name is required."),
    ],
)
async def test_what_no_release_can_be_called_is_said_where_it_is_typed(name: str, problem: str) -> None:
    engine = ready()
    engine.releases.plan(ReleaseRequest("friday", "prod"))
    async with releases(engine, "✓ go") as it:
        await it.press("p")
        await it.shows("ReleaseNameDialog")
        await it.press("ctrl+u")
        await it.type(name)
        await it.press("enter")
        words = problem.split()
        await it.until(lambda: all(word in it.text for word in words))
        assert type(it.app.screen).__name__ == "ReleaseNameDialog"
        assert len(engine.called("releases.plan")) == 1


async def test_a_single_service_is_a_release_of_one_under_a_name() -> None:
    engine = ready()
    async with releases(engine, "✓ go   3 services") as it:
        await it.press("down", "down", "down", "space", "down", "space")
        await it.sees("p → plan a release of 1 service into prod")
        assert "1 wave" not in it.line("p → plan")
        await it.press("p")
        await it.shows("ReleaseNameDialog")
        await it.sees("Plan a release of 1 service into prod")
        await it.press("enter")
        await it.shows("ReleaseScreen")
        assert engine.called("releases.plan") == [(ReleaseRequest("2026-01-31", "prod", ("catalog",)),)]


async def test_the_only_service_that_waits_is_a_release_of_one_too() -> None:
    engine = ready()
    for name in ("billing", "orders"):
        engine.script.cells[name, "prod"] = world.deployed(name, "prod", "5cc1f02")
        engine.script.drafts.pop((name, "prod"))
    async with releases(engine, "p → plan a release of 1 service into prod") as it:
        await it.press("p")
        await it.shows("ReleaseNameDialog")
        await it.press("enter")
        await it.until(lambda: engine.called("releases.plan") == [(ReleaseRequest("2026-01-31", "prod"),)])


async def test_a_filter_decides_what_is_planned_and_escape_clears_it() -> None:
    async with releases(ready(), "✓ go   3 services") as it:
        await it.press("slash")
        await it.type("orders")
        await it.sees("1 of 6")
        assert " billing" not in it.text
        await it.press("enter", "escape")
        await it.sees("✓ go   3 services in 2 waves", " billing")


async def test_star_marks_what_is_behind_of_the_services_in_the_list() -> None:
    async with releases(ready(), "✓ go   3 services") as it:
        await it.press("*")
        await it.until(lambda: it.app.marked == {("billing", "prod"), ("catalog", "prod"), ("orders", "prod")})
        await it.press("slash")
        await it.type("service:orders")
        await it.press("enter", "*")
        await it.until(lambda: it.app.marked == {("orders", "prod")})


async def test_the_list_of_releases_keeps_how_they_stand_before_who_planned_them() -> None:
    engine = ready()
    engine.script.me = "ana.maria.de.la.torre@platform.example.company"
    async with releases(engine, "✓ go") as it:
        for name in ("2026-11-30-the-week-before-christmas", "spring-prices"):
            engine.releases.plan(ReleaseRequest(name, "prod"))
        await it.press("w")
        await it.shows("ChooseDialog")
        line = it.line("spring-prices")
        assert [words for words in ("planned", "prod", "3 services", "…", "0s") if words not in line] == [], line
        assert all(words in it.line("2026-11-30-the-week") for words in ("…", "planned", "prod", "3 services", "0s"))


@pytest.mark.usefixtures("far_from_utc")
async def test_the_list_says_when_a_release_starts_that_waits_for_its_time() -> None:
    engine = ready()
    async with releases(engine, "✓ go") as it:
        at = engine.clock.now() + timedelta(hours=2)
        for name in ("2026-11-30-the-week-before-christmas", "spring-prices", "saturday"):
            engine.releases.plan(ReleaseRequest(name, "prod"))
            if name != "spring-prices":
                engine.releases.start(name, ReleaseConfirmation(release_phrase(name, "prod"), starts_at=at))
        await it.press("w")
        await it.shows("ChooseDialog")
        await it.sees("· scheduled", "Sat 31 Jan 09:00 EST")
        await golden_at_both_sizes(it, "releases-listed")


async def test_w_opens_one_of_the_releases_that_there_are() -> None:
    engine = ready()
    async with releases(engine, "✓ go") as it:
        await it.press("w")
        await it.until(lambda: "no release yet; p plans one" in it.toasts)
        engine.releases.plan(ReleaseRequest("spring-prices", "prod"))
        await it.press("w")
        await it.shows("ChooseDialog")
        await it.sees("spring-prices", "planned", "3 services")
        await it.press("enter")
        await it.shows("ReleaseScreen")
        await it.sees("✓ go   3 services in 2 waves")


async def test_into_the_first_stage_p_reviews_the_first_wave_only() -> None:
    async with releases(ready(), "✓ go") as it:
        await it.press("h", "h")
        await it.sees("p → review catalog, emails and identity for dev", "do not start by themselves")
        await it.press("p")
        await it.shows("PromoteScreen")
        assert not it.engine.called("runs.start")


async def test_while_a_wave_is_going_on_the_next_one_waits() -> None:
    engine = ready()
    async with releases(engine, "✓ go") as it:
        await it.press("h", "h")
        await it.sees("p → review catalog")
        engine.script.cells["catalog", "dev"] = world.with_run(engine.script.cells["catalog", "dev"], "run-0001")
        await it.press("r")
        await it.sees("wave 1 is running", "dev is being deployed to: catalog", "4 watches")
        await it.press("p")
        await it.until(lambda: "no-go: dev is being deployed to: catalog" in it.toasts)
        await it.shows("ReleasesScreen")


async def test_what_was_released_from_here_loses_its_mark_when_it_has_arrived() -> None:
    engine = ready()
    async with releases(engine, "✓ go") as it:
        await it.press("down", "down", "down", "space", "down", "space", "g")
        await it.until(lambda: it.app.marked == {("catalog", "prod")})
        await it.press("p")
        await it.shows("ReleaseNameDialog")
        await it.press("enter")
        await it.shows("ReleaseScreen")
        await it.press("escape")
        await it.shows("ReleasesScreen")
        engine.script.cells["catalog", "prod"] = world.deployed("catalog", "prod", "77d0e4b")
        await it.press("r")
        await it.until(lambda: it.app.marked == set())


async def test_read_only_is_a_no_go() -> None:
    async with releases(ready(), "started with --read-only", options=Options(read_only=True)) as it:
        assert "1 thing is missing" in it.line("INTO")


async def test_a_draft_that_cannot_be_read_is_missing_and_says_why() -> None:
    engine = ready()
    engine.script.errors["plans.draft"] = GitError("/repos/acme", "the repository is gone", "clone it again")
    async with releases(engine, "3 things are missing") as it:
        assert "r reads again" in it.line("catalog: the repository is gone")


async def test_a_service_without_a_commit_to_take_is_no_part_of_the_release() -> None:
    engine = ready()
    engine.script.errors["plans.draft"] = UsageError(
        "catalog/prod", "no commit that is verified in staging is on main", "merge"
    )
    async with releases(engine, "nothing to promote", "nothing is waiting for prod", size=LARGE) as it:
        await it.sees("no commit that is verified in")


async def test_a_stage_that_is_ahead_is_left_as_it_is() -> None:
    engine = ready()
    hotfix = replace(draft("orders", "8d20b6e", "2c7e914"), brings=(), removes=world.COMMITS[:1])
    engine.script.drafts["orders", "prod"] = hotfix
    async with releases(engine, "✓ go   2 services in 2 waves", size=LARGE) as it:
        assert "▲ 1 ahead" in it.line("2c7e914")
        await it.press("G", "up")
        await it.sees("a release leaves it as it")


async def test_many_stacks_that_cannot_be_read_for_one_reason_are_one_line() -> None:
    engine = ready()
    for name in ("billing", "catalog", "orders"):
        engine.script.cells[name, "prod"] = replace(
            engine.script.cells[name, "prod"], cell=world.unreachable(name, "prod")
        )
    engine.script.cells["checkout", "prod"] = world.deployed("checkout", "prod", "91c2d70", Behind(11), hours=220)
    async with releases(engine, "1 thing is missing") as it:
        assert "L logs in" in it.line("3 services could not be read: the SSO session has expired")


async def test_enter_opens_the_service() -> None:
    async with releases(ready(), "✓ go") as it:
        await it.press("enter")
        await it.shows("ServiceScreen")


async def test_d_shows_what_the_service_would_bring() -> None:
    async with releases(ready(), "✓ go") as it:
        await it.press("d")
        await it.shows("DiffScreen")
        await it.press("escape", "down", "d")
        await it.until(lambda: "there is nothing to compare here" in it.toasts)


async def test_y_copies_the_notes_of_the_release() -> None:
    async with releases(ready(), "✓ go") as it:
        assert isinstance(it.app.screen, ReleasesScreen)
        notes = str(dict(it.app.screen.copy_items())["notes of the release"])
        assert notes.splitlines()[:6] == [
            "acme to prod",
            "",
            "wave 1",
            "  catalog 5cc1f02 -> 77d0e4b",
            "    77d0e4b Change catalog for the better (ana)",
            "    f03c9d1 Index orders by tenant (ana)",
        ]
        assert "wave 2" in notes


async def test_q_leaves() -> None:
    async with releases(ready(), "✓ go") as it:
        await it.press("q")
        await it.until(lambda: it.app.return_value == 0)


async def test_hostile_text_is_shown_literally() -> None:
    engine = ready()
    nasty = world.commit("77d0e4b", "[/x] [@click=app.quit] \x1b]52;c;aGk=\x07 \u202ebidi", "[red]joe", 20)
    engine.script.drafts["catalog", "prod"] = replace(
        draft("catalog", "77d0e4b", "5cc1f02"), commit=nasty, brings=(nasty,), removes=(nasty,)
    )
    async with releases(engine, "by [red]joe", size=LARGE) as it:
        await it.sees("[/x] [@click=app.quit]")
        assert "\x1b" not in it.text
        assert "\u202e" not in it.text


async def test_ascii_screen_holds_nothing_but_ascii() -> None:
    async with releases(blocked(), "2 things are missing", options=Options(ascii_only=True)) as it:
        assert it.text.isascii()


async def test_a_thousand_services_scroll_with_the_cursor() -> None:
    engine = FakeEngine(world.pipeline(*(f"service-{number:04d}" for number in range(1000))))
    engine.script.cells = {}
    async with releases(engine, "service-0000") as it:
        await it.press("G")
        await it.sees("service-0999")
        await it.press("g")
        await it.sees("WAVE 1", "service-0000")
