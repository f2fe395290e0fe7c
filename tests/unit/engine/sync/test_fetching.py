"""What a sync fetches first: each repository once, and the configuration's own unless it is one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.model.policy_source import PolicyOrigin
from promote_tui.core.value import replace
from promote_tui.engine.sync.selection import SyncSelection
from tests.support.engine_world import World

if TYPE_CHECKING:
    from pathlib import Path

EVERYTHING = SyncSelection()


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Two services, and a configuration with a remote."""
    made = World(tmp_path, services={"billing": (), "orders": ()})
    policy = PolicyOrigin("remote", ref="origin/main", sha="a" * 40)
    made.pipeline = replace(made.pipeline, policy=policy)
    return made


def test_every_repository_is_fetched_and_what_fails_is_named(world: World) -> None:
    world.repository.unreachable = "git fetch failed: no route to host"
    unfetched, policy = world.engine.sync.fetch(EVERYTHING)
    assert {repo: error.cause for repo, error in unfetched.items()} == {
        "/repos/orders": "git fetch failed: no route to host"
    }
    assert policy is None
    assert world.policy.fetched == ["origin/main"]


def test_a_configuration_in_a_services_repository_is_fetched_with_that(world: World) -> None:
    world.pipeline = replace(world.pipeline, path="/repos/orders/deploy/promote-tui.yml")
    world.engine.sync.fetch(EVERYTHING)
    assert world.policy.fetched == []


def test_a_policy_that_cannot_be_fetched_is_named(world: World) -> None:
    world.policy.fails = "no route to host"
    unfetched, policy = world.engine.sync.fetch(EVERYTHING)
    assert unfetched == {}
    assert policy is not None
    assert policy.cause == "no route to host"


def test_without_a_policy_nothing_more_is_fetched(world: World) -> None:
    world.pipeline = replace(world.pipeline, policy=None)
    assert world.engine.sync.fetch(EVERYTHING) == ({}, None)
    assert world.policy.fetched == []
