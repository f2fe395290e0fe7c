"""A repository that stays as it is is asked once for what it is; each change of it is seen at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.git.command import Git
from promote_tui.adapters.git.repository import look_at
from promote_tui.core.errors import GitError
from tests.support.repositories import Repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def team(tmp_path: Path) -> Repository:
    found = Repository(tmp_path / "team.git", bare=True)
    for number in range(3):
        found.commit({"a": str(number)}, f"Step {number}")
    return found


@pytest.fixture
def clone(team: Repository, tmp_path: Path) -> Repository:
    return team.clone(tmp_path / "clone")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What git is asked from now on."""
    calls: list[tuple[str, ...]] = []
    start = Git.answer

    def answer(git: Git, *words: str, **more: object) -> object:
        calls.append(words)
        return start(git, *words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Git, "answer", answer)
    return calls


def git_of(repository: Repository) -> Git:
    return Git(repository.path, "clone")


def test_a_clone_that_stays_as_it_is_is_asked_once(clone: Repository, asked: list[tuple[str, ...]]) -> None:
    first = look_at(git_of(clone))
    spent = len(asked)
    assert spent
    assert look_at(git_of(clone)) == first
    assert len(asked) == spent


def adds_a_remote(clone: Repository) -> None:
    clone.git("remote", "rename", "origin", "team")


def loses_its_remote(clone: Repository) -> None:
    clone.git("remote", "remove", "origin")


def becomes_bare(clone: Repository) -> None:
    clone.git("config", "core.bare", "true")


def is_cut(clone: Repository) -> None:
    tip = clone.tip("main") or ""
    (clone.path / ".git" / "shallow").write_text(f"{tip}\n", encoding="ascii")


def has_settings_of_its_work_tree(clone: Repository) -> None:
    clone.git("config", "extensions.worktreeConfig", "true")
    clone.git("config", "--worktree", "remote.first.url", "elsewhere")
    clone.git("remote", "remove", "origin")


@pytest.mark.parametrize(
    "change", [adds_a_remote, loses_its_remote, becomes_bare, is_cut, has_settings_of_its_work_tree]
)
def test_a_change_of_the_clone_is_seen_at_once(
    change: Callable[[Repository], None], clone: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = look_at(git_of(clone))
    change(clone)
    after = look_at(git_of(clone))
    assert after != before
    monkeypatch.setenv("GIT_ANY", "other settings, so that git is asked in any case")
    assert look_at(git_of(clone)) == after


def test_settings_of_the_user_are_seen_at_once(clone: Repository, home: Path) -> None:
    loses_its_remote(clone)
    assert look_at(git_of(clone)).remote is None
    (home / ".gitconfig").write_text('[remote "mine"]\n\turl = elsewhere\n', encoding="ascii")
    assert look_at(git_of(clone)).remote == "mine"


def test_settings_in_a_file_that_others_name_are_seen_at_once(clone: Repository, tmp_path: Path) -> None:
    loses_its_remote(clone)
    more = tmp_path / "more"
    clone.git("config", "include.path", str(more))
    assert look_at(git_of(clone)).remote is None
    more.write_text('[remote "mine"]\n\turl = elsewhere\n', encoding="ascii")
    assert look_at(git_of(clone)).remote == "mine"


def test_another_repository_in_the_same_folder_is_another(team: Repository, tmp_path: Path) -> None:
    clone = team.clone(tmp_path / "clone")
    assert look_at(git_of(clone)).remote == "origin"
    (tmp_path / "clone").rename(tmp_path / "old")
    Repository(tmp_path / "clone").commit({"a": "1"}, "Begin")
    assert look_at(git_of(clone)).remote is None


def test_a_clone_that_is_none_any_more_is_an_error(clone: Repository) -> None:
    look_at(git_of(clone))
    (clone.path / ".git" / "HEAD").unlink()
    with pytest.raises(GitError, match="not a git repository"):
        look_at(git_of(clone))


def test_a_linked_work_tree_is_asked_each_time(clone: Repository, tmp_path: Path, asked: list[tuple[str, ...]]) -> None:
    clone.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    linked = Git(tmp_path / "linked", "linked")
    assert look_at(linked).remote == "origin"
    spent = len(asked)
    clone.git("remote", "rename", "origin", "team")
    assert look_at(linked).remote == "team"
    assert len(asked) == 2 * spent
