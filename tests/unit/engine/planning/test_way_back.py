"""A plan says how the stage would get back from it, and asks again under the lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import Refused
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.core.planning.plan import Plan
    from tests.support.engine_world import World


def words(plan: Plan) -> str:
    assert plan.way_back is not None
    return plan.way_back.words


def require(world: World, **service: object) -> None:
    stages = tuple(replace(each, rules=replace(each.rules, way_back="require")) for each in world.pipeline.stages)
    services = tuple(replace(each, **service) for each in world.pipeline.services)  # type: ignore[arg-type]
    world.pipeline = replace(world.pipeline, stages=stages, services=services)


def test_what_was_verified_can_be_deployed_again_in_what_a_run_takes(world: World) -> None:
    world.commit("one")
    assert words(world.plan("dev")) == "none: nothing runs there yet"
    first = world.promote("dev")
    world.commit("two")
    plan = world.plan("dev")
    assert plan.way_back is not None
    assert (plan.way_back.kind, plan.way_back.commit) == ("redeploy", first.to_commit)
    assert plan.way_back.seconds is not None


def test_a_migration_makes_it_one_way_and_a_stage_may_refuse_that(world: World) -> None:
    require(world, migrations=("orders/handler.js",))
    world.commit("one")
    assert world.plan("dev").ready
    world.promote("dev")
    world.commit("two")
    plan = world.plan("dev")
    assert words(plan) == "one-way: 1 migration that older code does not undo: orders/handler.js"
    assert [gate.name for gate in plan.gates if not gate.passed] == ["way back"]
    with pytest.raises(Refused, match="way back: one-way"):
        world.run(plan)
