"""Deploying a branch as a preview, through the same plan, gates, lock and run as a promotion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import GitError, PromoteError, Refused, UsageError
from promote_tui.core.previews.names import preview_name
from promote_tui.core.runs.run import RunStatus
from promote_tui.core.value import replace
from promote_tui.ports import RunFilter
from tests.support.preview_world import preview_world, up, where, words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from promote_tui.ports import Job
    from tests.support.engine_world import World

BRANCH = "feature/login"
NAME = preview_name(BRANCH)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Orders, and billing that it depends on, each with the branch."""
    made = preview_world(tmp_path / "w", {"orders": ("billing",), "billing": ()})
    for service in ("orders", "billing"):
        made.commit("one", service=service)
        made.commit("two", branch=BRANCH, service=service)
    return made


def test_a_branch_is_deployed_service_by_service_and_each_is_a_run_on_record(world: World) -> None:
    found = up(world, BRANCH)
    assert words(found) == ["billing deployed", "orders deployed"]
    assert [job.target for job in world.deployer.deployed] == [where(world, BRANCH, "billing"), where(world, BRANCH)]
    run = world.engine.runs.find(found[1].run)
    assert (run.status, run.stage, run.planned.preview) == (RunStatus.SUCCEEDED, NAME, BRANCH)
    assert (run.to_commit, run.kind) == (world.repository.tip(BRANCH), "normal")
    assert found[1].urls == (("Url", f"https://orders-{NAME}.example.com"),)


def test_the_package_says_of_which_branch_it_is_a_preview(world: World) -> None:
    said: list[str] = []

    def ship(job: Job, _poll: Callable[[], None]) -> int:
        said.append(world.deployer.submission(job.folder, job.target).template)
        return 1

    world.deployer.ship = ship
    up(world, BRANCH, "billing")
    assert (
        '"PreviewBranch":{"Description":"The branch that this stack is a preview of","Value":"feature/login"}'
        in said[0]
    )
    world.engine.plans.make(world.engine.plans.draft("billing", "dev", "main"))
    job = world.deployer.packaged[-1]
    assert "PreviewBranch" not in world.deployer.submission(job.folder, job.target).template


def test_what_runs_the_tip_already_is_left_and_a_newer_tip_is_deployed(world: World) -> None:
    up(world, BRANCH)
    assert words(up(world, BRANCH)) == ["billing current", "orders current"]
    world.commit("three", branch=BRANCH)
    assert words(up(world, BRANCH)) == ["billing current", "orders deployed"]


def test_what_depends_on_a_service_that_failed_is_left(world: World) -> None:
    world.deployer.ship = lambda job, _poll: 0 if job.service.name == "orders" else 1
    assert words(up(world, BRANCH)) == ["billing failed", "orders skipped"]


def test_only_the_wanted_services_are_deployed(world: World) -> None:
    assert words(up(world, BRANCH, "billing")) == ["billing deployed"]


def test_a_held_lock_is_told_and_nothing_is_deployed(world: World) -> None:
    world.ledger.acquire(where(world, BRANCH, "billing").key, "other")
    (billing, orders) = up(world, BRANCH)
    assert (billing.outcome, orders.outcome) == ("refused", "skipped")
    assert world.deployer.deployed == []


def test_a_gate_that_is_blocked_refuses_it(world: World) -> None:
    world.accounts.wrong_account(NAME, "999999999999")
    (found,) = up(world, BRANCH, "billing")
    assert (found.outcome, "account" in found.reason) == ("refused", True)


def test_services_whose_repository_lacks_the_branch_are_no_part_of_it(world: World) -> None:
    world.commit("only here", branch="feature/alone")
    assert words(up(world, "feature/alone")) == ["orders deployed"]


@pytest.mark.parametrize(
    ("branch", "services", "cause"),
    [
        ("main", (), "`previews.branches` allows feature/*"),
        ("feature/none", (), "no service's repository has it"),
        ("feature/none", ("orders",), "the repository of orders has no such branch"),
        (BRANCH, ("nothing",), "there is no such service"),
    ],
)
def test_a_branch_that_can_have_no_preview_is_a_clear_line(
    world: World, branch: str, services: tuple[str, ...], cause: str
) -> None:
    with pytest.raises(UsageError) as raised:
        up(world, branch, *services)
    assert raised.value.cause == cause


def test_in_doubt_about_a_repository_nothing_is_deployed(world: World) -> None:
    previews = world.engine.previews
    why: dict[str, PromoteError] = {"/repos/billing": GitError("/repos/billing", "no network")}
    with pytest.raises(GitError, match="no network"):
        previews.select(BRANCH, (), why)


def test_no_more_previews_are_made_than_the_limit_and_another_deploy_of_one_counts_none(world: World) -> None:
    assert world.pipeline.previews is not None
    world.pipeline = replace(world.pipeline, previews=replace(world.pipeline.previews, limit=1))
    up(world, BRANCH, "billing")
    world.commit("other", branch="feature/other")
    with pytest.raises(Refused, match=r"there is 1 preview already, and `previews\.limit` is 1") as raised:
        up(world, "feature/other")
    assert raised.value.remedy == f"promote-tui preview down {NAME}"
    assert words(up(world, BRANCH, "orders")) == ["orders deployed"]


def test_under_read_only_nothing_is_deployed(world: World) -> None:
    wanted = world.engine.previews.select(BRANCH, (), {})
    world.pipeline = replace(world.pipeline, read_only=True)
    with pytest.raises(Refused, match="read-only"):
        world.engine.previews.up(wanted, (), object())  # type: ignore[arg-type]
    assert world.ledger.runs(RunFilter()).runs == ()


NOBODYS = "nothing says that orders-{} is a preview: it has no output PreviewBranch, and no run on record made it"


@pytest.mark.parametrize(
    ("outputs", "reason"),
    [
        ({}, NOBODYS.format(NAME)),
        ({"PreviewBranch": "feature/other"}, "the stack says that it is the preview of feature/other"),
    ],
)
def test_a_stack_of_that_name_that_is_not_this_branchs_preview_is_left_alone(
    world: World, outputs: dict[str, str], reason: str
) -> None:
    world.stacks.deploy(where(world, BRANCH), "1" * 40, outputs)
    (found,) = up(world, BRANCH, "orders")
    assert found.reason == reason
    assert words([found]) == ["orders refused"]
    assert not world.deployer.deployed
