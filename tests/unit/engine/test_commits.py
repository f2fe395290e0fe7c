"""What a service's commits mean for its stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import UsageError
from promote_tui.core.git.relation import Ahead, Behind, NotApplicable, Same
from promote_tui.core.model.cells import Never
from promote_tui.core.runs.verification import NotVerified, ObservedDeploy

if TYPE_CHECKING:
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
