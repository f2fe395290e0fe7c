"""What the host of a commit is told of a run; and that whatever it does, the run goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.model.ci import CiSettings
from promote_tui.core.runs.events import NotifyFailed, name
from promote_tui.core.runs.run import RunStatus
from promote_tui.core.value import replace
from tests.support.engine_world import Died

if TYPE_CHECKING:
    from promote_tui.core.runs.events import Event
    from promote_tui.core.runs.run import Run
    from tests.support.engine_world import World


def ask(world: World) -> None:
    """Let the host be told of runs."""
    world.pipeline = replace(world.pipeline, ci=CiSettings(writes=("statuses",)))


def problems(world: World, run: Run) -> list[str]:
    """What stands in the run's record of a host that was not told."""
    found = [each.event for each in world.ledger.events(run.id)]
    return [f"{event.channel}: {event.reason}" for event in found if isinstance(event, NotifyFailed)]


def test_the_host_is_told_that_a_run_has_begun_and_how_it_ended(world: World) -> None:
    ask(world)
    sha = world.commit("one")
    run = world.promote("dev")
    told = [(each.commit, each.service, each.stage, each.state, each.words) for each in world.ci.told]
    assert told == [
        (sha, "orders", "dev", "running", f"run {run.id}: deploying"),
        (sha, "orders", "dev", "success", f"run {run.id}: verified"),
    ]
    world.deployer.ship = lambda _job, _poll: 1
    world.commit("two")
    world.promote("dev")
    assert [each.state for each in world.ci.told[2:]] == ["running", "failed"]
    assert problems(world, run) == []


def test_nothing_is_told_that_nobody_asked_for(world: World) -> None:
    world.commit("one")
    world.promote("dev")
    assert world.ci.told == []


def test_a_host_that_fails_stands_in_the_record_and_the_run_succeeds(world: World) -> None:
    ask(world)
    world.ci.fails = "GITHUB_TOKEN is not set in the environment"
    world.commit("one")
    run = world.promote("dev")
    assert run.status is RunStatus.SUCCEEDED
    assert problems(world, run) == ["ci: GITHUB_TOKEN is not set in the environment"]


@pytest.mark.parametrize(
    ("dies_before", "told"),
    [("submitting", []), ("submitted", ["running", "failed"]), ("verified", ["running", "success"])],
)
def test_what_a_killed_run_left_open_at_the_host_is_closed_where_it_is_reconciled(
    world: World, dies_before: str, told: list[str]
) -> None:
    ask(world)
    world.commit("one")
    plan = world.plan("dev")

    def kill(event: Event) -> None:
        if name(event) == dies_before:
            raise Died

    world.runner_ledger = world.ledger.beside(before_append=kill)
    world.run(plan)
    world.deployer.living.clear()
    world.engine.runs.reconcile(f"r{world.ids}")
    assert [each.state for each in world.ci.told] == told
