"""Which remote is the team's, and whose branches count: real clones of real repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.git.graph import GitGraph
from promote_tui.adapters.git.remotes import remote_of
from promote_tui.core.errors import GitError
from promote_tui.core.value import replace
from tests.support.repositories import Repository, service

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from promote_tui.core.model.pipeline import Service


@pytest.fixture
def graph(tmp_path: Path) -> GitGraph:
    return GitGraph(tmp_path / "cache")


@pytest.fixture
def team(tmp_path: Path) -> Repository:
    """The team's repository, whose default branch is main."""
    found = Repository(tmp_path / "team.git", bare=True)
    found.commit({"a": "1"}, "Begin")
    return found


@pytest.fixture
def fork(team: Repository, tmp_path: Path) -> Repository:
    """A person's own fork, with a commit on its main that the team does not have."""
    found = team.clone(tmp_path / "fork.git", "--bare")
    found.commit({"a": "2"}, "Mine alone")
    return found


@pytest.fixture
def clone(team: Repository, fork: Repository, tmp_path: Path) -> Repository:
    """A clone of the fork that knows the team's repository too, as `upstream`."""
    found = fork.clone(tmp_path / "clone")
    found.git("remote", "add", "upstream", team.url)
    found.git("fetch", "--quiet", "upstream")
    return found


def tracks_upstream(clone: Repository) -> None:
    clone.git("branch", "--quiet", "--set-upstream-to=upstream/main", "main")


def gh_says(clone: Repository) -> None:
    clone.git("config", "remote.upstream.gh-resolved", "base")


def checkout_says(clone: Repository) -> None:
    clone.git("config", "checkout.defaultRemote", "upstream")


def counts_as_main(graph: GitGraph, its: Service, sha: str) -> bool:
    return "main" in graph.branches_containing(its, sha)


def test_without_a_word_of_the_clone_origin_is_the_teams(graph: GitGraph, clone: Repository, fork: Repository) -> None:
    assert counts_as_main(graph, service(clone.path), fork.tip("main") or "")


@pytest.mark.parametrize("said", [tracks_upstream, gh_says, checkout_says])
def test_upstream_is_the_teams_where_the_clone_says_so(
    said: Callable[[Repository], None], graph: GitGraph, clone: Repository, fork: Repository, team: Repository
) -> None:
    said(clone)
    its = service(clone.path)
    assert graph.branches_containing(its, fork.tip("main") or "") == ()
    assert counts_as_main(graph, its, team.tip("main") or "")
    assert graph.resolve(its, "main") == team.tip("main")
    assert graph.remote_url(its) == team.url


def test_a_push_that_makes_main_track_a_fork_of_ones_own_changes_nothing(
    graph: GitGraph, team: Repository, fork: Repository, tmp_path: Path
) -> None:
    clone = team.clone(tmp_path / "clone")
    clone.git("remote", "add", "mine", fork.url)
    clone.git("fetch", "--quiet", "mine")
    clone.git("branch", "--quiet", "--set-upstream-to=mine/main", "main")
    assert graph.branches_containing(service(clone.path), fork.tip("main") or "") == ()


def test_a_branch_beside_the_default_one_may_track_upstream(
    graph: GitGraph, clone: Repository, fork: Repository
) -> None:
    clone.git("branch", "--quiet", "review", "upstream/main")
    clone.git("branch", "--quiet", "--set-upstream-to=upstream/main", "review")
    assert counts_as_main(graph, service(clone.path), fork.tip("main") or "")


def test_the_configuration_names_the_teams_remote(
    graph: GitGraph, clone: Repository, fork: Repository, team: Repository
) -> None:
    for remote in (("upstream",), ("team", "upstream", "origin")):
        its = replace(service(clone.path), remote=remote)
        assert graph.branches_containing(its, fork.tip("main") or "") == ()
        assert graph.remote_url(its) == team.url
    gh_says(clone)
    its = replace(service(clone.path), remote=("origin",))
    assert counts_as_main(graph, its, fork.tip("main") or "")


def test_a_named_remote_that_the_clone_lacks_is_never_replaced_by_another(graph: GitGraph, clone: Repository) -> None:
    its = replace(service(clone.path), remote=("team", "company"))
    with pytest.raises(GitError) as error:
        graph.branches(its)
    assert error.value.cause == "it has no remote team or company, which `remote` in the configuration names"
    assert error.value.remedy == "git remote add team URL, then git fetch team"


def test_a_remote_with_settings_but_no_address_is_none(graph: GitGraph, tmp_path: Path) -> None:
    alone = Repository(tmp_path / "alone")
    first = alone.commit({"a": "1"})
    alone.git("config", "remote.origin.prune", "true")
    assert graph.branches_containing(service(alone.path), first) == ("main",)


def test_the_remotes_default_branch_is_what_its_head_says(graph: GitGraph, team: Repository, tmp_path: Path) -> None:
    team.branch("v3")
    team.name_default("v3")
    clone = team.clone(tmp_path / "clone")
    clone.checkout("origin/main")
    assert graph.default_branch(service(clone.path)) == "v3"
    clone.git("remote", "set-head", "origin", "--delete")
    assert graph.default_branch(service(clone.path)) is None


def test_what_somebody_has_checked_out_is_no_default_branch(graph: GitGraph, tmp_path: Path) -> None:
    alone = Repository(tmp_path / "alone")
    alone.commit({"a": "1"})
    assert graph.default_branch(service(alone.path)) is None


def test_a_mirror_of_a_url_knows_the_default_branch_and_hears_of_another(graph: GitGraph, team: Repository) -> None:
    team.branch("v3")
    team.name_default("v3")
    its = service(team.url)
    assert graph.default_branch(its) == "v3"
    assert [branch.name for branch in graph.branches(its)] == ["main", "v3"]
    team.name_default("main")
    graph.fetch(its)
    assert graph.default_branch(its) == "main"
    assert graph.tracks_remote(its)


def test_a_bare_clones_own_branches_are_the_branches(graph: GitGraph, team: Repository, tmp_path: Path) -> None:
    team.branch("v3")
    team.name_default("v3")
    its = service(team.clone(tmp_path / "bare.git", "--bare").path)
    assert [branch.name for branch in graph.branches(its)] == ["main", "v3"]
    assert graph.branches_containing(its, team.tip("main") or "") == ("main", "v3")
    assert graph.resolve(its, "v3") == team.tip("v3")
    assert graph.default_branch(its) == "v3"
    assert graph.remote_url(its) == team.url
    assert not graph.tracks_remote(its)


def test_a_mirror_clones_branches_are_the_remotes(graph: GitGraph, team: Repository, tmp_path: Path) -> None:
    team.clone(tmp_path / "mirror.git", "--mirror", "--bare")
    its = service(tmp_path / "mirror.git")
    assert [branch.name for branch in graph.branches(its)] == ["main"]
    assert graph.tracks_remote(its)


def test_a_work_tree_of_a_bare_clone_has_its_branches(graph: GitGraph, team: Repository, tmp_path: Path) -> None:
    bare = team.clone(tmp_path / "bare.git", "--bare")
    bare.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"), "main")
    assert graph.branches_containing(service(tmp_path / "tree"), team.tip("main") or "") == ("main",)


def test_what_a_work_tree_of_a_bare_clone_has_checked_out_is_no_default_branch(
    graph: GitGraph, team: Repository, tmp_path: Path
) -> None:
    team.branch("feature/x")
    bare = team.clone(tmp_path / "bare.git", "--bare")
    bare.git("worktree", "add", "--quiet", str(tmp_path / "tree"), "feature/x")
    assert graph.default_branch(service(tmp_path / "tree")) == "main"


def test_a_bare_clone_that_fetches_its_remotes_branches_has_those(
    graph: GitGraph, team: Repository, tmp_path: Path
) -> None:
    bare = team.clone(tmp_path / "bare.git", "--bare")
    bare.git("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
    its = service(bare.path)
    assert [branch.name for branch in graph.branches(its)] == ["main"]
    bare.fetch()
    only_here = bare.commit({"a": "3"}, "Not pushed")
    assert graph.branches_containing(its, only_here) == ()
    assert graph.tracks_remote(its)


def test_a_remote_that_was_never_fetched_is_named_where_a_name_is_not_found(
    graph: GitGraph, clone: Repository, tmp_path: Path
) -> None:
    clone.git("remote", "add", "team", str(tmp_path / "elsewhere"))
    its = replace(service(clone.path), remote=("team",))
    with pytest.raises(GitError, match=r"its remote team has no branch here: .*run `git fetch team` in"):
        graph.branches(its)


def test_a_remotes_name_may_have_slashes() -> None:
    assert remote_of("team/a/main", ["team", "team/a", "origin"]) == "team/a"
    assert remote_of("origin/feature/x", ["origin"]) == "origin"
    assert remote_of("gone/main", []) == "gone"
