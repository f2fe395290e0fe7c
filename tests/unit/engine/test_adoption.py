"""A stack that names no commit is adopted as one: with proof where its package is what runs, else with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.cli.cell_words import remarks
from promote_tui.core.errors import AwsError, DeployError, LockHeld, PlanStale, Refused, UsageError
from promote_tui.core.git.relation import Same
from promote_tui.core.model.cells import Deployed, Unreported
from promote_tui.core.runs.events import Verified
from promote_tui.core.runs.run import Outcome, RunStatus
from promote_tui.core.runs.verification import VerifiedBy
from promote_tui.core.value import replace
from promote_tui.ports import RunFilter
from tests.support.fakes.deployer import code_sha256
from tests.support.fakes.stacks import FakeStacks

if TYPE_CHECKING:
    from promote_tui.core.model.cells import Cell
    from tests.support.engine_world import World

NAME = "orders-dev-hello"


@pytest.fixture
def world(world: World) -> World:
    """Dev runs the newest commit, deployed with the plain CLI: its function, its template, and no word of a commit."""
    world.stacks = FakeStacks(clock=world.clock)
    world.deployer.functions = ("hello",)
    world.commit("Add hello")
    world.stacks.deploy(world.target("dev"), "unknown")
    plan = world.plan("dev")
    folder = Path(plan.package.folder)
    template = json.loads(world.deployer.submission(folder, world.target("dev")).template)
    template["Outputs"].pop("DeployedCommit")
    world.inspector.templates[world.target("dev").key] = template
    world.inspector.physical[world.target("dev").key] = {"HelloLambdaFunction": NAME}
    names = [each.name for each in plan.package.artifacts]
    code = code_sha256((folder / "orders.zip").read_bytes())
    world.functions.hashes = {**dict.fromkeys(names, code), NAME: code}
    world.engine.plans.discard(plan)
    return world


def cell(world: World) -> Cell:
    return world.engine.snapshot().view("orders", "dev").cell


def tip(world: World) -> str:
    return world.engine.commits.log("orders")[0].sha


def note(world: World, run: str) -> str:
    return next(each.event.note for each in world.ledger.events(run) if isinstance(each.event, Verified))


def test_a_commit_whose_package_is_what_runs_needs_no_reason(world: World) -> None:
    sha = tip(world)
    assert isinstance(cell(world), Unreported)
    steps: list[str] = []
    run = world.engine.runs.adopt("orders", "dev", "", "main", steps.append)
    assert (run.kind, run.outcome, run.from_commit, run.to_commit) == ("adopted", Outcome.VERIFIED, "", sha)
    proof = "its package is what dev runs: 1 function by CodeSha256, no resource differs"
    assert [(gate.passed, gate.reason) for gate in run.gates] == [(True, proof)]
    assert note(world, run.id) == f"adopted by ana; {proof}"
    assert run.artifacts
    assert steps[0] == f"checking out {sha[:7]} and its dependencies"
    seen = world.engine.snapshot().view("orders", "dev")
    assert isinstance(seen.cell, Deployed)
    assert (seen.cell.commit, seen.cell.adopted) == (sha, run.id)
    assert isinstance(seen.verification, VerifiedBy)
    assert not [*(world.folder / "state" / "plans").glob("*")]


def test_what_was_adopted_is_compared_promoted_and_told_of_like_any_other(world: World) -> None:
    sha = tip(world)
    world.engine.runs.adopt("orders", "dev", "", sha)
    draft = world.engine.plans.draft("orders", "staging")
    assert (draft.commit.sha, draft.gates[0].passed) == (sha, True)
    run = world.promote("staging")
    assert run.status is RunStatus.SUCCEEDED
    assert world.engine.snapshot().view("orders", "staging").relation == Same()
    assert world.engine.commits.release_notes(["orders"], "dev", "staging").services[0].source.sha == sha
    second = world.commit("Change hello")
    following = world.promote("dev", second)
    assert (following.status, following.from_commit) == (RunStatus.SUCCEEDED, sha)


def test_other_code_is_no_proof_and_a_reason_is_kept_with_what_was_found(world: World) -> None:
    world.functions.hashes = dict.fromkeys(world.functions.hashes, "other")
    with pytest.raises(Refused, match="other code than dev runs: HelloLambdaFunction"):
        world.engine.runs.adopt("orders", "dev", "", "main")
    assert isinstance(cell(world), Unreported)
    run = world.engine.runs.adopt("orders", "dev", "built with Node 18", "main")
    assert (run.planned.reason, run.artifacts) == ("built with Node 18", "")
    assert [gate.passed for gate in run.gates] == [False]
    assert "other code than dev runs" in note(world, run.id)
    assert isinstance(cell(world), Deployed)


def test_the_same_code_with_other_resources_is_no_proof(world: World) -> None:
    template = world.inspector.templates[world.target("dev").key]
    template["Resources"]["Queue"] = {"Type": "AWS::SQS::Queue"}
    with pytest.raises(Refused, match="the same code, but other resources than in dev: Queue"):
        world.engine.runs.adopt("orders", "dev", "", "main")


def test_a_function_that_cannot_be_read_is_no_proof(world: World) -> None:
    world.functions.hashes = {}
    with pytest.raises(Refused, match="what HelloLambdaFunction runs could not be read"):
        world.engine.runs.adopt("orders", "dev", "", "main")


def test_what_cannot_be_packaged_is_no_proof_and_leaves_nothing_behind(world: World) -> None:
    world.deployer.refuses = "no such file"
    with pytest.raises(Refused, match="no such file"):
        world.engine.runs.adopt("orders", "dev", "", "main")
    assert not [*(world.folder / "state" / "plans").glob("*")]
    assert world.engine.runs.adopt("orders", "dev", "known", "main").outcome is Outcome.VERIFIED


def test_a_commit_that_may_not_go_there_is_never_packaged_for_it(world: World) -> None:
    stages = tuple(replace(each, branches=("release/*",)) for each in world.pipeline.stages)
    world.pipeline = replace(world.pipeline, stages=stages)
    before = len(world.deployer.packaged)
    with pytest.raises(Refused, match="on no branch that dev allows"):
        world.engine.runs.adopt("orders", "dev", "", "main")
    assert len(world.deployer.packaged) == before


def test_without_a_commit_a_stack_that_names_none_says_how_it_is_adopted(world: World) -> None:
    with pytest.raises(UsageError) as caught:
        world.engine.runs.adopt("orders", "dev", "fine")
    assert caught.value.remedy.startswith("name it: promote-tui adopt orders dev --commit REV")


@pytest.mark.parametrize("text", ["unknown", "ffb1775-dirty"])
def test_an_adoption_records_what_the_stack_named_and_nothing_else(text: str, world: World) -> None:
    world.stacks.deploy(world.target("dev"), text)
    run = world.engine.runs.adopt("orders", "dev", "seen", "main")
    assert run.observed is not None
    assert run.observed.commit == text
    view = world.engine.snapshot().view("orders", "dev")
    says = "names ffb1775-dirty, which is not a commit here" if "dirty" in text else "names no commit"
    assert (f"adopted in run {run.id}: its stack {says}", "") in remarks(view, "")


def test_the_commit_has_to_be_named_before_a_reason_is_asked_for(world: World) -> None:
    with pytest.raises(UsageError, match="the stack names no commit"):
        world.engine.runs.adopt("orders", "dev", "")
    world.stacks.deploy(world.target("dev"), tip(world))
    with pytest.raises(Refused, match="no reason is given"):
        world.engine.runs.adopt("orders", "dev", "")


def test_where_the_stage_before_names_no_commit_the_next_step_is_about_that_stage(world: World) -> None:
    with pytest.raises(AwsError, match="the commit of dev is unknown") as caught:
        world.engine.plans.draft("orders", "staging")
    assert caught.value.remedy.startswith("promote to dev once: ")
    assert caught.value.remedy.endswith("; or say what runs there: promote-tui adopt orders dev --commit REV")
    with pytest.raises(AwsError) as noted:
        world.engine.commits.release_notes(["orders"], "dev", "staging")
    assert noted.value.remedy == caught.value.remedy


def test_a_stack_that_names_its_commit_is_adopted_as_no_other(world: World) -> None:
    sha = tip(world)
    world.stacks.deploy(world.target("dev"), sha)
    other = world.commit("Another")
    with pytest.raises(UsageError, match=f"it runs {sha[:7]}, not {other[:7]}"):
        world.engine.runs.adopt("orders", "dev", "fine", other)
    assert world.engine.runs.adopt("orders", "dev", "fine", sha).to_commit == sha


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_COMPLETE", "UPDATE_FAILED", "UPDATE_IN_PROGRESS"])
def test_a_stack_that_is_not_well_is_not_adopted(world: World, status: str) -> None:
    world.stacks.set_status(world.target("dev"), status)
    with pytest.raises(UsageError):
        world.engine.runs.adopt("orders", "dev", "fine", "main")


def test_an_adoption_waits_for_nobody_who_is_at_work_there(world: World) -> None:
    lease = world.ledger.acquire(world.target("dev").key, "busy")
    with pytest.raises(LockHeld):
        world.engine.runs.adopt("orders", "dev", "fine", "main")
    lease.release()


def test_a_stack_that_moves_while_it_is_compared_is_not_adopted(world: World) -> None:
    def moves(step: str) -> None:
        if step.startswith("comparing"):
            world.stacks.deploy(world.target("dev"), "unknown")

    with pytest.raises(PlanStale, match="updated meanwhile"):
        world.engine.runs.adopt("orders", "dev", "fine", "main", moves)
    assert not world.ledger.runs(RunFilter()).runs


def test_an_adoption_counts_until_the_stack_is_updated_again(world: World) -> None:
    world.engine.runs.adopt("orders", "dev", "", "main")
    world.clock.sleep(60)
    world.stacks.deploy(world.target("dev"), "unknown")
    seen = world.engine.snapshot().view("orders", "dev")
    assert isinstance(seen.cell, Unreported)
    assert "outside of promote-tui" in seen.external_update


def test_a_deploy_that_is_rolled_back_leaves_what_was_adopted(world: World) -> None:
    sha = tip(world)
    world.engine.runs.adopt("orders", "dev", "", sha)
    second = world.commit("Break hello")

    def fails(*_arguments: object) -> int:
        world.stacks.fail(world.target("dev"), "no such key")
        return 1

    world.deployer.ship = fails
    run = world.promote("dev", second)
    assert (run.status, run.still_on) == (RunStatus.ROLLED_BACK, sha)
    found = cell(world)
    assert isinstance(found, Deployed)
    assert found.commit == sha


def test_a_package_that_fails_names_the_clis_reason(world: World) -> None:
    world.deployer.refuses = "boom"
    with pytest.raises(Refused) as caught:
        world.engine.runs.adopt("orders", "dev", "", "main")
    assert not isinstance(caught.value, DeployError)
    assert "not proved that" in caught.value.cause
