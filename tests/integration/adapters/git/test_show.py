"""Commits from near in real repositories, however bad they are, and however many commits they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.git import command
from promote_tui.adapters.git.graph import GitGraph
from promote_tui.adapters.git.show import FILES, MESSAGE_BYTES
from promote_tui.core.errors import GitError
from promote_tui.core.git.commits import FileDetail, Search, search_for
from tests.support.repositories import Repository, service

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.core.model.pipeline import Service


@pytest.fixture
def graph(tmp_path: Path) -> GitGraph:
    return GitGraph(tmp_path / "cache", fetch_timeout=120)


@pytest.fixture
def history(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "r.git", bare=True)


@pytest.fixture
def its(history: Repository) -> Service:
    return service(history.path)


def test_of_a_message_of_ten_megabytes_the_beginning_is_read(
    history: Repository, its: Service, graph: GitGraph
) -> None:
    sha = history.commit({"a": "1"}, "Begin\n\n" + "word " * 2_000_000)
    found = graph.detail(its, sha)
    assert found.commit.subject == "Begin"
    assert found.body.startswith("word word")
    assert len(found.body) <= MESSAGE_BYTES


def test_a_subject_of_ten_megabytes_is_cut(history: Repository, its: Service, graph: GitGraph) -> None:
    sha = history.commit({"a": "1"}, "x" * 10_000_000)
    assert len(graph.detail(its, sha).commit.subject) <= 300


def test_what_is_not_utf8_is_read_all_the_same(history: Repository, its: Service, graph: GitGraph) -> None:
    sha = history.commit({"a": b"caf\xe9\n"}, b"Caf\xe9\n\nna\xefve")
    assert graph.detail(its, sha).body == "na\N{REPLACEMENT CHARACTER}ve"
    assert "+caf\N{REPLACEMENT CHARACTER}" in graph.patch(its, None, sha, None, 9999).text


def test_a_binary_file_has_no_lines_to_count(history: Repository, its: Service, graph: GitGraph) -> None:
    base = history.commit({"a": "1"})
    sha = history.commit({"logo.png": b"\x89PNG\0\0\n"})
    assert graph.detail(its, sha).files == (FileDetail("A", "logo.png", None, None, shared=False),)
    assert "Binary files /dev/null and b/logo.png differ" in graph.patch(its, base, sha, None, 9999).text


def test_a_renamed_file_is_one_file(history: Repository, its: Service, graph: GitGraph) -> None:
    base = history.commit({"old.js": "1\n2\n"})
    sha = history.commit({"old.js": None, "new.js": "1\n2\n"})
    assert graph.detail(its, sha).files == (FileDetail("R", "new.js", 0, 0, shared=False),)
    assert "rename to new.js" in graph.patch(its, base, sha, None, 9999).text


def test_a_link_is_never_followed_and_what_is_not_utf8_is_read(
    history: Repository, its: Service, graph: GitGraph
) -> None:
    history.commit({"secret.yml": "x", "odd.yml": b"caf\xe9\n"})
    blob = history.git("hash-object", "-w", "--stdin", feed=b"/etc/passwd")
    rows = f"{history.git('ls-tree', 'main')}\n120000 blob {blob}\tserverless.yml\n"
    tree = history.git("mktree", feed=rows.encode())
    sha = history.git("commit-tree", "-m", "Link", "-p", "main", tree)
    found = graph.texts(its, sha, ["serverless.yml", "odd.yml"], 100)
    assert found == {"odd.yml": "caf\N{REPLACEMENT CHARACTER}\n"}


def test_a_file_named_like_a_commit_is_a_file(history: Repository, its: Service, graph: GitGraph) -> None:
    base = history.commit({"a": "1"})
    names = ["0" * 40, ":100644 100644 x", "\x01" + "1" * 40, "two\nlines"]
    sha = history.commit({'"two\\nlines"' if "\n" in name else name: "1" for name in names})
    assert graph.paths_with_commits(its, base, sha) == dict.fromkeys(names, (sha,))
    assert graph.texts(its, sha, names, 9) == dict.fromkeys(names, "1")


def test_what_a_commit_at_the_edge_of_a_shallow_clone_touched_is_not_known(
    history: Repository, tmp_path: Path, graph: GitGraph
) -> None:
    history.commit({"a": "1", "b": "1"}, "Begin")
    history.commit({"a": "2"}, "Go on")
    sha = history.commit({"a": "3"}, "And on")
    clone = service(history.clone(tmp_path / "clone", "--depth=2").path)
    assert graph.paths_with_commits(clone, None, sha) == {"a": (sha,)}


def test_many_files_are_counted_and_their_beginning_listed(history: Repository, its: Service, graph: GitGraph) -> None:
    sha = history.commit({f"f{number:04d}": "1" for number in range(FILES + 5)})
    found = graph.detail(its, sha)
    assert (len(found.files), found.total) == (FILES, FILES + 5)


def test_a_commit_at_the_edge_of_a_shallow_clone_says_so(history: Repository, tmp_path: Path, graph: GitGraph) -> None:
    history.commit({"a": "1"}, "Begin")
    sha = history.commit({"a": "2"}, "Go on")
    clone = service(history.clone(tmp_path / "clone", "--depth=1").path)
    found = graph.detail(clone, sha)
    assert (found.edge, found.base, found.files) == (True, None, ())


def test_a_partial_clone_lists_files_without_counts_and_says_why_there_is_no_patch(
    history: Repository, tmp_path: Path, graph: GitGraph
) -> None:
    history.git("config", "uploadpack.allowFilter", "true")
    base = history.commit({"a": "1\n"}, "Begin")
    sha = history.commit({"a": "2\n"}, "Go on")
    clone = service(history.clone(tmp_path / "clone", "--filter=blob:none", "--no-checkout").path)
    assert graph.detail(clone, sha).files == (FileDetail("M", "a", None, None, shared=False),)
    with pytest.raises(GitError, match="partial clone"):
        graph.patch(clone, base, sha, None, 9999)


def test_no_program_of_the_repository_makes_the_patch(
    history: Repository, its: Service, graph: GitGraph, tmp_path: Path
) -> None:
    flag = tmp_path / "ran"
    for name in ("diff.evil.textconv", "diff.evil.command", "diff.external"):
        history.git("config", name, f"touch {flag} #")
    history.git("config", "color.diff", "always")
    history.git("config", "diff.noprefix", "true")
    (history.path / "info").mkdir(exist_ok=True)
    (history.path / "info" / "attributes").write_text("* diff=evil\n")
    base = history.commit({"a": "1\n"})
    sha = history.commit({"a": "2\n"})
    text = graph.patch(its, base, sha, None, 9999).text
    graph.detail(its, sha)
    assert "\n-1\n+2\n" in text
    assert "+++ b/a" in text
    assert "\x1b" not in text
    assert not flag.exists()


def test_of_a_huge_patch_only_the_beginning_is_read(history: Repository, its: Service, graph: GitGraph) -> None:
    sha = history.commit({"a": "line\n" * 2_000_000})
    found = graph.patch(its, None, sha, None, 10_000)
    assert found.cut
    assert 9_000 < len(found.text) <= 10_000


def test_a_child_that_prints_nothing_and_does_not_end_is_ended(
    history: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slow = tmp_path / "bin"
    slow.mkdir()
    (slow / "git").write_text("#!/bin/sh\nexec sleep 60\n")
    (slow / "git").chmod(0o755)
    git = command.Git(history.path, "r")
    git.read("version")  # GitPython looks for git when it is imported
    monkeypatch.setenv("PATH", f"{slow}:/usr/bin:/bin")
    with pytest.raises(GitError, match="did not finish within"):
        git.beginning("log", limit=10, seconds=0.2)


@pytest.mark.parametrize(
    "typed", ["-x", "--all", "(", "[", "\\", "*", "a\nb", "a\0b", "\ud800", "who:", "who:--all", "who:("]
)
def test_whatever_is_typed_is_looked_for_as_it_stands(
    typed: str, history: Repository, its: Service, graph: GitGraph
) -> None:
    history.commit({"a": "1"}, "Begin", author="eve <eve@x>")
    search = search_for(typed)
    expected = [] if search else ["Begin"]
    assert [commit.subject for commit in graph.log(its, "main", search=search)] == expected


def test_typed_words_are_of_the_message_and_who_is_the_author() -> None:
    assert search_for("Refunds who:Ana,joe 409") == Search(("refunds", "409"), ("ana", "joe"))


def test_the_remotes_address_has_no_password(history: Repository, tmp_path: Path, graph: GitGraph) -> None:
    history.commit({"a": "1"})
    clone = history.clone(tmp_path / "clone")
    clone.git("config", "remote.origin.url", "https://ana:secret@github.com/acme/shop.git")
    assert graph.remote_url(service(clone.path)) == "https://github.com/acme/shop.git"
    assert graph.remote_url(service("https://t@github.com/acme/shop.git")) == "https://github.com/acme/shop.git"
