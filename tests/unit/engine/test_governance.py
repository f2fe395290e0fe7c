"""A policy that was edited here: the committed one holds, and the difference is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import Refused, UsageError
from promote_tui.core.model.policy_source import PolicyOrigin
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.next_steps import NextStep
from promote_tui.core.value import replace
from promote_tui.engine.decisions import DecisionRequest

if TYPE_CHECKING:
    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.planning.plan import Draft, Plan
    from tests.support.engine_world import World

SHA = "a" * 40
ORIGIN = PolicyOrigin("remote", "", "origin/main", SHA, None, ("dev: approvals",))


def governed(world: World, **rules: object) -> None:
    """Let the committed configuration give dev these rules; the file here has none."""
    dev, *others = world.pipeline.stages
    stages = (replace(dev, rules=Rules(**rules)), *others)  # type: ignore[arg-type]
    world.governing = replace(world.pipeline, stages=stages, policy=ORIGIN, digest="9" * 64)
    world.policy.found = SHA


def gates(of: Draft | Plan) -> dict[str, GateResult]:
    return {gate.name: gate for gate in of.gates}


def test_gates_that_were_edited_away_still_hold(world: World) -> None:
    governed(world, approvals=Approvals())
    world.commit("one")
    draft = world.engine.plans.draft("orders", "dev")
    assert not gates(draft)["approvals"].passed
    told = gates(draft)["policy"]
    assert (told.passed, told.warns) == (True, True)
    assert told.reason == "as on origin/main@aaaaaaa; your file differs, which has no effect: dev: approvals"
    with pytest.raises(Refused, match="approvals"):
        world.promote("dev")


def test_the_run_says_by_which_configuration_it_went(world: World) -> None:
    governed(world, soak=1.0)
    world.commit("one")
    planned = world.promote("dev").planned
    assert (planned.policy, planned.config_digest) == ("remote (origin/main@aaaaaaa)", "9" * 64)


def test_a_policy_that_was_changed_since_it_was_fetched_closes_the_stage_but_not_the_way_back(world: World) -> None:
    governed(world, soak=1.0)
    for text in ("one", "two"):
        world.commit(text)
        world.promote("dev")
    world.policy.found = "b" * 40
    world.commit("three")
    assert gates(world.engine.plans.draft("orders", "dev"))["policy"].passed  # asked of the remote only for a plan
    policy = gates(world.plan("dev"))["policy"]
    assert (policy.passed, policy.reason.split(";")[0]) == (False, "origin/main is at bbbbbbb now")
    assert policy.step == NextStep("fetch")
    with pytest.raises(Refused, match="git fetch"):
        world.promote("dev")
    back = gates(world.engine.plans.make(world.engine.plans.draft_rollback("orders", "dev")))["policy"]
    assert (back.passed, back.warns) == (True, True)


def test_a_fetch_brings_the_configurations_own_repository_up_to_date_too(world: World) -> None:
    world.pipeline = replace(world.pipeline, policy=ORIGIN)
    assert world.engine.commits.fetch() == ()
    assert world.policy.fetched == ["origin/main"]
    world.policy.fails = "no network"
    assert [trouble.cause for trouble in world.engine.commits.fetch()] == ["no network"]


def test_a_remote_that_cannot_be_asked_is_told(world: World) -> None:
    governed(world, soak=1.0)
    world.policy.fails = "no network"
    world.commit("one")
    policy = gates(world.plan("dev"))["policy"]
    assert (policy.passed, policy.warns) == (True, True)
    assert policy.reason.startswith("as on origin/main@aaaaaaa, of unknown age; ")
    assert "could not check whether origin/main has advanced: no network" in policy.reason


def test_a_branch_that_is_not_the_remotes_default_gives_no_policy(world: World) -> None:
    governed(world, soak=1.0)
    world.policy.default = "origin/trunk"
    world.commit("one")
    policy = gates(world.plan("dev"))["policy"]
    told = "the remote's default branch is origin/trunk, not origin/main"
    assert (policy.passed, policy.reason) == (False, told)
    assert (policy.remedy, policy.step) == ("git remote set-head origin --auto, then plan again", NextStep("fetch"))


def test_a_branch_without_gates_that_is_not_the_remotes_default_gives_no_freedom_either(world: World) -> None:
    world.pipeline = replace(
        world.pipeline, policy=PolicyOrigin("local", "no stage has gates there", "origin/main", SHA)
    )
    world.policy.found, world.policy.default = SHA, "origin/trunk"
    world.commit("one")
    assert not gates(world.plan("dev"))["policy"].passed


def test_gates_that_the_remote_may_have_got_since_the_fetch_are_told(world: World) -> None:
    world.pipeline = replace(
        world.pipeline, policy=PolicyOrigin("local", "no stage has gates there", "origin/main", SHA)
    )
    world.policy.found = SHA
    world.commit("one")
    assert "policy" not in gates(world.plan("dev"))
    world.policy.found = "b" * 40
    policy = gates(world.plan("dev"))["policy"]
    assert (policy.passed, policy.warns) == (True, True)
    assert "origin/main is at bbbbbbb now, its rules are unknown until it is fetched" in policy.reason


def test_a_policy_that_cannot_be_read_closes_stages_without_gates_here(world: World) -> None:
    world.pipeline = replace(world.pipeline, policy=PolicyOrigin("local", "git did not finish", unread=True))
    world.commit("one")
    policy = gates(world.engine.plans.draft("orders", "dev"))["policy"]
    assert (policy.passed, policy.reason) == (False, "git did not finish")
    with pytest.raises(Refused, match="git did not finish"):
        world.promote("dev")


def test_a_stage_of_another_name_does_not_lead_into_a_governed_stack(world: World) -> None:
    governed(world, approvals=Approvals())
    (orders,), (dev, *others) = world.pipeline.services, world.pipeline.stages
    renamed = replace(orders.target("dev"), stage="sandbox")
    here = (replace(dev, name="sandbox"), *others)
    world.pipeline = replace(
        world.pipeline, stages=here, services=(replace(orders, targets=(renamed, *orders.targets[1:])),)
    )
    world.commit("one")
    with pytest.raises(Refused, match="its stack is what dev deploys into on origin/main"):
        world.engine.plans.draft("orders", "sandbox", "main")


def test_a_service_that_is_not_committed_yet_is_not_promoted_into_a_governed_stage(world: World) -> None:
    governed(world, approvals=Approvals())
    assert world.governing is not None
    world.governing = replace(world.governing, services=())
    world.commit("one")
    with pytest.raises(UsageError, match="orders is not in the configuration on origin/main yet"):
        world.engine.plans.draft("orders", "dev")
    assert world.engine.plans.draft("orders", "staging", "main").target.stage == "staging"


def test_a_local_policy_is_told_where_there_are_rules(world: World) -> None:
    dev, *others = world.pipeline.stages
    local = PolicyOrigin("local", "the configuration is in no repository with a remote")
    world.pipeline = replace(world.pipeline, stages=(replace(dev, rules=Rules(soak=1.0)), *others), policy=local)
    world.commit("one")
    assert gates(world.engine.plans.draft("orders", "dev"))["policy"].reason == f"local: {local.why}"
    assert "policy" not in gates(world.engine.plans.draft("orders", "staging", "main"))


def test_decisions_are_about_the_rules_that_hold(world: World) -> None:
    governed(world, checklist=("QA",))
    world.commit("one")
    assert world.engine.decisions.record(DecisionRequest("check", "orders", "dev", "main", item="QA")).item == "QA"
