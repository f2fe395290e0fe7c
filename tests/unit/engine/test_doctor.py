"""Doctor: side by side, one checkout a commit, told in order, with logs that stay."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import DeployError, UsageError
from promote_tui.core.package.package import ResolvedTarget
from promote_tui.core.value import replace
from promote_tui.ports import ToolCheck
from tests.support.fakes.deployer import FakeDeployer

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.model.pipeline import Service, Target
    from promote_tui.ports import Job
    from tests.support.engine_world import World

NAMES = ("orders", "billing", "search")
SIDE_BY_SIDE = 10.0
"""Seconds after which a test gives up waiting for something that happens at the same time."""


def services(world: World, names: tuple[str, ...] = NAMES, repo: str = "/repos/orders") -> None:
    """Give the world these services, all of them in one repository."""
    (orders,) = world.pipeline.services
    world.pipeline = replace(world.pipeline, services=tuple(_named(orders, name, repo) for name in names))


def _named(orders: Service, name: str, repo: str) -> Service:
    targets = tuple(replace(each, service=name, stack=f"{name}-{each.stage}") for each in orders.targets)
    return replace(orders, name=name, repo=repo, targets=targets)


def test_all_stages_of_a_commit_are_looked_at_in_one_checkout(world: World) -> None:
    tip = world.commit("one")
    checks = world.engine.doctor()
    assert world.checkouts.prepared == [tip]
    assert [commit for _, commit in world.deployer.asked] == [tip] * 3
    assert all(check.ok for check in checks)
    assert world.checkouts.held == {}


def test_a_checkout_whose_files_differ_by_stage_is_made_for_each(world: World) -> None:
    world.commit("one")
    (orders,) = world.pipeline.services
    filed = replace(orders, deploy=replace(orders.deploy, files=(".env.{stage}",)))
    world.pipeline = replace(world.pipeline, services=(filed,))
    rows = {check.name: check for check in world.engine.doctor() if "target" in check.name}
    assert [rows[f"target of orders/{stage}"].ok for stage in ("dev", "staging", "prod")] == [False] * 3
    assert world.checkouts.prepared == []


def test_stages_are_looked_at_with_the_default_branch_where_they_allow_it(world: World) -> None:
    main = world.commit("one")
    world.repository.branch("develop")
    develop = world.commit("two", "develop")
    world.commit("three", "feature/x")
    world.repository.name_default("develop")
    world.engine.doctor()
    asked = {target.stage: commit for target, commit in world.deployer.asked}
    assert asked == {"dev": develop, "staging": develop, "prod": main}


@dataclass(slots=True)
class LastFirst(FakeDeployer):
    """Answers for dev only once it has answered for prod."""

    answered: threading.Event = field(default_factory=threading.Event)

    def resolve(self, job: Job, *, on_poll: Callable[[], None] | None = None) -> ResolvedTarget:
        if job.target.stage == "prod":
            self.answered.set()
        assert self.answered.wait(SIDE_BY_SIDE)
        return ResolvedTarget(job.service.name, job.target.stage, "eu-west-1", job.target.stack)


def test_rows_stand_in_the_order_of_the_configuration_whatever_is_ready_first(world: World) -> None:
    world.commit("one")
    world.repository.branch("develop")
    world.commit("two", "develop")
    world.repository.name_default("develop")
    world.deployer = LastFirst()
    told: list[str] = []
    checks = world.engine.doctor(lambda check: told.append(check.name))
    assert told == [check.name for check in checks]
    assert told[-3:] == ["target of orders/dev", "target of orders/staging", "target of orders/prod"]


@dataclass(slots=True)
class Meeting(FakeDeployer):
    """Answers only when another one is asked at the same time."""

    barrier: threading.Barrier = field(default_factory=lambda: threading.Barrier(2))

    def resolve(self, job: Job, *, on_poll: Callable[[], None] | None = None) -> ResolvedTarget:
        self.barrier.wait(SIDE_BY_SIDE)
        return ResolvedTarget(job.service.name, job.target.stage, "eu-west-1", job.target.stack)


def test_commits_are_looked_at_side_by_side(world: World) -> None:
    world.commit("one")
    world.repository.branch("develop")
    world.commit("two", "develop")
    world.repository.name_default("develop")
    world.pipeline = replace(world.pipeline, stages=world.pipeline.stages[1:])
    world.deployer = Meeting()
    assert all(check.ok for check in world.engine.doctor())


def test_some_services_and_one_stage_can_be_looked_at_alone(world: World) -> None:
    world.commit("one")
    services(world)
    names = [check.name for check in world.engine.doctor(services=("search", "orders"), stage="staging")]
    assert names == ["ledger", "account of staging", "target of search/staging", "target of orders/staging"]
    with pytest.raises(UsageError, match="there is no such service"):
        world.engine.doctor(services=("nobody",))
    with pytest.raises(UsageError, match="there is no such stage"):
        world.engine.doctor(stage="nowhere")


def test_what_is_missing_is_named_for_each_service_that_misses_it(world: World) -> None:
    world.commit("one")
    services(world)
    remedy = "run corepack enable, or npm install --global yarn"
    missing = DeployError("yarn", "it is not on the PATH", remedy)
    world.checkouts.failing["billing", "dev"] = missing
    checks = {check.name: check for check in world.engine.doctor()}
    assert checks["target of orders/dev"].ok
    for stage in ("dev", "staging", "prod"):
        name = f"target of billing/{stage}"
        assert checks[name] == ToolCheck(name, ok=False, found="yarn is not on the PATH", remedy=remedy)


def test_a_log_that_a_row_names_stays_and_no_other(world: World) -> None:
    world.commit("one")
    services(world)
    logs = world.folder / "state" / "logs"

    cause = "`npm ci` ended with exit code 1"
    world.checkouts.failing["billing", "dev"] = DeployError("billing/dev", cause, "the whole output is in its log")
    world.engine.doctor()
    (kept,) = logs.iterdir()
    assert (kept / "prepare.log").read_text(encoding="utf-8") == "what went wrong\n"
    assert not list((world.folder / "state" / "plans").iterdir())
    assert world.checkouts.held == {}


def test_a_target_that_cannot_be_resolved_leaves_the_others_of_its_service(world: World) -> None:
    world.commit("one")
    prod: Target = world.target("prod")
    world.deployer.unresolved[prod] = DeployError(str(prod), "no such variable: env.KEY", "set it")
    checks = {check.name: check for check in world.engine.doctor()}
    assert checks["target of orders/staging"].ok
    assert checks["target of orders/prod"] == ToolCheck(
        "target of orders/prod", ok=False, found="no such variable: env.KEY", remedy="set it"
    )


def test_a_repository_that_cannot_be_read_is_the_trouble_of_its_services_alone(world: World) -> None:
    world.commit("one")
    services(world)
    orders, billing, search = world.pipeline.services
    gone = replace(billing, repo="/repos/gone")
    world.pipeline = replace(world.pipeline, services=(orders, gone, search))
    checks = {check.name: check for check in world.engine.doctor()}
    assert checks["target of search/prod"].ok
    assert checks["target of billing/prod"].found == "/repos/gone: the folder does not exist"


def test_a_fault_of_our_own_is_raised_and_not_waited_for(world: World) -> None:
    world.commit("one")

    class Broken(FakeDeployer):
        def resolve(self, job: Job, *, on_poll: Callable[[], None] | None = None) -> ResolvedTarget:
            raise ZeroDivisionError

    world.deployer = Broken()
    with pytest.raises(ZeroDivisionError):
        world.engine.doctor()
    assert world.checkouts.held == {}


def test_whoever_wants_no_more_stops_what_is_still_at_work(world: World) -> None:
    world.commit("one")
    services(world)
    polled = threading.Event()

    class Endless(FakeDeployer):
        def resolve(self, job: Job, *, on_poll: Callable[[], None] | None = None) -> ResolvedTarget:
            deadline = time.monotonic() + SIDE_BY_SIDE
            while time.monotonic() < deadline:
                polled.set()
                assert on_poll is not None
                on_poll()
                time.sleep(0.01)
            raise AssertionError("nobody stopped it")

    def interrupt(check: ToolCheck) -> None:
        assert polled.wait(SIDE_BY_SIDE)
        raise KeyboardInterrupt

    world.deployer = Endless()
    with pytest.raises(KeyboardInterrupt):
        world.engine.doctor(interrupt)
    assert world.checkouts.held == {}
    assert not list((world.folder / "state" / "logs").iterdir())
    assert not list((world.folder / "state" / "plans").iterdir())


ASSUMED = "no deploy here is on record, 10m is assumed: with 5m to spare they must last 15m"
USUAL = "a deploy here usually takes 30m: with 5m to spare they must last 35m"


@pytest.mark.parametrize(
    ("minutes", "takes", "ok", "found"),
    [
        (None, 0, True, "111111111111 as ana"),
        (60, 0, True, "111111111111 as ana, for 59m 59s more"),
        (14, 0, False, f"the credentials expire in 13m 59s; {ASSUMED}"),
        (30, 30, False, f"the credentials expire in 29m 59s; {USUAL}"),
        (36, 30, True, "111111111111 as ana, for 35m 59s more"),
    ],
)
def test_it_says_how_long_the_credentials_of_a_stage_last_and_whether_that_is_enough(
    minutes: int | None, takes: int, ok: bool, found: str, world: World
) -> None:
    def slow(job: Job, poll: Callable[[], None]) -> int:
        world.clock.sleep(takes * 60)
        return world.ships(job, poll)

    world.commit("one")
    if takes:
        world.deployer.ship = slow
        world.promote("dev")
    world.accounts.expires_at = world.clock.now() + timedelta(minutes=minutes) if minutes else None
    row = next(check for check in world.engine.doctor(stage="dev") if check.name == "account of dev")
    assert (row.ok, row.found) == (ok, found)
    assert not list(world.folder.rglob("config-*"))
    assert world.checkouts.held == {}
