"""Dry runs, following, doctor and housekeeping."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import LockHeld, Refused, UsageError
from promote_tui.core.package.package import ResolvedTarget
from promote_tui.core.planning.plan import Confirmation, approve
from promote_tui.core.runs.events import name
from promote_tui.core.value import replace
from promote_tui.ports import RunFilter, ToolCheck
from tests.support.engine_world import engine_on
from tests.support.fakes.stacks import FakeStacks

if TYPE_CHECKING:
    from tests.support.engine_world import World


def test_a_dry_run_says_what_it_would_do_and_does_nothing(world: World) -> None:
    world.commit("one")
    said: list[str] = []
    plan = world.plan("dev")
    assert world.engine.plans.dry_run(approve(plan, Confirmation(), world.clock.now()), said.append)
    assert [line.split(":")[0].split(",")[0] for line in said] == [
        "would lock 111111111111/eu-west-1/orders-dev",
        "checked again",
        "would run",
        "then",
    ]
    assert world.deployer.deployed == []
    assert world.ledger.runs(RunFilter()).runs == ()
    assert world.ledger.holder(world.target("dev").key) is None
    assert not list((world.folder / "state" / "runs").iterdir())


def test_a_dry_run_is_refused_as_the_run_would_be(world: World) -> None:
    world.commit("one")
    approved = approve(world.plan("dev"), Confirmation(), world.clock.now())
    world.stacks.deploy(world.target("dev"), world.commit("two"))
    said: list[str] = []
    assert not world.engine.plans.dry_run(approved, said.append)
    assert "refused: the plan is stale" in said[-1]
    world.ledger.acquire(world.target("dev").key, "other")
    with pytest.raises(LockHeld, match="other"):
        world.engine.plans.dry_run(approved, said.append)


def test_following_yields_every_event_and_ends_with_the_run(world: World) -> None:
    world.commit("one")
    run = world.promote("dev")
    events = list(world.engine.runs.follow(run.id))
    assert [recorded.seq for recorded in events] == list(range(1, len(events) + 1))
    assert name(events[-1].event) == "released"
    assert list(world.engine.runs.follow(run.id, after=len(events) - 1)) == events[-1:]


def test_a_run_is_found_by_the_beginning_of_its_id(world: World) -> None:
    world.commit("one")
    first = world.promote("dev")
    assert world.engine.runs.find(first.id) == first
    assert world.engine.runs.find("r").id == first.id
    world.promote("dev")
    with pytest.raises(UsageError, match="2 runs begin like this"):
        world.engine.runs.find("r")
    with pytest.raises(UsageError, match="there is no such run"):
        world.engine.runs.find("zz")


def test_read_only_refuses_everything_that_changes_something(world: World) -> None:
    world.commit("one")
    run = world.promote("dev")
    plan = world.plan("dev")
    engine = engine_on(world.ports, replace(world.pipeline, read_only=True))
    with pytest.raises(Refused, match="--read-only"):
        engine.runs.start(approve(plan, Confirmation(), world.clock.now()))
    with pytest.raises(Refused, match="--read-only"):
        engine.runs.cancel(run.id)
    with pytest.raises(Refused, match="--read-only"):
        engine.runs.reconcile(run.id)


def test_an_ended_run_cannot_be_cancelled(world: World) -> None:
    world.commit("one")
    with pytest.raises(Refused, match="it has ended"):
        world.engine.runs.cancel(world.promote("dev").id)


def test_a_run_without_a_runner_wants_to_be_reconciled_not_cancelled(world: World) -> None:
    world.commit("one")
    run = world.promote("dev")
    lease = world.ledger.acquire(run.planned.key, "r99")
    lease.append(replace(run.planned, run="r99"))
    lease.abandon()
    assert not world.engine.runs.is_alive(world.engine.runs.find("r99"))
    with pytest.raises(Refused, match="runs reconcile r99"):
        world.engine.runs.cancel("r99")


def test_doctor_looks_at_tools_accounts_and_targets(world: World) -> None:
    world.commit("one")
    world.tools.found = (ToolCheck("git", ok=True, found="2.39.5"),)
    world.accounts.wrong_account("staging", "999999999999")
    world.accounts.log_out("prod")
    checks = {check.name: check for check in world.engine.doctor()}
    assert checks["git"].ok
    assert checks["ledger"].ok
    assert checks["account of dev"].ok
    assert checks["account of staging"].found == "999999999999 instead of 222222222222"
    assert "aws sso login" in checks["account of prod"].remedy
    assert checks["target of orders/dev"].found == "orders-dev in 111111111111 eu-west-1"
    assert checks["target of orders/prod"].ok is False
    assert world.checkouts.held == {}


def test_doctor_says_where_the_cli_resolves_to_another_stack(world: World) -> None:
    world.commit("one")
    world.deployer.resolved = ResolvedTarget("orders", "dev", "eu-west-1", "elsewhere")
    checks = {check.name: check for check in world.engine.doctor()}
    assert "resolves to elsewhere" in checks["target of orders/dev"].found


def test_prune_takes_old_plans_and_runs_and_leaves_the_rest(world: World) -> None:
    world.commit("one")
    old, new = world.plan("dev"), world.plan("dev")
    run = world.promote("dev")
    folders = world.context.folders
    os.utime(folders.plan(old.id), (0, 0))
    os.utime(folders.run(run.id), (0, 0))
    gone = world.engine.prune()
    assert gone[:2] == ("1 expired plan", "1 run folder older than 90 days")
    assert not folders.plan(old.id).exists()
    assert folders.plan(new.id).exists()
    assert not folders.run(run.id).exists()


def test_the_figures_of_a_stage_stand_on_its_runs_and_on_git(world: World) -> None:
    world.commit("one")
    first = world.promote("dev")
    begun = world.clock.at
    world.commit("two")
    world.commit("three")
    world.promote("dev")
    found = world.engine.runs.metrics(["orders"], "dev", begun - timedelta(days=1), world.clock.at)
    counts = {"deployments": 2, "commits": 2, "deployed": 2, "failed": 0, "restored": 0, "not_restored": 0}
    assert dict(found.counts) == counts
    assert found.left_out == (
        f"everything before {first.started_at:%Y-%m-%d %H:%M} UTC: the first run on record",
        "the commits of 1 run: nothing is known to have run there before",
    )


def test_commits_that_are_gone_from_git_are_left_out_of_the_lead_time(world: World) -> None:
    first = world.commit("one")
    begun = world.promote("dev").started_at
    world.commit("two")
    world.promote("dev")
    del world.repository.info[first]
    found = world.engine.runs.metrics(["orders"], "dev", begun + timedelta(microseconds=1), world.clock.at)
    assert (found.lead, found.left_out) == (None, ("the commits of 1 run: git does not know them in this clone",))
    assert dict(found.counts)["deployments"] == 1


def test_a_record_names_what_others_did_and_where_that_cannot_be_read(world: World) -> None:
    world.stacks = FakeStacks(clock=world.clock)
    world.commit("one")
    world.promote("dev")
    world.stacks.unreachable(world.target("prod"), "the token has expired")
    alone = "runs of other machines are not in this ledger"
    out_of_reach = "what others did to prod of orders, which cannot be read: the token has expired"

    def missing(wanted: RunFilter) -> tuple[str, ...]:
        return world.engine.runs.gaps(world.ledger.runs(wanted).runs, wanted)

    before = f"nothing is on record before {world.ledger.runs(RunFilter()).runs[0].started_at:%Y-%m-%d %H:%M} UTC"
    assert missing(RunFilter()) == (alone, before, out_of_reach)
    world.clock.sleep(3600)
    world.stacks.deploy(world.target("dev"), world.commit("by hand"))
    updated, *rest = missing(RunFilter(service="orders", who="nobody"))[2:]
    assert updated.startswith("orders/dev was updated on ")
    assert updated.endswith(", outside of promote-tui: promote-tui runs record orders --stage dev")
    assert rest == [out_of_reach]
    assert missing(RunFilter(service="orders", stage="staging")) == (alone,)
    world.engine.runs.record_external("orders", "dev")
    assert missing(RunFilter(stage="dev", since=world.clock.now())) == (alone,)
