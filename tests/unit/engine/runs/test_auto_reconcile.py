"""Runs whose end was not known are reconciled by themselves once AWS answers, and only where that is safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.model.smoke import SmokeCommand
from promote_tui.core.runs.events import name
from promote_tui.core.runs.run import RunStatus
from promote_tui.core.runs.verification import VerifiedBy
from promote_tui.core.value import replace
from tests.unit.engine.runs.test_reconcile import in_the_middle, killed

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.runs.run import Run
    from promote_tui.ports import Job
    from tests.support.engine_world import World


def out_of_reach(world: World) -> Run:
    """A run of a second commit whose stack arrived while AWS refused to be asked."""
    world.commit("one")
    world.promote("dev")
    world.commit("two")

    def ship(job: Job, poll: Callable[[], None]) -> int:
        code = world.ships(job, poll)
        world.stacks.unreachable(job.target, "the token has expired")
        return code

    world.deployer.ship = ship
    run = world.promote("dev")
    assert run.status is RunStatus.UNKNOWN
    return run


def words(world: World, run: str) -> list[str]:
    """The names of a run's events."""
    return [name(recorded.event) for recorded in world.ledger.events(run)]


def test_it_is_unknown_everywhere_until_aws_answers(world: World) -> None:
    run = out_of_reach(world)
    snapshot = world.engine.snapshot()
    view = snapshot.view("orders", "dev")
    assert (view.run, view.unsettled) == (run.id, f"the verdict of run {run.id} is unknown: {run.cause}")
    assert world.engine.runs.reconcile_abandoned(snapshot) == ()
    assert [each.status for each in world.engine.runs.unfinished()] == [RunStatus.UNKNOWN]
    list(world.engine.runs.follow(run.id))  # which ends: nobody works on it


def test_it_is_reconciled_by_the_first_refresh_that_aws_answers(world: World) -> None:
    run = out_of_reach(world)
    world.stacks.reachable(world.target("dev"))
    settled = world.engine.runs.reconcile_abandoned(world.engine.snapshot())
    assert [(each.id, each.status, each.released) for each in settled] == [(run.id, RunStatus.SUCCEEDED, True)]
    view = world.engine.snapshot().view("orders", "dev")
    assert (view.run, view.unsettled) == (None, "")
    assert isinstance(view.verification, VerifiedBy)
    assert world.engine.runs.reconcile_abandoned(world.engine.snapshot()) == ()


def test_a_runner_that_died_is_reconciled_as_well(world: World) -> None:
    run = killed(world, "observed")
    [settled] = world.engine.runs.reconcile_abandoned(world.engine.snapshot())
    assert (settled.id, settled.status) == (run, RunStatus.SUCCEEDED)


def test_a_runner_that_died_before_the_deploy_is_reconciled_as_well(world: World) -> None:
    killed(world, "checked")
    [settled] = world.engine.runs.reconcile_abandoned(world.engine.snapshot())
    assert settled.cause == "interrupted before the deploy; nothing changed"


def test_a_runner_that_is_alive_is_not_disturbed(world: World) -> None:
    world.commit("one")
    seen: list[tuple[object, ...]] = []

    def ship(job: Job, poll: Callable[[], None]) -> int:
        snapshot = world.engine.snapshot()
        seen.append((snapshot.view("orders", "dev").unsettled, world.engine.runs.reconcile_abandoned(snapshot)))
        return world.ships(job, poll)

    world.deployer.ship = ship
    assert world.promote("dev").status is RunStatus.SUCCEEDED
    assert seen == [("", ())]


def test_read_only_writes_nothing(world: World) -> None:
    run = out_of_reach(world)
    world.stacks.reachable(world.target("dev"))
    before = words(world, run.id)
    world.pipeline = replace(world.pipeline, read_only=True)
    assert world.engine.runs.reconcile_abandoned(world.engine.snapshot()) == ()
    assert words(world, run.id) == before


def still_at_work(world: World, _run: str) -> None:
    """CloudFormation goes on."""


def cli_lives(world: World, run: str) -> None:
    """The Serverless CLI outlived its runner."""
    world.stacks.finish(world.target("dev"), world.repository.heads["main"])
    child = world.engine.runs.find(run).child
    assert child is not None
    world.deployer.living.add(child)


def to_be_proved(world: World, _run: str) -> None:
    """A smoke test would follow."""
    world.stacks.finish(world.target("dev"), world.repository.heads["main"])
    service = replace(world.pipeline.services[0], smoke=SmokeCommand(("true",)))
    world.pipeline = replace(world.pipeline, services=(service,))


def not_known_here(world: World, _run: str) -> None:
    """A status that this version does not know."""
    world.stacks.set_status(world.target("dev"), "UPDATE_TELEPORTED")


@pytest.mark.parametrize("case", [still_at_work, cli_lives, to_be_proved, not_known_here])
def test_what_takes_time_or_is_not_certain_is_left_to_a_person(
    world: World, case: Callable[[World, str], None]
) -> None:
    run = in_the_middle(world)
    case(world, run)
    before, slept = words(world, run), world.clock.slept
    snapshot = world.engine.snapshot()
    assert "its process is gone" in snapshot.view("orders", "dev").unsettled
    assert world.engine.runs.reconcile_abandoned(snapshot) == ()
    assert words(world, run) == before
    assert world.clock.slept == slept


def test_another_machines_run_is_left_to_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = out_of_reach(world)
    world.stacks.reachable(world.target("dev"))
    before = words(world, run.id)
    monkeypatch.setattr("socket.gethostname", lambda: "elsewhere")
    assert world.engine.runs.reconcile_abandoned(world.engine.snapshot()) == ()
    assert words(world, run.id) == before
