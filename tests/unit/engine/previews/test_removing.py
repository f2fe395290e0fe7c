"""Reading and removing previews: only they go, dependents first, and each removal is a run on record."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import GitError, Refused, UsageError
from promote_tui.core.package.package import ResolvedTarget
from promote_tui.core.previews.names import preview_name
from promote_tui.core.runs.run import Outcome, RunStatus
from promote_tui.core.value import replace
from tests.support.engine_world import Died
from tests.support.preview_world import Watching, down, drops, preview_world, up, where, words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from promote_tui.ports import Job
    from tests.support.engine_world import World

BRANCH = "feature/login"
NAME = preview_name(BRANCH)
BUCKET = {"Type": "AWS::S3::Bucket"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A preview of orders, and of billing that it depends on."""
    made = preview_world(tmp_path / "w", {"orders": ("billing",), "billing": ()}, max_age=3600.0)
    for service in ("orders", "billing"):
        made.commit("one", service=service)
        made.commit("two", branch=BRANCH, service=service)
    up(made, BRANCH)
    return made


def test_a_preview_is_listed_with_owner_branch_and_services(world: World) -> None:
    (found,) = world.engine.previews.list({})
    assert (found.name, found.branch, found.branch_state, found.services) == (
        NAME,
        BRANCH,
        "open",
        ("orders", "billing"),
    )
    assert found.owner == world.engine.runs.find("r2").planned.who
    assert [each.status for each in found.stacks] == ["CREATE_COMPLETE"] * 2


def test_a_stack_that_never_got_so_far_as_to_say_what_it_is_is_found_by_its_run(world: World) -> None:
    def ship(job: Job, _poll: Callable[[], None]) -> int:
        world.stacks.fail(job.target, "no such key")
        return 1

    world.deployer.ship = ship
    world.commit("other", branch="feature/other")
    assert words(up(world, "feature/other")) == ["orders failed"]
    assert [each.branch for each in world.engine.previews.list({})] == [BRANCH, "feature/other"]
    assert words(down(world, "feature/other")) == ["orders removed"]
    assert [each.branch for each in world.engine.previews.list({})] == [BRANCH]


def test_a_preview_goes_dependents_first_and_each_removal_is_a_run_on_record(world: World) -> None:
    seen = world.engine.previews.plan_removal(NAME, {})
    found = list(world.engine.previews.remove(seen, "done with", Watching()))
    assert words(found) == ["orders removed", "billing removed"]
    assert world.engine.previews.list({}) == ()
    run = world.engine.runs.find(found[0].run)
    assert (run.kind, run.status, run.planned.preview) == ("removal", RunStatus.SUCCEEDED, BRANCH)
    assert (run.planned.reason, run.from_commit, run.still_on) == ("done with", world.repository.tip(BRANCH), None)
    assert world.ledger.holder(where(world, BRANCH).key) is None
    removals = [planned.removal.id for planned in seen.services]
    assert set(removals) <= set(world.checkouts.released)
    assert not any(world.context.folders.plan(each).exists() for each in removals)


def test_a_preview_is_found_by_its_branch_too_and_what_is_none_is_a_clear_line(world: World) -> None:
    assert world.engine.previews.plan_removal(BRANCH, {}).preview.name == NAME
    with pytest.raises(UsageError, match="there is no such preview") as raised:
        world.engine.previews.plan_removal("pv-other", {})
    assert raised.value.remedy == f"one of: {NAME}"


@pytest.mark.parametrize("stage", ["dev", "staging", "prod"])
def test_a_stage_of_the_configuration_is_never_removed(world: World, stage: str) -> None:
    world.promote("dev", "main")
    with pytest.raises(Refused, match=f"{stage} is a stage of the configuration, and such a stage is never removed"):
        world.engine.previews.plan_removal(stage, {})


def test_a_configured_stage_whose_stack_says_that_it_is_a_preview_is_not_one(world: World) -> None:
    world.promote("dev", "main")
    world.inspector.marked["orders-dev"] = "feature/evil"
    assert [each.name for each in world.engine.previews.list({})] == [NAME]


def test_a_bucket_that_holds_something_is_named_and_emptied_only_where_a_person_said_so(world: World) -> None:
    target = where(world, BRANCH)
    kept = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"}
    resources = {"Uploads": BUCKET, "Logs": BUCKET, "Kept": kept, "ServerlessDeploymentBucket": BUCKET}
    world.inspector.templates[target.key] = {"Resources": resources}
    world.inspector.physical[target.key] = {name: name.lower() for name in resources}
    world.buckets.contents = {"uploads": {"a"}, "kept": {"b"}, "serverlessdeploymentbucket": {"c"}}
    planned = world.engine.previews.plan_removal(NAME, {})
    assert planned.blocking == ("uploads",)
    assert planned.services[0].kept == ("Kept",)
    (orders, billing) = down(world, NAME)
    assert (orders.outcome, billing.outcome) == ("refused", "skipped")
    assert "uploads" in orders.reason
    assert world.buckets.emptied == []
    assert world.deployer.removed == []
    assert words(down(world, NAME, empties=True)) == ["orders removed", "billing removed"]
    assert world.buckets.emptied == ["uploads"]


def test_a_bucket_that_was_filled_after_a_person_looked_is_not_emptied(world: World) -> None:
    target = where(world, BRANCH)
    world.inspector.templates[target.key] = {"Resources": {"Uploads": BUCKET}}
    world.inspector.physical[target.key] = {"Uploads": "uploads"}
    planned = world.engine.previews.plan_removal(NAME, {}).with_emptied_buckets()
    world.buckets.contents = {"uploads": {"a"}}
    found = list(world.engine.previews.remove(planned, "", Watching()))
    assert words(found) == ["orders refused", "billing skipped"]
    assert world.buckets.contents == {"uploads": {"a"}}


def test_a_stack_that_was_made_anew_since_a_person_looked_is_left(world: World) -> None:
    planned = world.engine.previews.plan_removal(NAME, {})
    world.stacks.delete(where(world, BRANCH))
    world.commit("three", branch=BRANCH)
    up(world, BRANCH, "orders")
    (orders, _) = world.engine.previews.remove(planned, "", Watching())
    assert (orders.outcome, orders.reason) == ("refused", "the stack is another one by now")
    assert world.deployer.removed == []


def test_what_the_deployer_would_remove_must_be_that_stack(world: World) -> None:
    planned = world.engine.previews.plan_removal(NAME, {})
    world.deployer.resolved = ResolvedTarget("orders", NAME, "eu-west-1", "orders-prod")
    (orders, _) = world.engine.previews.remove(planned, "", Watching())
    assert "would remove orders-prod in eu-west-1" in orders.reason
    assert world.stacks.stack(where(world, BRANCH)) is not None
    assert world.deployer.removed == []


def test_a_stack_that_stays_is_a_failure_and_keeps_what_it_depends_on(world: World) -> None:
    def drop(job: Job, _poll: Callable[[], None]) -> int:
        world.stacks.set_status(job.target, "DELETE_IN_PROGRESS")
        world.stacks.set_status(job.target, "DELETE_FAILED", "the bucket is not empty")
        return 1

    world.deployer.drop = drop
    (orders, billing) = down(world, NAME)
    assert (orders.outcome, billing.outcome) == ("failed", "skipped")
    assert "the stack is still there: DELETE_FAILED" in orders.reason
    assert billing.reason == "orders, still there, depends on it"
    world.deployer.drop = drops(world)
    assert words(down(world, NAME)) == ["orders removed", "billing removed"]


def test_a_removal_whose_runner_died_is_reconciled_by_what_became_of_the_stack(world: World) -> None:
    def drop(job: Job, _poll: Callable[[], None]) -> int:
        world.stacks.delete(job.target)
        raise Died

    world.deployer.drop = drop
    (orders, _) = down(world, NAME)
    assert orders.outcome == "removed"
    assert world.engine.runs.find(orders.run).outcome is Outcome.VERIFIED
    assert world.ledger.holder(where(world, BRANCH).key) is None


def test_those_whose_branch_is_merged_or_deleted_or_that_are_old_are_pruned_and_no_other(world: World) -> None:
    assert world.engine.previews.plan_pruning({}) == ()
    world.clock.at += timedelta(hours=2)
    (old,) = world.engine.previews.plan_pruning({})
    assert (old.preview.name, old.why) == (NAME, "its last deploy is older than 1h")


def test_a_branch_is_merged_where_the_default_branches_of_all_its_repositories_have_its_tip(world: World) -> None:
    world.repositories["orders"].merge(BRANCH)
    assert world.engine.previews.list({})[0].branch_state == "open"
    world.repositories["billing"].merge(BRANCH)
    (planned,) = world.engine.previews.plan_pruning({})
    assert (planned.preview.branch_state, planned.why) == ("merged", "its branch is merged")


def test_a_removal_with_credentials_for_another_account_is_refused(world: World) -> None:
    planned = world.engine.previews.plan_removal(NAME, {})
    world.accounts.wrong_account(NAME, "999999999999")
    (orders, _) = world.engine.previews.remove(planned, "", Watching())
    assert (orders.is_done, "999999999999" in orders.reason) == (False, True)
    assert world.deployer.removed == []


def test_a_branch_that_is_gone_from_every_repository_is_deleted_and_in_doubt_it_is_not(world: World) -> None:
    for service in ("orders", "billing"):
        del world.repositories[service].heads[BRANCH]
    (gone,) = world.engine.previews.list({})
    assert gone.branch_state == "deleted"
    (unread,) = world.engine.previews.list({"/repos/billing": GitError("/repos/billing", "no network")})
    assert (unread.branch_state, unread.branch_problem) == ("unknown", "no network")
    assert world.engine.previews.plan_pruning({"/repos/billing": GitError("/repos/billing", "no network")}) == ()
    assert words(down(world, NAME)) == ["orders removed", "billing removed"]


def test_under_read_only_nothing_is_removed(world: World) -> None:
    planned = world.engine.previews.plan_removal(NAME, {})
    world.pipeline = replace(world.pipeline, read_only=True)
    with pytest.raises(Refused, match="read-only"):
        world.engine.previews.remove(planned, "", Watching())
    assert world.deployer.removed == []
