"""What a stage runs cannot be told: nothing that is built on it says that all is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import AwsError
from promote_tui.core.git.relation import NotApplicable, Relation, Unknown
from promote_tui.core.model.cells import Halfway, commit_of
from promote_tui.core.runs.run import RunStatus
from promote_tui.core.runs.verification import NotVerified

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.model.halfway import StuckOperation
    from promote_tui.ports import Job
    from tests.support.engine_world import World


def relation(world: World, stage: str) -> Relation:
    return world.engine.snapshot().view("orders", stage).relation


def get_stuck(world: World, job: Job, _poll: Callable[[], None]) -> int:
    """A deploy that may not roll back: it changes a function, then a resource fails."""
    world.stacks.begin(job.target)
    world.stacks.add_event(job.target, "Worker", "AWS::Lambda::Function", "UPDATE_COMPLETE")
    world.stacks.add_event(job.target, "Broken", "Custom::Broken", "CREATE_FAILED", "no ServiceToken")
    world.stacks.set_status(job.target, "UPDATE_FAILED")
    return 1


def stuck(world: World) -> tuple[str, str]:
    """Dev, half-way from the first commit to the second."""
    first = world.commit("one")
    assert world.promote("dev").status is RunStatus.SUCCEEDED
    second = world.commit("two")
    world.deployer.ship = lambda job, poll: get_stuck(world, job, poll)
    run = world.promote("dev")
    assert (run.status, run.still_on) == (RunStatus.FAILED, None)
    assert run.halfway is not None
    assert (run.halfway.was, run.halfway.to) == (first, second)
    return first, second


def between(world: World) -> StuckOperation:
    cell = world.engine.snapshot().view("orders", "dev").cell
    assert isinstance(cell, Halfway)
    assert commit_of(cell) is None
    return cell.between


def test_a_stuck_stack_stands_between_what_it_names_and_what_its_run_brought(world: World) -> None:
    first, second = stuck(world)
    found = between(world)
    assert (found.was, found.to, found.updated, found.failed) == (first, second, ("Worker",), ("Broken",))


def test_a_rollback_that_fails_leaves_the_same_two_commits(world: World) -> None:
    first, second = stuck(world)
    target = world.target("dev")
    world.stacks.set_status(target, "UPDATE_ROLLBACK_IN_PROGRESS")
    world.stacks.add_event(target, "Worker", "AWS::Lambda::Function", "UPDATE_FAILED", "no such key")
    world.stacks.set_status(target, "UPDATE_ROLLBACK_FAILED")
    found = between(world)
    assert (found.was, found.to, found.updated, found.failed) == (first, second, ("Worker",), ("Broken", "Worker"))


def test_what_somebody_else_began_since_is_not_the_runs(world: World) -> None:
    first, _second = stuck(world)
    world.stacks.set_status(world.target("dev"), "UPDATE_IN_PROGRESS")
    world.stacks.set_status(world.target("dev"), "UPDATE_FAILED")
    assert (between(world).was, between(world).to) == (first, "")


def test_a_stack_that_got_stuck_without_a_run_says_what_it_ran_and_that_the_rest_is_unknown(world: World) -> None:
    first = world.commit("one")
    world.stacks.deploy(world.target("dev"), first)
    world.stacks.set_status(world.target("dev"), "DELETE_IN_PROGRESS")
    world.stacks.set_status(world.target("dev"), "DELETE_FAILED")
    assert str(between(world)) == f"half deleted, ran {first[:7]} (DELETE_FAILED); no resource was deleted"


def test_neither_commit_counts_as_verified_where_the_stack_stands_between_them(world: World) -> None:
    for sha in stuck(world):
        draft = world.engine.plans.draft("orders", "staging", sha)
        assert not draft.gates[0].passed
        story = world.engine.commits.stage_statuses(
            "orders", sha, {"dev": world.engine.snapshot().view("orders", "dev").cell}
        )[0]
        assert isinstance(story.verification, NotVerified)
        assert isinstance(story.relation, Unknown)


def test_notes_of_a_stack_that_stands_between_two_commits_are_refused(world: World) -> None:
    stuck(world)
    with pytest.raises(AwsError, match="half-way between"):
        world.engine.commits.release_notes(["orders"], "dev", "staging")


@pytest.mark.parametrize("here", ["unknown", "a commit", "never"])
def test_a_stage_whose_predecessor_is_unknown_is_unknown_too(world: World, here: str) -> None:
    world.stacks.deploy(world.target("dev"), "unknown")
    if here != "never":
        world.stacks.deploy(world.target("staging"), world.commit("one") if here == "a commit" else here)
    which = "staging" if here == "unknown" else "dev"
    reason = f'the commit of {which} is unknown: its output DeployedCommit says "unknown"'
    assert relation(world, "staging") == Unknown(reason)
    assert relation(world, "dev") == NotApplicable()


def test_a_stage_out_of_reach_is_unknown_and_so_is_the_next(world: World) -> None:
    sha = world.commit("one")
    for stage in ("dev", "staging", "prod"):
        world.stacks.deploy(world.target(stage), sha)
    world.stacks.unreachable(world.target("staging"), "no answer")
    reason = "the commit of staging is unknown: no answer"
    assert (relation(world, "staging"), relation(world, "prod")) == (Unknown(reason), Unknown(reason))


def test_a_first_deploy_that_is_under_way_is_nothing_to_compare(world: World) -> None:
    world.stacks.begin(world.target("dev"))
    assert relation(world, "staging") == NotApplicable()


def test_which_commit_comes_next_cannot_be_told_where_the_stage_before_is_unknown(world: World) -> None:
    world.commit("one")
    world.stacks.deploy(world.target("dev"), "unknown")
    with pytest.raises(AwsError, match="the commit of dev is unknown"):
        world.engine.plans.draft("orders", "staging")
