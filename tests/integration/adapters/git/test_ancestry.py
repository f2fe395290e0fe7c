"""All pairs at once say the same as git asked for each pair, in a number of spawns that does not grow."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promote_tui.adapters.git.graph import GitGraph
from promote_tui.core.git.relation import Pair, Unknown, relate
from tests.support.repositories import Repository, service

if TYPE_CHECKING:
    from promote_tui.core.git.relation import Relation


@dataclass(frozen=True, slots=True)
class Node:
    """A commit: its parents' numbers and what two files hold (0: there is no such file)."""

    parents: tuple[int, ...]
    held: tuple[int, int]


FILES = ("svc/f", "svc/g")
PATHS = {"part": "svc", "file": "svc/f", "whole": "."}


@st.composite
def graphs(draw: st.DrawFn) -> list[Node]:
    """Histories with branches, merges of up to three, several roots, and content that goes and comes back."""
    held = st.tuples(st.integers(0, 2), st.integers(0, 2))
    nodes = [Node((), draw(held))]
    for number in range(1, draw(st.integers(2, 10))):
        parents = draw(st.sets(st.integers(max(0, number - 4), number - 1), max_size=3))
        nodes.append(Node(tuple(sorted(parents)), draw(held)))
    return nodes


def build(path: Path, nodes: list[Node]) -> tuple[Repository, list[str]]:
    """Make the history with one process; commit times run backwards, so that they are no help."""
    repository, stream = Repository(path, bare=True), []
    for number, node in enumerate(nodes):
        stream += [f"commit refs/heads/b{number}", f"mark :{number + 1}"]
        stream += [f"committer ana <a@x> {2_000_000_000 - number} +0000", "data 1", "c"]
        stream += [f"{'merge' if place else 'from'} :{parent + 1}" for place, parent in enumerate(node.parents)]
        stream.append("deleteall")
        for name, content in files(nodes, number, ".").items():
            stream += [f"M 100644 inline {name}", f"data {len(str(content))}", str(content)]
    marks = path / "marks"
    repository.git("fast-import", "--quiet", f"--export-marks={marks}", feed="\n".join([*stream, ""]).encode())
    named = dict(line.split() for line in marks.read_text().splitlines())
    return repository, [named[f":{number + 1}"] for number in range(len(nodes))]


def files(nodes: list[Node], number: int, path: str) -> dict[str, int]:
    """Return what a commit holds at a path; `log` is different in each."""
    held = dict(zip(FILES, nodes[number].held, strict=True)) | {"log": number + 1}
    return {name: content for name, content in held.items() if content and (path == "." or name.startswith(path))}


def reached(nodes: list[Node], number: int) -> set[int]:
    return {number}.union(*(reached(nodes, parent) for parent in nodes[number].parents))


def brings(nodes: list[Node], number: int, path: str) -> bool:
    """Tell whether some file is not as in any parent."""
    here, *before = (files(nodes, each, path) for each in (number, *nodes[number].parents))
    return any(all(held.get(name) != here.get(name) for held in before) for name in (*FILES, "log") if before or here)


def differs(nodes: list[Node], number: int, path: str) -> bool:
    """Tell whether it is not like some parent."""
    here, *before = (files(nodes, each, path) for each in (number, *nodes[number].parents))
    return any(held != here for held in before)


def sides(nodes: list[Node], one: int, other: int, path: str) -> tuple[set[int], set[int]]:
    """Return the commits that count on each side."""
    ours, theirs = reached(nodes, one), reached(nodes, other)
    counted = [{number for number in side if brings(nodes, number, path)} for side in (ours - theirs, theirs - ours)]
    if not any(counted) and files(nodes, one, path) != files(nodes, other, path):
        counted = [
            {number for number in side if differs(nodes, number, path)} for side in (ours - theirs, theirs - ours)
        ]
    return counted[0], counted[1]


def expected(nodes: list[Node], one: int, other: int, path: str) -> Relation | None:
    """Return the relation, None where the two have no commit in common."""
    same = files(nodes, one, path) == files(nodes, other, path)
    if not same and not reached(nodes, one) & reached(nodes, other):
        return None
    ahead, behind = sides(nodes, one, other, path)
    return relate(same_tree=same, ahead=len(ahead), behind=len(behind))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(nodes=graphs(), data=st.data())
def test_relations_count_what_brings_something_and_between_lists_it(nodes: list[Node], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repository, shas = build(Path(folder) / "r", nodes)
        chosen = data.draw(st.lists(st.sampled_from(range(len(nodes))), min_size=2, max_size=4, unique=True))
        services = {path: service(repository.path, name, path) for name, path in PATHS.items()}
        asked = [(path, *two) for path in services for two in itertools.combinations(chosen, 2)]
        graph = GitGraph(Path(folder) / "cache")
        pairs = [Pair(services[path], shas[one], shas[other]) for path, one, other in asked]
        found = graph.relations(pairs)
        for pair, (path, one, other) in zip(pairs, asked, strict=True):
            check(found[pair], expected(nodes, one, other, path))
        path, one, other = data.draw(st.sampled_from(asked))
        for head, base, which in ((one, other, 0), (other, one, 1)):
            listed = [commit.sha for commit in graph.between(services[path], shas[base], shas[head])]
            counted = sides(nodes, one, other, path)[which]
            assert sorted(listed) == sorted(shas[number] for number in counted)


def check(relation: Relation, wanted: Relation | None) -> None:
    assert relation == wanted if wanted else isinstance(relation, Unknown)
    assert not isinstance(wanted, Unknown), "what differs is always explained"


DROPPING = [Node((), (1, 0)), Node((0,), (2, 0)), Node((0,), (1, 0)), Node((1, 2), (1, 0))]
"""The merge at the end drops the second commit's change."""


@pytest.mark.parametrize(("few", "number"), [([4, 59], 6), ([1, 3], 7)])
def test_the_number_of_spawns_does_not_grow_with_the_pairs(
    few: list[int], number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dropped change costs one more, whatever the number of pairs."""
    rest = [Node(tuple(sorted({place - 3, place - 1})), (place, 0)) for place in range(len(DROPPING), 60)]
    repository, shas = build(tmp_path / "r", DROPPING + rest)
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

    many = [*few, *range(5, 59, 2)]
    assert spawns("few", [shas[place] for place in few]) == spawns("many", [shas[place] for place in many]) == number
