"""What went around a stage that only sync may deploy to is put on record, and told of once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.model.channels import Slack
from promote_tui.core.value import replace
from promote_tui.ports import RunFilter
from tests.support.fakes.stacks import FakeStacks
from tests.support.sync_world import change_stage, check, sync, words

if TYPE_CHECKING:
    from tests.support.engine_world import World


@pytest.fixture
def world(world: World) -> World:
    """Dev takes only what sync deploys, and somebody listens; a first commit is there."""
    world.stacks = FakeStacks(clock=world.clock)
    world.pipeline = replace(world.pipeline, notify=(Slack("https://hooks.example.com", ("external_update",)),))
    change_stage(world, "dev", only="sync")
    world.commit("one")
    sync(world)
    return world


def kinds(world: World) -> list[str]:
    """The kinds of the runs on record, newest first."""
    return [run.kind for run in world.ledger.runs(RunFilter()).runs]


def test_a_deploy_by_hand_is_recorded_and_told_of_once(world: World) -> None:
    world.commit("two", "other")
    world.stacks.deploy(world.target("dev"), world.commit("two"))
    assert words(sync(world)) == ["orders dev current"]
    assert kinds(world) == ["foreign", "normal"]
    ((_, text),) = world.notifier.sent
    assert text.startswith("! orders dev: updated outside of promote-tui by ")
    assert "; only sync may deploy there (run " in text
    sync(world)
    assert len(world.notifier.sent) == 1


def test_a_check_records_nothing(world: World) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("two"))
    check(world)
    assert kinds(world) == ["normal"]


def test_elsewhere_sync_does_not_look_for_them(world: World) -> None:
    change_stage(world, "dev", only=None)
    world.stacks.deploy(world.target("dev"), world.commit("two"))
    sync(world)
    assert kinds(world) == ["normal"]
    world.engine.runs.record_external("orders", "dev")
    ((_, text),) = world.notifier.sent
    assert "only sync" not in text


def test_a_stage_that_is_locked_is_left_for_the_next_time(world: World) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("two"))
    lease = world.ledger.acquire(world.target("dev").key, "r9")
    assert words(sync(world)) == ["orders dev current"]
    lease.release()
    sync(world)
    assert kinds(world) == ["foreign", "normal"]
