"""A service's commits: pages, branches, and picking another commit."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from textual.events import Key

from promote_tui.core.errors import GitError
from promote_tui.core.git.commits import Search
from promote_tui.core.value import replace
from promote_tui.tui.actions import clipboard
from promote_tui.tui.presentation.commits.detail import reflow
from promote_tui.tui.screens.service import ServiceScreen
from tests.support import tui_history
from tests.support.driver import LARGE, driving
from tests.support.fakes import world
from tests.support.fakes.engine import FakeEngine

if TYPE_CHECKING:
    import pytest


async def test_stages_stand_beside_their_commits(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press(*["down"] * 5, "enter")
        await it.sees("acme ▸ orders ▸ develop", "STAGE")
        assert "●  8d20b6e  Move orders to a key by tenant" in it.line("DEV STAGING")
        assert "▼  2c7e914" in it.line("PROD ")


async def test_a_stage_that_runs_a_merge_stands_on_the_commit_that_it_brought(engine: FakeEngine) -> None:
    engine.script.cells["orders", "prod"] = world.deployed("orders", "prod", "aaaaaaa")
    engine.script.logs["orders", world.sha("aaaaaaa")] = world.COMMITS[3:]
    async with driving(engine) as it:
        await it.press(*["down"] * 5, "enter")
        await it.sees("PROD  ●  d5518c0")


async def test_p_on_a_commit_offers_the_stage_it_came_from_and_enter_opens_the_review(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press(*["down"] * 5, "right", "enter")
        await it.sees("8d20b6e")
        await it.press("down")
        await it.sees("p, enter → review f03c9d1 for staging")
        await it.press("p")
        await it.sees("Promote f03c9d1 to which stage?")
        await it.press("enter")
        await it.shows("PromoteScreen")
        assert engine.called("plans.draft")[-1] == ("orders", "staging", world.sha("f03c9d1"))
        await it.press("escape", "escape")
        await it.shows("PipelineScreen")


async def test_enter_on_a_commit_shows_its_diff_and_starts_nothing(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("8d20b6e")
        await it.press("enter")
        await it.shows("DiffScreen")
        await it.press("enter", "enter", "escape")
        await it.shows("ServiceScreen")
        assert [engine.called(name) for name in ("runs.start", "plans.make")] == [[], []]


async def test_p_asks_for_the_stage_and_says_so(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("right", "enter")
        await it.sees("p, enter → review 8d20b6e for staging   asks to confirm")
        await it.press("p")
        await it.sees("Promote 8d20b6e to which stage?", "111111111111", "222222222222", "333333333333")
        await it.press("down", "enter")
        await it.shows("PromoteScreen")
        assert engine.called("plans.draft")[-1] == ("billing", "prod", world.sha("8d20b6e"))


async def test_with_a_single_stage_p_goes_there(engine: FakeEngine) -> None:
    single = FakeEngine(replace(engine.pipeline, stages=engine.pipeline.stages[:1]), folder=engine.folder)
    async with driving(single) as it:
        await it.press("enter")
        await it.sees("p → review 8d20b6e for dev   one key")
        await it.press("p")
        await it.shows("PromoteScreen")


async def test_a_chooser_offers_no_key_that_does_nothing_there(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("8d20b6e", "? Help")
        await it.press("p")
        await it.sees("enter chooses, esc goes back")
        await it.until(lambda: "? Help" not in it.text)
        await it.press("escape")
        await it.sees("? Help")


async def test_esc_in_the_list_of_stages_goes_back_to_the_commits(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("8d20b6e")
        await it.press("p", "escape")
        await it.shows("ServiceScreen")


async def test_b_chooses_a_branch(engine: FakeEngine) -> None:
    engine.script.logs["billing", "main"] = (world.commit("0123abc", "Only on main"),)
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("8d20b6e")
        await it.press("b")
        await it.sees("3 branches of billing", "feature/a-very", "…", "in-the-middle")
        await it.type("mian")
        await it.sees("no match")
        await it.press(*["backspace"] * 3)
        await it.type("an")
        await it.until(lambda: "develop  " not in it.line("main  "))
        await it.press("enter")
        await it.sees("acme ▸ billing ▸ main", "Only on main")


async def test_enter_chooses_among_what_all_letters_before_it_have_left(engine: FakeEngine) -> None:
    """Keys that come faster than the screen draws: an enter must not overtake the letters."""
    engine.script.logs["billing", "main"] = (world.commit("0123abc", "Only on main"),)
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("8d20b6e")
        await it.press("b")
        await it.sees("3 branches of billing")
        for letter in "main":
            it.app.post_message(Key(letter, letter))
        it.app.post_message(Key("enter", "\r"))
        await it.sees("acme ▸ billing ▸ main", "Only on main")


async def test_commits_are_read_page_by_page(engine: FakeEngine) -> None:
    engine.script.logs["billing", None] = tuple(
        world.commit(f"{number:07x}", f"Change {number}") for number in range(120)
    )
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("50+ commits")
        await it.press("G")
        await it.sees("100+ commits")
        await it.press("G")
        await it.sees("120 commits")
        await it.press("G")
        await it.sees("Change 119")


async def test_a_repository_that_fails_says_why_and_is_read_again(engine: FakeEngine) -> None:
    engine.script.errors["commits.log"] = GitError("billing", "/repos/acme is not a git repository", "see `repo`")
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("/repos/acme is not a git repository")
        del engine.script.errors["commits.log"]
        await it.press("r")
        await it.sees("8d20b6e")


async def test_an_empty_branch_names_the_next_key(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        engine.script.logs["billing", "develop"] = ()
        engine.script.logs["billing", None] = ()
        await it.press("enter")
        await it.sees("no commit of this branch changes the service", "b chooses another branch")
        await it.press("p", "enter")
        await it.until(lambda: any("b chooses another branch" in toast for toast in it.toasts))
        await it.shows("ServiceScreen")


async def test_wide_screen_shows_the_commit_in_full(engine: FakeEngine) -> None:
    async with driving(engine, LARGE) as it:
        await it.press("enter")
        await it.sees(world.sha("8d20b6e"), "p, enter → review 8d20b6e for dev", "30 Jan 2026 10:00 UTC")


async def test_a_search_is_by_message_and_author_and_esc_goes_back_step_by_step(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("b7710ce")
        await it.press("slash")
        await it.type("invoice who:ana zzz")
        await it.press("enter")
        await it.sees("0 matches", "no match; esc clears the search")
        await it.press("slash")
        await it.press("ctrl+u")
        await it.type("mail:ana")
        await it.sees("there is no field mail", "no message contains it")
        await it.press("slash")
        await it.press("ctrl+u")
        await it.type("invoice who:ana")
        await it.sees("2 matches")
        assert engine.called("commits.log")[-1][-1] == Search(("invoice",), ("ana",))
        await it.press("enter", "down")
        await it.sees("p, enter → review f5512bc for dev")
        assert "77ab310" not in it.text
        await it.press("escape")
        await it.sees("b7710ce", "77ab310")
        await it.shows("ServiceScreen")
        await it.press("slash", "escape", "escape")
        await it.shows("PipelineScreen")


async def test_brackets_go_from_stage_to_stage(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("review 3f2a9c1", "STAGING")
        await it.press("right_square_bracket")
        await it.sees("review a81be07")
        await it.press("right_square_bracket")
        await it.sees("review 5d90c2e")
        await it.press("right_square_bracket")
        await it.until(lambda: "no stage is further down on this branch" in it.toasts)
        await it.press("left_square_bracket", "left_square_bracket")
        await it.sees("review 3f2a9c1")


async def test_a_stage_that_stands_further_down_than_was_read_is_read_up_to(engine: FakeEngine) -> None:
    many = tuple(world.commit(f"{number:07x}", f"Change {number}", hours=number) for number in range(1, 700))
    engine.script.logs["billing", None] = many
    for stage, number in (("dev", 1), ("staging", 2), ("prod", 620)):
        engine.script.cells["billing", stage] = world.deployed("billing", stage, f"{number:07x}")
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("50+ commits", "STAGING")
        assert [call[2:] for call in engine.called("commits.log")] == [(0, 51)]
        await it.press(*["right_square_bracket"] * 2)
        await it.sees("PROD", "Change 620 ───")


async def test_the_hash_is_copied_and_its_page_opened(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    tui_history.fill(engine)
    monkeypatch.setattr(clipboard, "has_browser", lambda: False)
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("b7710ce", "11 of 212")
        await it.press("down", "y")
        await it.sees("hash", "short hash", "subject", "address of the commit")
        await it.press("enter")
        await it.until(lambda: it.app.clipboard == world.sha("b7710ce"))
        await it.press("o")
        await it.until(lambda: it.app.clipboard == f"https://github.com/acme/shop/commit/{world.sha('b7710ce')}")


async def test_a_commit_that_is_asked_for_is_under_the_cursor_on_a_branch_that_holds_it(engine: FakeEngine) -> None:
    hotfix = world.commit("c0ffee1", "Hotfix")
    engine.script.logs["billing", "hotfix"] = (hotfix, *world.COMMITS)
    engine.script.logs["billing", hotfix.sha] = (hotfix,)
    engine.script.holding[hotfix.sha] = ("hotfix",)
    async with driving(engine) as it:
        it.app.push_screen(ServiceScreen("billing", "dev", commit=world.sha("03fe7b2")))
        await it.sees("▸ develop", "review 03fe7b2")
        it.app.push_screen(ServiceScreen("billing", "dev", commit=hotfix.sha))
        await it.sees("▸ hotfix", "review c0ffee1")
        it.app.push_screen(ServiceScreen("billing", "dev", branch="develop", commit=hotfix.sha))
        await it.until(lambda: "the commit is not on develop" in it.toasts)
        await it.sees("▸ develop", "review 8d20b6e")


async def test_a_page_of_the_branch_before_is_dropped(engine: FakeEngine) -> None:
    engine.script.logs["billing", "main"] = (world.commit("0123abc", "Only on main"),)
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("8d20b6e")
        hold = engine.script.holds["commits.log"] = threading.Event()
        await it.press("r")
        await it.until(lambda: len(engine.called("commits.log")) == 2)
        del engine.script.holds["commits.log"]
        await it.press("b", "down", "enter")
        await it.sees("Only on main")
        hold.set()
        await it.settle()
        assert "Only on main" in it.text
        assert "8d20b6e" not in it.text


def test_lines_of_a_paragraph_become_one_and_lists_and_trailers_stay() -> None:
    long = "a line that its author wrapped where the editor ended"
    text = f"{long}\nand went on\n\n- one\n- two\n{long}\n  indented\n{long}\nSigned-off-by: ana\nshort\nstays"
    assert reflow(text) == [
        f"{long} and went on", "", "- one", "- two", long, "  indented", long, "Signed-off-by: ana", "short", "stays",
    ]  # fmt: skip
