"""Stacks that other deploys have left: a short hash, a tag, `git describe`, or something that is no commit at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import AwsError, GitError
from promote_tui.core.git.relation import Ahead, Behind, Same
from promote_tui.core.model.cells import Deployed, InProgress, Unreported
from promote_tui.core.runs.run import Outcome
from promote_tui.core.runs.verification import NotVerified, ObservedDeploy
from promote_tui.core.value import replace
from promote_tui.engine.commit_resolution import CommitResolvingStacks
from tests.support.fakes.git import FakeGraph

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.commit_names import NamedCommits
    from promote_tui.core.model.pipeline import Service
    from promote_tui.ports import Job
    from tests.support.engine_world import World

FORMS = ["{short}", "{sha}", "v1-1-g{short}", "main@{short}", "feature/x@{sha}"]


def gate(world: World, stage: str, name: str) -> GateResult:
    """A gate of a draft."""
    return next(each for each in world.engine.plans.draft("orders", stage).gates if each.name == name)


@pytest.mark.parametrize("form", FORMS)
def test_a_name_with_a_hash_is_as_good_as_the_full_hash(world: World, form: str) -> None:
    first, second = world.commit("one"), world.commit("two")
    world.stacks.deploy(world.target("dev"), form.format(sha=second, short=second[:7]))
    world.stacks.deploy(world.target("staging"), form.format(sha=first, short=first[:7]))
    world.stacks.deploy(world.target("prod"), form.format(sha=second, short=second[:7]))
    snapshot = world.engine.snapshot()
    dev, staging = snapshot.view("orders", "dev"), snapshot.view("orders", "staging")
    assert isinstance(dev.cell, Deployed)
    assert (dev.cell.commit, dev.commit and dev.commit.subject, dev.verification) == (
        second,
        "two",
        ObservedDeploy(second, dev.cell.stack.updated_at),
    )
    assert (staging.relation, snapshot.view("orders", "prod").relation) == (Behind(1), Ahead(1))
    assert world.engine.plans.draft("orders", "staging").commit.sha == second
    assert gate(world, "staging", "stage order").passed


def test_a_tag_shows_what_runs_but_is_not_verified_for_the_next_stage(world: World) -> None:
    sha = world.commit("one")
    world.repository.tag("v1.2.3", sha)
    for stage in ("dev", "staging"):
        world.stacks.deploy(world.target(stage), "v1.2.3")
    view = world.engine.snapshot().view("orders", "staging")
    assert isinstance(view.cell, Deployed)
    assert (view.cell.commit, view.relation) == (sha, Same())
    assert isinstance(view.verification, NotVerified)
    found = next(
        each for each in world.engine.plans.draft("orders", "staging", sha).gates if each.name == "stage order"
    )
    assert not found.passed
    assert found.reason == (
        f"dev names the tag v1.2.3, which is {sha[:7]} here and may have been moved since the deploy;"
        " adopt it, or promote it to dev"
    )


def test_a_tagged_deploy_that_a_person_adopts_counts(world: World) -> None:
    sha = world.commit("one")
    world.repository.tag("v1.2.3", sha)
    world.stacks.deploy(world.target("dev"), "v1.2.3")
    world.engine.runs.adopt("orders", "dev", "the tag is what we deployed")
    assert gate(world, "staging", "stage order").passed


UNCLEAN = ["{sha}-dirty", "{short}-dirty", "v1.2.3-dirty", "v1-1-g{short}-dirty", "https://ci.example.com/{short}"]


@pytest.mark.parametrize("form", UNCLEAN)
def test_code_that_no_commit_holds_is_never_deployed_nor_verified(world: World, form: str) -> None:
    sha = world.commit("one")
    text = form.format(sha=sha, short=sha[:7])
    world.stacks.deploy(world.target("dev"), text)
    view = world.engine.snapshot().view("orders", "dev")
    assert isinstance(view.cell, Unreported)
    assert (view.cell.says, view.cell.reason) == (
        text,
        f"its output DeployedCommit names {text}, which is not a commit",
    )
    assert view.verification is None
    found = next(
        each for each in world.engine.plans.draft("orders", "staging", sha).gates if each.name == "stage order"
    )
    assert (found.passed, found.reason) == (False, f"{sha[:7]} was never verified in dev")


def test_notes_of_a_stage_that_names_no_commit_say_what_it_names(world: World) -> None:
    world.commit("one")
    world.stacks.deploy(world.target("dev"), "f086458-dirty")
    with pytest.raises(AwsError, match="names f086458-dirty, which is not a commit"):
        world.engine.commits.release_notes(["orders"], "dev", "main")


def test_notes_of_stages_with_short_hashes_are_those_of_their_commits(world: World) -> None:
    first, second = world.commit("one"), world.commit("two")
    world.stacks.deploy(world.target("dev"), second[:7])
    world.stacks.deploy(world.target("staging"), f"v1-0-g{first[:9]}")
    (found,) = world.engine.commits.release_notes(["orders"], "dev", "staging").services
    assert (found.source.sha, found.target.sha) == (second, first)


@pytest.mark.parametrize("before", ["f086458-dirty", "v7", "25efd02", "{short}"])
def test_a_run_that_follows_such_a_deploy_is_verified(world: World, before: str) -> None:
    first, second = world.commit("one"), world.commit("two")
    world.stacks.deploy(world.target("dev"), before.format(short=first[:7]))
    run = world.promote("dev", second)
    assert (run.outcome, run.from_commit) == (Outcome.VERIFIED, first if "{" in before else "")
    assert world.engine.snapshot().view("orders", "dev").cell.commit == second  # type: ignore[union-attr]


@pytest.mark.parametrize("before", ["f086458-dirty", "v7", "25efd02", "{short}"])
def test_a_run_that_fails_after_such_a_deploy_blames_nobody_else(world: World, before: str) -> None:
    first, second = world.commit("one"), world.commit("two")
    text = before.format(short=first[:7])
    world.stacks.deploy(world.target("dev"), text)

    def fails(job: Job, _poll: Callable[[], None]) -> int:
        world.stacks.fail(job.target, "no such key")
        return 1

    world.deployer.ship = fails
    run = world.promote("dev", second)
    assert run.outcome is Outcome.ROLLED_BACK
    assert "no such key" in run.cause
    assert run.still_on == (first if "{" in before else None)


def test_another_text_after_our_update_is_told_whole(world: World) -> None:
    sha = world.commit("one")
    world.stacks.deploy(world.target("dev"), "v7-dirty")

    def ships(job: Job, _poll: Callable[[], None]) -> int:
        world.stacks.deploy(job.target, "v8-dirty")
        return 0

    world.deployer.ship = ships
    run = world.promote("dev", sha)
    assert run.outcome is Outcome.FAILED
    assert (
        run.cause == f"the update completed, but the stack names v8-dirty, which is not a commit, instead of {sha[:7]}"
    )


def test_git_is_asked_once_for_all_stages_and_not_at_all_for_full_hashes(world: World) -> None:
    sha = world.commit("one")
    graph = FakeGraph({"/repos/orders": world.repository})
    stacks = CommitResolvingStacks(world.stacks, graph, world.pipeline.services)
    targets = [world.target(stage) for stage in ("dev", "staging", "prod")]
    world.stacks.deploy(targets[0], sha)
    world.stacks.deploy(targets[1], "f086458-dirty")
    heard: list[Cell] = []
    assert {cell.target for cell in stacks.cells(targets, heard.append).values()} == {*targets}
    assert (len(heard), graph.asked) == (3, [])
    world.stacks.deploy(targets[1], sha[:7])
    world.stacks.deploy(targets[2], f"main@{sha[:7]}")
    heard.clear()
    cells = stacks.cells(targets, heard.append)
    assert graph.asked == [tuple(sorted((sha[:7], f"main@{sha[:7]}")))]
    assert {cell.target: cell for cell in heard} == cells
    assert [cell.commit for cell in cells.values() if isinstance(cell, Deployed)] == [sha, sha, sha]


def test_an_update_under_way_was_at_the_commit_that_the_name_means(world: World) -> None:
    sha = world.commit("one")
    world.stacks.deploy(world.target("dev"), sha[:7])
    world.stacks.begin(world.target("dev"))
    cell = world.engine.snapshot().view("orders", "dev").cell
    assert isinstance(cell, InProgress)
    assert cell.was == sha


class _Broken(FakeGraph):
    def commits_named(self, service: Service, names: Collection[str]) -> Mapping[str, NamedCommits]:
        raise GitError(service.repo, "the folder does not exist")


class _WithoutItsRemote(FakeGraph):
    def commits_named(self, service: Service, names: Collection[str]) -> Mapping[str, NamedCommits]:
        if service.remote:
            raise GitError(service.repo, f"it has no remote {service.remote[0]}")
        return super().commits_named(service, names)


def test_a_service_whose_remote_is_not_there_takes_no_name_from_another_of_its_repository(world: World) -> None:
    sha, orders = world.commit("one"), world.pipeline.service("orders")
    target = world.target("dev")
    lost = replace(target, service="lost", stack="lost-dev")
    services = (replace(orders, name="lost", remote=("team",), targets=(lost,)), orders)
    for each in (lost, target):
        world.stacks.deploy(each, sha[:7])
    graph = _WithoutItsRemote({"/repos/orders": world.repository})
    found = CommitResolvingStacks(world.stacks, graph, services).cells([lost, target])
    assert isinstance(found[lost], Unreported)
    assert isinstance(found[target], Deployed)


def test_where_git_cannot_be_read_the_name_is_shown_as_it_is(world: World) -> None:
    world.stacks.deploy(world.target("dev"), "f086458")
    stacks = CommitResolvingStacks(world.stacks, _Broken({}), world.pipeline.services)
    target = world.target("dev")
    for cell in (stacks.cell(target), stacks.cells([target])[target]):
        assert isinstance(cell, Unreported)
        assert (cell.says, cell.reason) == (
            "f086458",
            "its output DeployedCommit names f086458, which is not a full hash",
        )
    seen = stacks.stack(target)
    assert seen is not None
    assert seen.commit == "f086458"
