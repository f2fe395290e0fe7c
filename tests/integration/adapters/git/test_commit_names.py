"""What names mean to real git beyond the contract: other objects, annotated tags, branches that look like hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.git.graph import GitGraph
from promote_tui.core.model.commit_names import NamedCommits
from tests.support.repositories import Repository, service

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.core.model.pipeline import Service


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "acme.git", bare=True)


@pytest.fixture
def orders(origin: Repository) -> Service:
    return service(origin.path, "orders", "orders")


@pytest.fixture
def graph(tmp_path: Path) -> GitGraph:
    return GitGraph(tmp_path / "cache")


def test_a_tag_is_its_commit_also_where_it_is_an_object_of_its_own(
    origin: Repository, orders: Service, graph: GitGraph
) -> None:
    sha = origin.commit({"orders/a": "1"})
    origin.git("tag", "-a", "-m", "x", "v1", sha)
    origin.git("tag", "-a", "-m", "x", "nested", "v1")
    origin.git("tag", "blob", f"{sha}:orders/a")
    origin.git("tag", "v2/rc", sha)
    found = graph.commits_named(orders, ["v1", "nested", "blob", "v2", "v2/rc"])
    assert found == {name: NamedCommits((sha,), by_tag=True) for name in ("v1", "nested", "v2/rc")}


def test_only_commits_have_short_hashes_here(origin: Repository, orders: Service, graph: GitGraph) -> None:
    sha = origin.commit({"orders/a": "1"})
    origin.git("tag", "-a", "-m", "x", "v1", sha)
    others = [origin.git("rev-parse", name)[:7] for name in ("v1", f"{sha}^{{tree}}", f"{sha}:orders/a")]
    assert graph.commits_named(orders, [*others, sha[:7]]) == {sha[:7]: NamedCommits((sha,))}


def test_a_branch_that_is_called_like_a_commit_does_not_stand_for_it(
    origin: Repository, orders: Service, graph: GitGraph
) -> None:
    first = origin.commit({"orders/a": "1"})
    second = origin.commit({"orders/a": "2"})
    origin.branch(first[:7], second)
    origin.branch(f"v1-0-g{first[:7]}", second)
    names = [first[:7], f"v1-0-g{first[:7]}"]
    assert graph.commits_named(orders, names) == dict.fromkeys(names, NamedCommits((first,)))


def test_the_number_of_spawns_does_not_grow_with_the_names(
    origin: Repository, orders: Service, graph: GitGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shas = [origin.commit({"orders/a": str(number)}) for number in range(12)]
    for number, sha in enumerate(shas):
        origin.tag(f"v{number}", sha)
    graph.commits_named(orders, [])

    def spawns(name: str, some: list[int]) -> int:
        trace = tmp_path / name
        trace.mkdir()
        monkeypatch.setenv("GIT_TRACE2_EVENT", str(trace))
        names = [form for each in some for form in (shas[each][:7], f"v{each}", f"main@{shas[each][:9]}", "nothing-7")]
        assert len(graph.commits_named(orders, names)) == 3 * len(some)
        monkeypatch.delenv("GIT_TRACE2_EVENT")
        return sum(1 for _ in trace.iterdir())

    assert spawns("few", [0]) == spawns("many", [*range(12)])
