"""What a service's commits mean for its stages."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.git.command import Git
from promote_tui.adapters.git.graph import GitGraph
from promote_tui.core.errors import UsageError
from promote_tui.core.git.relation import Ahead, Behind, NotApplicable, Same
from promote_tui.core.model.cells import Never
from promote_tui.core.runs.verification import NotVerified, ObservedDeploy
from promote_tui.core.value import replace
from tests.support.engine_world import engine_on
from tests.support.repositories import Repository

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from promote_tui.core.model.cells import Cell
    from tests.support.engine_world import World


def test_a_stage_stands_on_the_services_newest_commit_in_what_it_runs(world: World) -> None:
    first = world.commit("one")
    world.repository.branch("feature/x", first)
    elsewhere = world.repository.commit({"billing/a": "1"})
    feature = world.repository.commit({"orders/b": "1"}, branch="feature/x")
    found = world.engine.commits.stage_positions(
        "orders", "main", {"dev": elsewhere, "staging": feature, "prod": "f" * 40, "other": "junk"}
    )
    assert {stage: (one.commit.sha if one.commit else None, one.here) for stage, one in found.items()} == {
        "dev": (first, True),
        "staging": (feature, False),
        "prod": (None, False),
        "other": (None, False),
    }


def test_a_commit_tells_each_stage_what_it_would_bring(world: World) -> None:
    first, second, third = (world.commit(name) for name in ("one", "two", "three"))
    world.stacks.deploy(world.target("dev"), third)
    world.stacks.deploy(world.target("staging"), first)
    cells: dict[str, Cell] = {stage: world.context.stacks.cell(world.target(stage)) for stage in ("dev", "staging")}
    cells["prod"] = Never(world.target("prod"))
    dev, staging, prod = world.engine.commits.stage_statuses("orders", second, cells)
    assert (dev.stage, dev.relation, staging.relation, prod.relation) == (
        "dev",
        Behind(1),
        Ahead(1),
        NotApplicable(),
    )
    assert isinstance(dev.verification, NotVerified)
    (there, *_) = world.engine.commits.stage_statuses("orders", third, cells)
    assert there.relation == Same()
    assert isinstance(there.verification, ObservedDeploy)


def test_what_is_asked_of_the_graph_is_asked_for_the_service(world: World) -> None:
    base, head = world.commit("one"), world.commit("two")
    assert world.engine.commits.detail("orders", head).base == base
    assert [change.path for change in world.engine.commits.changed_files("orders", base, head)] == [
        file.path for file in world.engine.commits.detail("orders", head).files
    ]
    assert world.engine.commits.patch("orders", base, head).text.startswith("diff --git")
    assert world.engine.commits.count("orders", "main") == 2
    assert world.engine.commits.remote_url("orders") is None
    with pytest.raises(UsageError):
        world.engine.commits.detail("nobody", head)


COMMITS = 3_000


def long_history(folder: Path) -> str:
    """Make thousands of commits of the service, all on main, and return the tip."""
    history = Repository(folder, bare=True)
    stream = [b"blob\nmark :1\ndata 2\n1\nblob\nmark :2\ndata 2\n2\n"]
    one = b"commit refs/heads/main\ncommitter ana <ana@x> %d +0000\ndata 2\nx\nM 100644 :%d orders/a\n"
    stream += [one % (1_700_000_000 + number, 1 + number % 2) for number in range(COMMITS)]
    history.git("fast-import", "--quiet", feed=b"".join(stream))
    return history.tip("main") or ""


def test_however_long_history_is_the_first_screen_reads_one_page_and_a_commit_for_each_stage(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tip = long_history(tmp_path / "long.git")
    graph = GitGraph(tmp_path / "cache")
    service = replace(world.pipeline.service("orders"), repo=str(tmp_path / "long.git"))
    engine = engine_on(dataclasses.replace(world.ports, graph=graph), replace(world.pipeline, services=(service,)))
    records: list[int] = []
    read = Git.read

    def counting(self: Git, *words: str, lines: Iterable[str] = (), umask: int = 0o077) -> bytes:
        out = read(self, *words, lines=lines, umask=umask)
        if words[0] in {"log", "rev-list"}:
            records.append(out.count(b"\0") if "-z" in words else out.count(b"\n"))
        return out

    old = graph.resolve(service, "main~2700")
    monkeypatch.setattr(Git, "read", counting)
    page = engine.commits.log("orders", engine.commits.default_branch("orders"), limit=51)
    assert len(page) == 51
    assert records == [51]
    found = engine.commits.stage_positions("orders", "main", {"dev": tip, "staging": page[40].sha, "prod": old})
    assert [one.here for one in found.values()] == [True, True, True]
    assert records == [51, 1, 1, 1]
    engine.commits.log("orders", "main", skip=51, limit=50)
    assert records == [51, 1, 1, 1, 50]
