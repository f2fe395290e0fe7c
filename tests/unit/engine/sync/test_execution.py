"""A whole sync: stage by stage, through the same plans, gates, locks and runs as a promotion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import PlanStale, Refused
from promote_tui.core.runs.run import RunStatus
from promote_tui.core.sync.decision import Deploy, Failure, Superseded, Waiting
from promote_tui.core.sync.item import exit_code
from promote_tui.core.value import replace
from promote_tui.engine.sync.execution import SyncRequest
from promote_tui.engine.sync.selection import SyncSelection
from promote_tui.ports import RunFilter
from tests.support.engine_world import World
from tests.support.sync_world import EVERYTHING, Onlooker, change_stage, check, sync, words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from promote_tui.ports import Job


def commits(world: World, service: str = "orders") -> list[str]:
    """What was deployed to a service's stages, in order."""
    return [job.commit for job in world.deployer.deployed if job.service.name == service]


def test_what_is_due_is_deployed_and_the_run_says_who_started_it(world: World) -> None:
    tip, onlooker = world.commit("one"), Onlooker()
    (item,) = sync(world, onlooker=onlooker)
    assert isinstance(item.decision, Deploy)
    run = world.engine.runs.find(item.decision.run)
    assert (run.status, run.to_commit, run.planned.started_by) == (RunStatus.SUCCEEDED, tip, "sync")
    assert run.planned.reason == "sync: the tip of main"
    assert (onlooker.reviewed, onlooker.followed) == ([tip], [run.id])
    assert words(check(world)) == ["orders dev current"]


def test_with_nothing_due_no_run_begins(world: World) -> None:
    sync(world, SyncRequest(EVERYTHING))
    world.commit("one")
    sync(world)
    assert words(sync(world)) == ["orders dev current"]
    assert len(world.ledger.runs(RunFilter()).runs) == 1


def test_a_commit_goes_through_the_stages_in_their_order(world: World) -> None:
    change_stage(world, "staging", deploy_on_merge=("main",))
    change_stage(world, "prod", deploy_on_merge=("main",), only="sync")
    tip = world.commit("one")
    found = sync(world)
    assert words(found) == ["orders dev deploy", "orders staging deploy", "orders prod deploy"]
    assert [job.target.stage for job in world.deployer.deployed] == ["dev", "staging", "prod"]
    assert commits(world) == [tip, tip, tip]


def test_services_go_after_those_that_they_depend_on(tmp_path: Path) -> None:
    world = World(tmp_path, services={"orders": ("billing",), "billing": ()})
    world.commit("one")
    world.commit("one", service="billing")
    assert words(sync(world)) == ["billing dev deploy", "orders dev deploy"]


def test_what_depends_on_a_failure_is_left_and_said(tmp_path: Path) -> None:
    world = World(tmp_path, services={"billing": (), "orders": ("billing",), "emails": ()})
    for name in world.services:
        world.commit("one", service=name)
    world.deployer.ship = failing(world, "billing")
    found = {item.service: item for item in sync(world)}
    assert isinstance(found["billing"].decision, Failure)
    assert isinstance(found["orders"].decision, Waiting)
    assert found["orders"].decision.reason.startswith("billing, which it depends on, is not deployed: run ")
    assert isinstance(found["emails"].decision, Deploy)
    assert commits(world, "orders") == []


def failing(world: World, service: str) -> Callable[[Job, Callable[[], None]], int]:
    """Deploys of a service fail and are rolled back; the others work."""

    def ship(job: Job, poll: Callable[[], None]) -> int:
        if job.service.name != service:
            return world.ships(job, poll)
        world.stacks.begin(job.target)
        world.stacks.fail(job.target, "no such key")
        return 1

    return ship


def test_what_failed_is_not_tried_again_by_itself(world: World) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("one"))
    world.commit("two")
    world.deployer.ship = failing(world, "orders")
    (failed,) = sync(world)
    assert isinstance(failed.decision, Failure)
    assert exit_code([failed], check=False) == 1
    world.deployer.ship = world.ships
    (again,) = sync(world)
    assert isinstance(again.decision, Waiting)
    assert "is rolled back: " in again.decision.reason
    assert again.decision.remedy == "push a fix, or promote-tui sync orders --stage dev --retry"
    assert words(sync(world, SyncRequest(SyncSelection(retry=True)))) == ["orders dev deploy"]


def test_a_fix_of_what_failed_is_deployed(world: World) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("one"))
    world.commit("two")
    world.deployer.ship = failing(world, "orders")
    sync(world)
    world.deployer.ship = world.ships
    fix = world.commit("three")
    assert words(sync(world)) == ["orders dev deploy"]
    assert commits(world)[-1] == fix


def test_what_was_rolled_back_does_not_come_back_by_itself(world: World) -> None:
    first = world.commit("one")
    sync(world)
    world.commit("two")
    sync(world)
    world.run(world.engine.plans.make(world.engine.plans.draft_rollback("orders", "dev", first)))
    (held,) = sync(world)
    assert isinstance(held.decision, Waiting)
    assert "was rolled back in dev by run" in held.decision.reason
    fix = world.commit("three")
    (held,) = sync(world)  # the hold that a rollback leaves keeps the fix away, too, until a person lifts it
    assert isinstance(held.decision, Waiting)
    assert held.decision.gates == ("hold",)
    assert fix not in commits(world)


def test_a_newer_tip_takes_the_place_of_one_that_waits_for_its_turn(tmp_path: Path) -> None:
    world = World(tmp_path, services={"billing": (), "orders": ()})
    old = world.commit("one")
    world.commit("one", service="billing")
    newer: list[str] = []

    def ship(job: Job, poll: Callable[[], None]) -> int:
        if not newer:
            newer.append(world.commit("two"))
        return world.ships(job, poll)

    world.deployer.ship = ship
    found = sync(world)
    assert words(found) == ["billing dev deploy", "orders dev superseded", "orders dev deploy"]
    assert isinstance(found[1].decision, Superseded)
    assert found[1].decision.by == newer[0]
    assert found[1].decision.reason == f"{newer[0][:7]} is the tip of main now"
    assert old not in commits(world)


def test_a_lock_that_is_held_is_said_and_nothing_is_dropped(world: World) -> None:
    world.commit("one")
    world.ledger.acquire(world.target("dev").key, "r9")
    (item,) = sync(world)
    assert isinstance(item.decision, Waiting)
    assert item.decision.lock_of == "r9"
    assert exit_code([item], check=False) == 3
    assert commits(world) == []


def test_a_lock_that_is_held_is_waited_for_where_that_is_asked(world: World) -> None:
    world.commit("one")
    lease = world.ledger.acquire(world.target("dev").key, "r9")
    replace_sleep(world, lease.release)
    onlooker = Onlooker()
    (item,) = sync(world, SyncRequest(EVERYTHING, waits=True), onlooker)
    assert isinstance(item.decision, Deploy)
    assert any("run r9" in step and step.endswith("; waiting") for step in onlooker.steps)


def test_what_depends_on_a_service_that_was_waited_for_is_deployed_too(tmp_path: Path) -> None:
    world = World(tmp_path, services={"billing": (), "orders": ("billing",)})
    world.commit("one")
    world.commit("one", service="billing")
    lease = world.ledger.acquire(world.target("dev", "billing").key, "r9")
    assert words(sync(world)) == ["billing dev waits", "orders dev waits"]
    replace_sleep(world, lease.release)
    found = sync(world, SyncRequest(EVERYTHING, waits=True))
    assert words(found) == ["billing dev deploy", "orders dev deploy"]


def test_a_newer_tip_that_came_while_a_lock_was_waited_for_is_deployed(world: World) -> None:
    old = world.commit("one")
    lease = world.ledger.acquire(world.target("dev").key, "r9")

    def go_on() -> None:
        lease.release()
        if world.repository.tip("main") == old:
            world.commit("two")

    replace_sleep(world, go_on)
    found = sync(world, SyncRequest(EVERYTHING, waits=True))
    assert words(found) == ["orders dev superseded", "orders dev deploy"]
    assert commits(world) == [world.repository.tip("main")]


def test_a_lock_whose_runner_is_gone_is_not_waited_for(world: World) -> None:
    world.commit("one")
    world.ledger.acquire(world.target("dev").key, "r9").abandon()
    (item,) = sync(world, SyncRequest(EVERYTHING, waits=True))
    assert isinstance(item.decision, Waiting)
    assert item.decision.lock_of == ""
    assert item.decision.reason.endswith(", and its runner is gone")
    assert item.decision.remedy == "promote-tui runs reconcile r9"


def replace_sleep(world: World, then: Callable[[], None]) -> None:
    """Let something happen while the clock sleeps."""
    before = world.clock.sleep

    def sleep(seconds: float) -> None:
        before(seconds)
        then()

    world.clock.sleep = sleep  # type: ignore[method-assign]


def test_packaging_that_fails_is_a_failure_without_a_run(world: World) -> None:
    world.commit("one")
    world.deployer.refuses = "serverless.yml: no such function"
    (item,) = sync(world)
    assert isinstance(item.decision, Failure)
    assert item.decision.run == ""
    assert "no such function" in item.decision.reason
    assert world.ledger.runs(RunFilter()).runs == ()


def test_a_commit_that_rests_is_not_tried(world: World) -> None:
    tip = world.commit("one")
    (item,) = sync(world, SyncRequest(EVERYTHING, resting=frozenset({("orders", "dev", tip)})))
    assert isinstance(item.decision, Waiting)
    assert commits(world) == []


def test_two_at_once_deploy_once(world: World) -> None:
    world.commit("one")
    other: list[str] = []

    class Meanwhile(Onlooker):
        """Another machine syncs while this one packages."""

        def step(self, words_: str) -> None:
            if not other:
                other.append("begun")
                other.extend(words(sync(world)))

    (item,) = sync(world, onlooker=Meanwhile())
    assert other == ["begun", "orders dev deploy"]
    assert words((item,)) == ["orders dev current"]
    assert len(commits(world)) == 1


def test_what_moves_at_every_look_is_given_up_and_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.commit("one")
    looks: list[str] = []

    def stale(*_given: object) -> None:
        looks.append("look")
        raise PlanStale("orders/dev", "the plan is stale: the stack had an update of its own", "plan again")

    monkeypatch.setattr("promote_tui.engine.sync.deploying.make_plan", stale)
    (item,) = sync(world)
    assert isinstance(item.decision, Waiting)
    assert "the plan is stale" in item.decision.reason
    assert len(looks) == 3


def test_read_only_deploys_nothing(world: World) -> None:
    world.commit("one")
    world.pipeline = replace(world.pipeline, read_only=True)
    with pytest.raises(Refused, match="read-only"):
        sync(world)
    assert words(check(world)) == ["orders dev deploy"]
