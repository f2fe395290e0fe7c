"""All pairs at once say the same as git asked for each pair, in a number of spawns that does not grow."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promote_tui.adapters.git import GitGraph
from promote_tui.core.drift import Pair, Same, Unknown, counts
from tests.repositories import Repository, service

if TYPE_CHECKING:
    import pytest

    from promote_tui.core.drift import Relation

Node = tuple[frozenset[int], int]
"""The parents' numbers and what the service's file holds."""


@st.composite
def graphs(draw: st.DrawFn) -> list[Node]:
    """Histories with branches, merges of up to three, several roots, and content that comes back."""
    size = draw(st.integers(2, 10))
    nodes: list[Node] = [(frozenset(), draw(st.integers(0, 2)))]
    for number in range(1, size):
        parents = draw(st.sets(st.integers(max(0, number - 4), number - 1), max_size=3))
        nodes.append((frozenset(parents), draw(st.integers(0, 2))))
    return nodes


def build(path: Path, nodes: list[Node]) -> tuple[Repository, list[str]]:
    """Make the history with one process; commit times run backwards, so that they are no help."""
    repository, stream = Repository(path, bare=True), []
    for number, (parents, content) in enumerate(nodes):
        order = sorted(parents)
        stream += [f"commit refs/heads/b{number}", f"mark :{number + 1}"]
        stream += [f"committer ana <a@x> {2_000_000_000 - number} +0000", "data 1", "c"]
        stream += [f"{'merge' if place else 'from'} :{parent + 1}" for place, parent in enumerate(order)]
        stream += ["M 100644 inline svc/f", "data 1", str(content), "M 100644 inline log"]
        stream += [f"data {len(str(number))}", str(number), ""]
    marks = path / "marks"
    repository.git("fast-import", "--quiet", f"--export-marks={marks}", feed="\n".join(stream).encode())
    named = dict(line.split() for line in marks.read_text().splitlines())
    return repository, [named[f":{number + 1}"] for number in range(len(nodes))]


def asked_one_by_one(repository: Repository, pair: Pair) -> tuple[int, int]:
    """Ask git which commits one side has and the other lacks, and which of them touch the paths."""
    touching = set(repository.git("rev-list", "--full-history", "--all", "--", *pair.service.paths).split())
    sides = ((pair.commit, pair.against), (pair.against, pair.commit))
    ahead, behind = (len(touching & set(repository.git("rev-list", a, f"^{b}").split())) for a, b in sides)
    return ahead, behind


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(nodes=graphs(), data=st.data())
def test_relations_are_what_git_counts_for_each_pair(nodes: list[Node], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repository, shas = build(Path(folder) / "r", nodes)
        chosen = data.draw(st.lists(st.sampled_from(shas), min_size=2, max_size=4, unique=True))
        part, whole = service(repository.path, "part", "svc"), service(repository.path, "whole")
        pairs = [Pair(its, *two) for its in (part, whole) for two in itertools.combinations(chosen, 2)]
        found = GitGraph(Path(folder) / "cache").relations(pairs)
        for pair in pairs:
            check(repository, pair, found[pair])


def check(repository: Repository, pair: Pair, relation: Relation) -> None:
    folder = "" if pair.service.path == "." else pair.service.path
    if len({repository.git("rev-parse", f"{sha}:{folder}") for sha in (pair.commit, pair.against)}) == 1:
        assert relation == Same()
    elif not related(repository, pair):
        assert isinstance(relation, Unknown)
    else:
        assert counts(relation) == asked_one_by_one(repository, pair)
        if pair.service.path == ".":
            sides = repository.git("rev-list", "--left-right", "--count", f"{pair.commit}...{pair.against}")
            assert counts(relation) == tuple(int(word) for word in sides.split())


def related(repository: Repository, pair: Pair) -> bool:
    one, other = (set(repository.git("rev-list", sha).split()) for sha in (pair.commit, pair.against))
    return bool(one & other)


def test_the_number_of_spawns_does_not_grow_with_the_pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = [
        (frozenset({max(0, number - step) for step in (1, 3)} if number else ()), number % 3) for number in range(60)
    ]
    repository, shas = build(tmp_path / "r", nodes)
    services = [service(repository.path, name, "svc") for name in ("orders", "billing")]
    graph = GitGraph(tmp_path / "cache")

    def spawns(name: str, tips: list[str]) -> int:
        trace = tmp_path / name
        trace.mkdir()
        monkeypatch.setenv("GIT_TRACE2_EVENT", str(trace))
        pairs = [Pair(its, *two) for its in services for two in itertools.permutations(tips, 2)]
        assert len(graph.relations(pairs)) == len(pairs)
        monkeypatch.delenv("GIT_TRACE2_EVENT")
        return sum(1 for _ in trace.iterdir())

    assert spawns("few", shas[-2:]) == spawns("many", shas[::2]) == 6
