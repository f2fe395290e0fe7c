"""The stories become repositories that a team could have made."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.demo.repositories.build import Repository, commit_times, run_git, to_fast_import, write_repository
from promote_tui.demo.repositories.script import ANA, Change, Edit, Fork, Merge, Step, Story
from promote_tui.demo.repositories.shop import SHOP
from promote_tui.demo.repositories.webhooks import WEBHOOKS

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 12, 15, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Repository]:
    folder, origins = tmp_path_factory.mktemp("clones"), tmp_path_factory.mktemp("origins")
    return {story.name: write_repository(story, folder, origins, NOW) for story in (SHOP, WEBHOOKS)}


def said(repository: Repository, *args: str) -> list[str]:
    return run_git(repository.folder, *args).decode().splitlines()


def test_the_two_repositories_have_forty_commits_or_more(repositories: dict[str, Repository]) -> None:
    assert sum(int(said(each, "rev-list", "--count", "--all")[0]) for each in repositories.values()) >= 40


def test_git_finds_no_fault_with_them(repositories: dict[str, Repository]) -> None:
    for each in repositories.values():
        assert said(each, "fsck", "--strict") == []
        assert said(each, "status", "--porcelain") == []


def test_the_branches_are_those_of_a_remote(repositories: dict[str, Repository]) -> None:
    refs = said(repositories["shop"], "for-each-ref", "--format=%(refname:lstrip=3)", "refs/remotes/origin")
    assert sorted(refs) == ["HEAD", "develop", "feature/partial-refunds", "feature/search-suggestions", "main"]
    assert said(repositories["webhooks"], "rev-parse", "origin/main") == [repositories["webhooks"].commits["main"]]


def test_main_grows_by_merges_of_develop(repositories: dict[str, Repository]) -> None:
    merges = said(repositories["shop"], "log", "--first-parent", "--merges", "--format=%s", "origin/main")
    assert merges == [f"Merge branch 'develop' for release {number}" for number in (15, 14, 13, 12)]


def test_the_hotfix_is_on_main_only(repositories: dict[str, Repository]) -> None:
    branches = said(repositories["shop"], "branch", "-r", "--contains", repositories["shop"].commits["hotfix"])
    assert [branch.strip() for branch in branches] == ["origin/main"]


def test_feature_branches_are_not_merged(repositories: dict[str, Repository]) -> None:
    waiting = said(repositories["shop"], "branch", "-r", "--no-merged", "origin/develop", "--list", "origin/feature/*")
    assert len(waiting) == 2


def test_what_git_would_merge_is_what_the_merge_commits_hold(repositories: dict[str, Repository]) -> None:
    shop = repositories["shop"]
    for line in said(shop, "log", "--merges", "--all", "--format=%H %T %P"):
        _, tree, ours, theirs = line.split()
        assert said(shop, "merge-tree", "--write-tree", ours, theirs) == [tree]


def test_commits_are_made_on_weekdays_in_working_hours_and_before_now(repositories: dict[str, Repository]) -> None:
    for each in repositories.values():
        for at in map(datetime.fromisoformat, said(each, "log", "--all", "--format=%aI")):
            assert at.weekday() < 5
            assert 8 <= at.hour < 18
            assert at < NOW


@pytest.mark.parametrize("day", range(9, 16))
@pytest.mark.parametrize("hour", [0, 7, 8, 17, 23])
def test_the_newest_commit_is_never_older_than_a_long_weekend(day: int, hour: int) -> None:
    now = datetime(2026, 3, day, hour, 5, tzinfo=UTC)
    found = commit_times(["one", "Merge two", "three"], now)
    assert found == sorted(found)
    assert timedelta(0) < now - found[-1] < timedelta(days=3, hours=12)


def test_the_same_moment_tells_the_same_story() -> None:
    assert to_fast_import(SHOP, NOW) == to_fast_import(SHOP, NOW)


def test_every_line_of_code_is_javascript(repositories: dict[str, Repository]) -> None:
    for each in repositories.values():
        sources = [
            "\n".join(said(each, "show", f"{tip}:{path}"))
            for tip in ("origin/develop", each.commits.get("feature/partial-refunds", "HEAD"))
            for path in said(each, "ls-tree", "-r", "--name-only", tip)
            if path.endswith(".js")
        ]
        assert sources
        script = f"for (const text of {json.dumps(sources)}) new Function(text)"
        subprocess.run(["node", "-e", script], check=True, env={"PATH": os.environ["PATH"]})


def story(*steps: Step) -> Story:
    return Story("story", ("main",), steps)


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ((Change("main", ANA, "a", (Edit("a", "x\n"), Edit("a", "y", "z"))),), "'z' is there 0 times"),
        ((Change("main", ANA, "a", (Edit("a", "xx\n"), Edit("a", "y", "x"))),), "'x' is there 2 times"),
        (
            (
                Change("main", ANA, "a", (Edit("a", "x\n"),)),
                Fork("b", "main"),
                Change("b", ANA, "b", (Edit("a", "b\n"),)),
                Change("main", ANA, "m", (Edit("a", "m\n"),)),
                Merge("main", "b", ANA, "Merge"),
            ),
            "changed on both sides: a",
        ),
    ],
)
def test_a_story_that_does_not_hold_together_is_refused(steps: tuple[Step, ...], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        to_fast_import(story(*steps), NOW)


def test_settings_of_the_user_do_not_matter(tmp_path: Path, home: Path) -> None:
    (home / ".gitconfig").write_text("[core]\n\thooksPath = /nowhere\n[broken\n")
    (tmp_path / "origins").mkdir()
    assert write_repository(WEBHOOKS, tmp_path, tmp_path / "origins", NOW).commits["main"]
