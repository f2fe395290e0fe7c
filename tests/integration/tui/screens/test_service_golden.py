"""What a service's commits and their diffs look like, character by character, in each of their states."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from promote_tui.core.errors import GitError
from promote_tui.core.git.commits import CommitDifference, Patch
from promote_tui.core.git.relation import Diverged, Unknown
from promote_tui.core.model.pipeline import FileChange
from promote_tui.tui.options import Options
from tests.support import tui_history
from tests.support.driver import SMALL, driving
from tests.support.fakes import world
from tests.support.golden import golden, golden_at_both_sizes

if TYPE_CHECKING:
    from tests.support.fakes.engine import FakeEngine

GONE = GitError("billing", "/repos/acme is not a git repository", "see `repo` in promote-tui.yml")


async def test_a_service_from_the_first_frame_to_a_search_and_an_error(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    hold = engine.script.holds["commits.log"] = threading.Event()
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("reading the commits")
        await golden_at_both_sizes(it, "service-loading")
        await it.pilot.resize_terminal(*SMALL)
        hold.set()
        await it.sees("of 212", "FILES", "verified 2h ago", "at the tip")
        await golden_at_both_sizes(it, "service")
        await it.pilot.resize_terminal(*SMALL)
        await it.press("slash")
        await it.type("invoice who:ana")
        await it.until(lambda: "2 matches" in it.text and "FILES" in it.text)
        await it.press("enter")
        await golden_at_both_sizes(it, "service-search")
        await it.pilot.resize_terminal(*SMALL)
        await it.press("slash")
        await it.type("nobody")
        await it.sees("no match; esc")
        await golden_at_both_sizes(it, "service-no-match")
        await it.pilot.resize_terminal(*SMALL)
        await it.press("escape")
        engine.script.errors["commits.log"] = GONE
        await it.press("r")
        await it.sees("r reads again")
        await golden_at_both_sizes(it, "service-error")


async def test_a_service_whose_stages_run_what_the_branch_lacks(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    script = engine.script
    script.cells["billing", "staging"] = world.deployed("billing", "staging", "deadbee", Unknown("not here"), hours=25)
    script.cells["billing", "prod"] = world.deployed("billing", "prod", "c0ffee1", Diverged(1, 4), hours=150)
    script.apart[world.sha("c0ffee1")] = world.commit("c0ffee1", "Hotfix: never charge twice", "lea", 150)
    script.logs["billing", "main"] = ()
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("not on this branch", "Hotfix", "FILES", "of 212")
        await golden_at_both_sizes(it, "service-apart")
        await it.pilot.resize_terminal(*SMALL)
        await it.press("b", "down", "enter")
        await it.sees("acme ▸ billing ▸ main", "no commit of this branch", "DEV")
        await it.until(lambda: "0 of 212" in it.text)
        await golden_at_both_sizes(it, "service-empty")


async def test_a_diff_in_each_state(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    script = engine.script
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("3f2a9c1", "FILES")
        hold = script.holds["commits.changed_files"] = threading.Event()
        await it.press("d")
        await it.sees("reading the difference")
        await golden_at_both_sizes(it, "diff-loading")
        await it.pilot.resize_terminal(*SMALL)
        hold.set()
        await it.sees("3 files", "+6", "1 commit")
        await golden_at_both_sizes(it, "diff")
        await it.pilot.resize_terminal(*SMALL)
        lost = world.commit("beefbee", "Hotfix: never charge twice", "lea", 150)
        script.between = CommitDifference(tui_history.COMMITS, (lost,))
        await it.press("r")
        await it.sees("11 commits", "removes 1 commit", "3 files")
        await golden_at_both_sizes(it, "diff-commits")
        await it.pilot.resize_terminal(*SMALL)
        script.between = CommitDifference(tui_history.COMMITS[:1])
        script.patch = Patch(tui_history.PATCH[: tui_history.PATCH.rindex("@@ -0,0")], cut=True)
        await it.press("r")
        await it.sees("longer than is read at once")
        await golden_at_both_sizes(it, "diff-cut")
        await it.pilot.resize_terminal(*SMALL)
        script.patch, script.files = Patch("", cut=False), ()
        await it.press("r")
        await it.sees("no file of the service differs")
        await golden_at_both_sizes(it, "diff-empty")
        await it.pilot.resize_terminal(*SMALL)
        script.errors["commits.changed_files"] = GONE
        await it.press("r")
        await it.sees("not a git repository", "r reads again")
        await golden_at_both_sizes(it, "diff-error")


async def test_a_file_with_a_long_path_is_cut_in_its_middle(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    path = f"services/billing/src/{'deeply/' * 12}nested/resources/tables.yml"
    engine.script.files = (FileChange("M", path), *tui_history.CHANGES)
    engine.script.patch = Patch(
        f"diff --git a/{path} b/{path}\n@@ -1,1 +1,1 @@\n-a\n+b\n{tui_history.PATCH}", cut=False
    )
    async with driving(engine) as it:
        await it.press("enter")
        await it.sees("3f2a9c1")
        await it.press("d")
        await it.sees("4 files")
        await it.press("slash")
        await it.sees("tables.yml", "…", "type to find")
        await golden_at_both_sizes(it, "diff-find")


async def test_a_service_and_its_diff_in_plain_characters(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    async with driving(engine, SMALL, Options(ascii_only=True)) as it:
        await it.press("enter")
        await it.sees("STAGING", "FILES", "verified 2h ago", "at the tip")
        await golden(it, "service-ascii")
        assert it.text.isascii()
        await it.press("d")
        await it.sees("3 files", "Next file")
        assert it.text.isascii()
