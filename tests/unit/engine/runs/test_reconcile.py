"""The runner is killed at every step; what happened is found out from the stack."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import DeployError, LockHeld, UsageError
from promote_tui.core.runs.events import NotSubmitted, Released, UnknownEvent, name
from promote_tui.core.runs.run import Outcome, RunStatus
from promote_tui.core.value import replace
from tests.support.engine_world import Died

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.runs.events import Event
    from promote_tui.core.runs.run import Run
    from promote_tui.ports import Job
    from tests.support.engine_world import World


def die_at(world: World, word: str) -> None:
    """Kill the runner just before it writes this event."""

    def kill(event: Event) -> None:
        if name(event) == word:
            raise Died

    world.runner_ledger = world.ledger.beside(before_append=kill)


def killed(world: World, word: str) -> str:
    """Promote a second commit to dev with a runner that dies, and return the run."""
    world.commit("one")
    world.promote("dev")
    world.commit("two")
    plan = world.plan("dev")
    die_at(world, word)
    # a run that never wrote anything is an error to who started it
    with pytest.raises(DeployError, match="before it began") if word == "planned" else contextlib.nullcontext():
        world.run(plan)
    world.deployer.living.clear()
    return f"r{world.ids}"


def reconciled(world: World, run: str) -> Run:
    """Reconcile and return the run; nothing may be left of it."""
    found = world.engine.runs.reconcile(run)
    assert found is not None
    assert found.released
    assert world.ledger.holder(found.planned.key) is None
    assert world.checkouts.held == {}
    assert list((world.folder / "state" / "plans").iterdir()) == []
    return found


@pytest.mark.parametrize("word", ["locked", "checked", "submitting"])
def test_before_the_deploy_nothing_changed(world: World, word: str) -> None:
    found = reconciled(world, killed(world, word))
    assert found.outcome is Outcome.NOT_SUBMITTED
    assert found.cause == "interrupted before the deploy; nothing changed"
    assert len(world.deployer.deployed) == 1


def test_a_lock_whose_runner_never_wrote_anything_is_freed(world: World) -> None:
    run = killed(world, "planned")
    assert world.ledger.holder(world.target("dev").key) is not None
    assert world.engine.runs.reconcile(run) is None
    assert world.ledger.holder(world.target("dev").key) is None


def test_between_submitting_and_the_clis_start_nothing_was_submitted(world: World) -> None:
    found = reconciled(world, killed(world, "submitted"))
    assert found.outcome is Outcome.NOT_SUBMITTED
    assert "never submitted" in found.cause


@pytest.mark.parametrize("word", ["exited", "observed", "verified"])
def test_after_the_deploy_it_is_verified_from_the_stack(world: World, word: str) -> None:
    found = reconciled(world, killed(world, word))
    assert found.status is RunStatus.SUCCEEDED
    assert len(world.deployer.deployed) == 2


def test_a_verdict_without_a_release_is_only_released(world: World) -> None:
    run = killed(world, "released")
    before = [name(recorded.event) for recorded in world.ledger.events(run)]
    found = reconciled(world, run)
    after = [name(recorded.event) for recorded in world.ledger.events(run)]
    assert found.status is RunStatus.SUCCEEDED
    assert after == [*before, "recovering", "released"]


def begins(world: World) -> None:
    """Let the next deploy only begin, and the runner die with the CLI."""

    def ship(job: Job, _poll: Callable[[], None]) -> int:
        world.stacks.begin(job.target)
        raise Died

    world.deployer.ship = ship


def in_the_middle(world: World) -> str:
    """A runner and a CLI that died while CloudFormation was at work."""
    world.commit("one")
    world.promote("dev")
    world.commit("two")
    begins(world)
    run = world.promote("dev").id
    world.deployer.living.clear()
    return run


def test_cloudformation_is_waited_for_and_verified(world: World) -> None:
    run = in_the_middle(world)
    tip, target = world.repository.heads["main"], world.target("dev")
    world.clock.sleep = lambda _seconds: world.stacks.finish(target, tip)  # type: ignore[method-assign, assignment]
    found = reconciled(world, run)
    assert found.status is RunStatus.SUCCEEDED


def test_cloudformation_is_waited_for_and_rolled_back(world: World) -> None:
    run = in_the_middle(world)
    world.clock.sleep = lambda _seconds: world.stacks.fail(world.target("dev"), "no such key")  # type: ignore[method-assign, assignment]
    found = reconciled(world, run)
    assert found.status is RunStatus.ROLLED_BACK
    assert "no such key" in found.cause


def test_a_cli_that_lives_is_waited_for(world: World) -> None:
    run = in_the_middle(world)
    child = world.engine.runs.find(run).child
    assert child is not None
    world.deployer.living.add(child)
    said: list[str] = []

    def sleep(_seconds: float) -> None:
        world.deployer.living.clear()
        world.stacks.finish(world.target("dev"), world.repository.heads["main"])

    world.clock.sleep = sleep  # type: ignore[method-assign, assignment]
    found = world.engine.runs.reconcile(run, said.append)
    assert found is not None
    assert found.status is RunStatus.SUCCEEDED
    assert "the Serverless CLI still runs, started by ana" in said[0]


def test_someone_elses_deploy_is_named_and_not_retried(world: World) -> None:
    run = in_the_middle(world)
    other = world.commit("three", "other")
    world.stacks.finish(world.target("dev"), other)
    found = reconciled(world, run)
    assert found.status is RunStatus.FAILED
    assert f"someone else deployed {other[:7]}" in found.cause


def test_out_of_reach_stays_unknown_and_blocks(world: World) -> None:
    run = in_the_middle(world)
    world.stacks.unreachable(world.target("dev"), "the session has expired")
    found = world.engine.runs.reconcile(run)
    assert found is not None
    assert found.status is RunStatus.UNKNOWN
    assert found.live
    world.stacks.reachable(world.target("dev"))
    world.stacks.finish(world.target("dev"), world.repository.heads["main"])
    assert reconciled(world, run).status is RunStatus.SUCCEEDED


def test_a_run_with_a_living_runner_is_not_taken_over(world: World) -> None:
    world.commit("one")
    plan = world.plan("dev")

    def look(event: Event) -> None:
        if name(event) == "checked":
            with pytest.raises(LockHeld, match="the runner of r2 is alive"):
                world.engine.runs.reconcile("r2")

    world.runner_ledger = world.ledger.beside(before_append=look)
    assert world.run(plan).status is RunStatus.SUCCEEDED


def test_a_lock_that_outlived_its_released_run_is_freed(world: World) -> None:
    world.commit("one")
    run = world.promote("dev")
    lease = world.ledger.acquire(run.planned.key, "r99")
    lease.append(replace(run.planned, run="r99"))
    lease.append(NotSubmitted(world.clock.now(), "the plan is stale"))
    lease.append(Released(world.clock.now(), lease.fence))
    lease.abandon()
    found = world.engine.runs.reconcile("r99")
    assert found is not None
    assert world.ledger.holder(run.planned.key) is None


def test_a_configuration_that_means_another_stack_is_refused(world: World) -> None:
    run = in_the_middle(world)
    here = world.pipeline.services[0]
    targets = (replace(here.targets[0], stack="elsewhere"), *here.targets[1:])
    world.pipeline = replace(world.pipeline, services=(replace(here, targets=targets),))
    with pytest.raises(UsageError, match="it deployed to 111111111111/eu-west-1/orders-dev"):
        world.engine.runs.reconcile(run)
    assert world.ledger.holder("111111111111/eu-west-1/orders-dev") is not None


def test_a_run_of_another_machine_is_reconciled_there(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = in_the_middle(world)
    monkeypatch.setattr("socket.gethostname", lambda: "elsewhere")
    with pytest.raises(UsageError, match="reconcile it there"):
        world.engine.runs.reconcile(run)


def test_a_stack_that_was_deleted_after_the_update_is_told_by_its_events(world: World) -> None:
    run = in_the_middle(world)
    world.stacks.finish(world.target("dev"), world.repository.heads["main"])
    world.stacks.delete(world.target("dev"))
    found = reconciled(world, run)
    assert found.status is RunStatus.FAILED
    assert "the stack was deleted" in found.cause


def test_an_ended_run_has_nothing_to_reconcile(world: World) -> None:
    world.commit("one")
    run = world.promote("dev")
    with pytest.raises(UsageError, match="it has ended"):
        world.engine.runs.reconcile(run.id)


def test_a_newer_versions_event_blocks_the_conclusion(world: World) -> None:

    run = in_the_middle(world)
    lease = world.ledger.recover(run)
    lease.append(UnknownEvent('{"event": "teleported", "schema": 2}', world.clock.now()))
    lease.abandon()
    with pytest.raises(Exception, match="upgrade promote-tui"):
        world.engine.runs.reconcile(run)
