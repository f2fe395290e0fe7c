"""A diff by keys: file by file, sideways, out into a pager, and what is read of one that is long."""

from __future__ import annotations

from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING

from promote_tui.core.errors import GitError
from promote_tui.core.git.commits import CommitDifference, Patch
from promote_tui.core.release_notes.render import markdown
from promote_tui.tui.actions import clipboard
from promote_tui.tui.widgets.patch_view import PatchView
from tests.support import tui_history
from tests.support.driver import LARGE, SMALL, Driver, driving
from tests.support.fakes import world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest

    from tests.support.fakes.engine import FakeEngine

TIP, BASE = world.sha("3f2a9c1"), world.sha("b7710ce")
LIBS, YAML, BACKOFF = (change.path for change in tui_history.CHANGES)


@asynccontextmanager
async def diff(engine: FakeEngine, words: str = "3 files", size: tuple[int, int] = SMALL) -> AsyncIterator[Driver]:
    """Run the app on the diff of the newest commit of billing."""
    async with driving(engine, size) as it:
        await it.press("enter")
        await it.sees("3f2a9c1")
        await it.press("d")
        await it.shows("DiffScreen")
        await it.sees(words)
        yield it


def shown(it: Driver) -> str:
    """Return the file whose lines stand on top."""
    return it.app.screen.query_one(PatchView).path


async def test_files_are_gone_through_by_keys_and_found_by_name(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    async with diff(engine, size=LARGE) as it:
        assert engine.called("commits.patch") == [("billing", BASE, TIP, None)]
        assert "40 + " not in it.text
        assert "32 +     timeout: 40" in it.text
        for key, path in (("n", YAML), ("right_square_bracket", BACKOFF), ("N", YAML), ("left_square_bracket", LIBS)):
            await it.press(key)
            assert shown(it) == path
        await it.press("N")
        await it.until(lambda: "this is the first file" in it.toasts)
        await it.press("slash")
        await it.type("bckff")
        await it.press("enter")
        await it.until(lambda: shown(it) == BACKOFF)
        await it.until(lambda: "[ Previous" in it.text and "] Next file" not in it.text)
        await it.press("n")
        await it.until(lambda: "this is the last file" in it.toasts)
        await it.press("g")
        assert shown(it) == LIBS
        await it.press("escape")
        await it.shows("ServiceScreen")


async def test_a_line_that_is_longer_than_the_screen_is_shifted_into_sight(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    async with diff(engine) as it:
        assert "all come at once" not in it.text
        await it.press(*["l"] * 8)
        await it.sees("or all come at once")
        await it.press(*["left"] * 9)
        await it.sees("+ export function* backoff")


async def test_path_hashes_and_pages_are_copied_and_opened(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    tui_history.fill(engine)
    monkeypatch.setattr(clipboard, "has_browser", lambda: False)
    async with diff(engine) as it:
        await it.press("n", "y")
        await it.sees("path", "hash 3f2a9c1", "hash b7710ce", "address of the comparison")
        await it.press("enter")
        await it.until(lambda: it.app.clipboard == YAML)
        await it.press("o")
        await it.sees("comparison", "commit")
        await it.press("enter")
        await it.until(lambda: it.app.clipboard == f"https://github.com/acme/shop/compare/{BASE}...{TIP}")


async def test_any_two_stages_branches_or_commits_are_compared(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    async with diff(engine, size=LARGE) as it:
        lost = world.commit("beefbee", "Hotfix: never charge twice", "lea", 150)
        engine.script.between = CommitDifference(tui_history.COMMITS[:3], (lost,))
        await it.press("c")
        await it.sees("What is new?", "stage", "staging", "prod", "branch")
        await it.type("stag")
        await it.press("enter")
        await it.sees("Compare staging with what?")
        await it.type("prod")
        await it.press("enter")
        await it.sees("acme ▸ billing ▸ prod to staging", "3 commits  removes 1 commit", "COMMITS", "3 files")
        await it.sees("+ 3f2a9c1 Retry refunds on 409", "\N{MINUS SIGN} beefbee Hotfix: never charge")
        staging, prod = world.sha("a81be07"), world.sha("5d90c2e")
        assert engine.called("commits.between")[-1] == ("billing", prod, staging)
        assert engine.called("commits.patch")[-1] == ("billing", prod, staging, None)
        await it.press("n")
        assert shown(it) == YAML


async def test_a_branch_is_compared_with_a_hash_that_is_typed(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    engine.script.revisions["19d4f52"] = world.sha("19d4f52")
    async with diff(engine) as it:
        await it.press("c")
        await it.sees("What is new?", "branch")
        await it.type("feat")
        await it.press("enter")
        await it.sees("with what?")
        await it.type("19d4f52")
        await it.sees("by its hash")
        await it.press("enter")
        await it.sees("19d4f52 to feat")
        assert engine.called("commits.resolve") == [("billing", "19d4f52")]
        assert engine.called("commits.patch")[-1][1] == world.sha("19d4f52")


async def test_a_hash_that_is_none_leaves_the_diff_as_it_is(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    async with diff(engine) as it:
        await it.press("c")
        await it.sees("What is new?")
        await it.type("abcdef0")
        await it.sees("by its hash")
        await it.press("enter")
        await it.sees("Compare abcdef0 with what?")
        await it.type("prod")
        await it.press("enter")
        await it.until(lambda: any("abcdef0 is not a commit or a branch" in toast for toast in it.toasts))
        await it.sees("3 files")
        await it.press("c")
        await it.sees("What is new?")
        await it.press("escape")
        await it.shows("DiffScreen")
        assert len(engine.called("commits.patch")) == 1


async def test_the_notes_of_what_is_new_are_written_when_they_are_wanted(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    async with diff(engine) as it:
        await it.press("y")
        await it.sees("release notes", "Markdown, from b7710ce to 3f2a9c1")
        assert engine.called("commits.release_notes") == []
        await it.type("notes")
        await it.press("enter")
        await it.until(lambda: it.app.clipboard == markdown(world.NOTES))
        assert engine.called("commits.release_notes") == [(("billing",), TIP, BASE)]


async def test_notes_that_cannot_be_written_say_why(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    engine.script.errors["commits.release_notes"] = GitError(
        "billing", "3f2a9c1 is not in this clone", "run `git fetch`"
    )
    async with diff(engine) as it:
        await it.press("y")
        await it.sees("release notes")
        await it.type("notes")
        await it.press("enter")
        await it.until(lambda: any("3f2a9c1 is not in this clone" in toast for toast in it.toasts))


async def test_the_pager_gets_a_private_file_with_colours_of_ours_alone(
    engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tui_history.fill(engine)
    engine.script.patch = Patch(
        tui_history.PATCH.replace("timeout: 40", "timeout: \x1b]52;c;aGk=\x07\x1b[2J40"), cut=False
    )
    out, script = tmp_path / "seen", tmp_path / "pager.sh"
    script.write_text(f'#!/bin/sh\ncat "$1" >{out}.part\nstat -c %a "$1" >>{out}.part\nmv {out}.part {out}\n')
    script.chmod(0o700)
    monkeypatch.setenv("PAGER", str(script))
    async with diff(engine) as it:
        monkeypatch.setattr(it.app, "suspend", nullcontext)
        await it.press("v")
        await it.until(out.exists)
        lines = out.read_text(encoding="utf-8").splitlines()
        assert "\x1b[31m-    timeout: 10\x1b[0m" in lines
        assert next(row for row in lines if row.endswith("40\x1b[0m")).count("\x1b") == 2
        assert "\x07" not in "".join(lines)
        assert lines[-1] == "600"
        await it.shows("DiffScreen")


async def test_of_a_diff_that_is_cut_the_rest_is_read_file_by_file(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    at = tui_history.PATCH.index(f"diff --git a/{BACKOFF}")
    engine.script.patch = Patch(tui_history.PATCH[: at + 90], cut=True)
    engine.script.patches[BACKOFF] = Patch(tui_history.PATCH[at:], cut=False)
    async with diff(engine, "read file by file") as it:
        await it.press("n", "n")
        await it.sees("export function* backoff")
        assert engine.called("commits.patch")[1:] == [("billing", BASE, TIP, BACKOFF)]
        assert shown(it) == BACKOFF
        await it.press("N", "n")
        assert len(engine.called("commits.patch")) == 2


async def test_of_a_long_diff_only_the_lines_in_sight_are_drawn(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    added = "".join(f"+line {number}\n" for number in range(50_000))
    engine.script.patch = Patch(f"diff --git a/{LIBS} b/{LIBS}\n@@ -0,0 +1,50000 @@\n{added}", cut=False)
    async with diff(engine, "line 10") as it:
        await it.press("G")
        await it.sees("line 49999")
        await it.press("pageup")
        await it.sees("line 49970")
        assert it.app.screen.query_one(PatchView).drawn < 1000


async def test_a_diff_that_cannot_be_read_is_read_again_and_its_keys_say_why_not(engine: FakeEngine) -> None:
    tui_history.fill(engine)
    engine.script.errors["commits.patch"] = GitError(
        "billing", "the blobs are not in this clone", "run `git fetch --refetch`"
    )
    async with diff(engine, "the blobs are not in this clone") as it:
        await it.sees("run `git fetch --refetch`")
        await it.press("v", "n")
        await it.until(lambda: "r reads again, esc goes back" in it.toasts)
        del engine.script.errors["commits.patch"]
        await it.press("r")
        await it.sees("3 files")
