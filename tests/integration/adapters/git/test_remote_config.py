"""The configuration as committed on a remote's default branch, with real repositories."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.git.remote_config import Committed, CommittedConfig, NotCommitted
from promote_tui.core.errors import GitError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "promote-tui.yml"


def git(folder: Path, *words: str) -> str:
    """Run git as somebody."""
    who = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    """A repository with the file in a folder, and a branch besides."""
    folder = tmp_path / "upstream"
    (folder / "ops").mkdir(parents=True)
    git(folder, "init", "-q")
    (folder / "ops" / NAME).write_text("version: 1\n", encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Begin")
    git(folder, "branch", "other")
    return folder


@pytest.fixture
def clone(upstream: Path, tmp_path: Path) -> Path:
    git(tmp_path, "clone", "-q", str(upstream), "clone")
    return tmp_path / "clone"


def test_the_committed_file_is_read_whatever_the_work_tree_says(clone: Path, upstream: Path) -> None:
    path = clone / "ops" / NAME
    path.write_text("edited", encoding="utf-8")
    git(clone, "commit", "-qam", "Only here")
    found = CommittedConfig(path).read()
    assert isinstance(found, Committed)
    assert (found.ref, found.content) == ("origin/main", b"version: 1\n")
    assert found.sha == git(upstream, "rev-parse", "main")


def test_the_remotes_own_default_branch_counts(clone: Path, upstream: Path) -> None:
    git(upstream, "checkout", "-q", "other")
    (upstream / "ops" / NAME).write_text("version: 2\n", encoding="utf-8")
    git(upstream, "commit", "-qam", "On the other")
    git(clone, "fetch", "-q")
    git(clone, "remote", "set-head", "origin", "other")
    found = CommittedConfig(clone / "ops" / NAME).read()
    assert isinstance(found, Committed)
    assert (found.ref, found.content) == ("origin/other", b"version: 2\n")
    assert found.fetched_at is not None


def test_a_file_that_is_not_there_yet_has_no_content(clone: Path) -> None:
    (clone / NAME).write_text("version: 1\n", encoding="utf-8")
    found = CommittedConfig(clone / NAME).read()
    assert isinstance(found, Committed)
    assert found.content is None


def test_without_a_remote_there_is_nothing_committed(upstream: Path, tmp_path: Path) -> None:
    nowhere = NotCommitted("the configuration is in no repository with a remote")
    assert CommittedConfig(upstream / "ops" / NAME).read() == nowhere
    assert CommittedConfig(tmp_path / NAME).read() == nowhere


def test_a_link_to_the_file_is_followed_to_its_repository(clone: Path, tmp_path: Path) -> None:
    link = tmp_path / NAME
    link.symlink_to(clone / "ops" / NAME)
    found = CommittedConfig(link).read()
    assert isinstance(found, Committed)
    assert found.content == b"version: 1\n"


def test_a_callers_own_repository_is_not_taken_for_it(
    clone: Path, upstream: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(upstream / ".git"))
    found = CommittedConfig(clone / "ops" / NAME).read()
    assert isinstance(found, Committed)
    assert found.ref == "origin/main"


def test_the_remote_is_asked_where_it_is_now(clone: Path, upstream: Path) -> None:
    source = CommittedConfig(clone / "ops" / NAME)
    before = source.tip("origin/main")
    assert before == (git(upstream, "rev-parse", "main"), "origin/main")
    git(upstream, "commit", "-q", "--allow-empty", "-m", "Go on")
    assert source.tip("origin/main") == (git(upstream, "rev-parse", "main"), "origin/main") != before
    assert source.tip("origin/gone") == ("", "origin/main")


def test_the_remote_says_itself_which_branch_is_its_default(clone: Path, upstream: Path) -> None:
    git(clone, "remote", "set-head", "origin", "other")
    source = CommittedConfig(clone / "ops" / NAME)
    found = source.read()
    assert isinstance(found, Committed)
    assert found.ref == "origin/other"
    assert source.tip(found.ref) == (git(upstream, "rev-parse", "other"), "origin/main")


def test_a_fetch_brings_the_branches_up_to_date_and_names_the_default_one(clone: Path, upstream: Path) -> None:
    git(clone, "remote", "set-head", "origin", "other")
    git(upstream, "commit", "-q", "--allow-empty", "-m", "Go on")
    files = git(clone, "rev-parse", "HEAD")
    source = CommittedConfig(clone / "ops" / NAME)
    for ref in ("origin/other", ""):
        source.fetch(ref)
        found = source.read()
        assert isinstance(found, Committed)
        assert (found.ref, found.sha) == ("origin/main", git(upstream, "rev-parse", "main"))
    assert git(clone, "rev-parse", "HEAD") == files


def test_there_is_nothing_to_fetch_without_a_remote(upstream: Path, tmp_path: Path) -> None:
    CommittedConfig(upstream / "ops" / NAME).fetch("")
    CommittedConfig(tmp_path / NAME).fetch("")


def test_a_remote_that_cannot_be_fetched_is_an_error(clone: Path) -> None:
    git(clone, "remote", "set-url", "origin", str(clone / "nowhere"))
    with pytest.raises(GitError):
        CommittedConfig(clone / "ops" / NAME).fetch("origin/main")


def test_a_remote_that_cannot_be_asked_is_an_error(clone: Path) -> None:
    source = CommittedConfig(clone / "ops" / NAME)
    git(clone, "remote", "set-url", "origin", str(clone / "nowhere"))
    with pytest.raises(GitError):
        source.tip("origin/main")
