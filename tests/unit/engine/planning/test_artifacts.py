"""The artifact of a plan is compared with what was verified in the stage before, and its record outlives the run."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import AwsError, DeployError, Refused
from promote_tui.core.planning.plan import Confirmation, approve
from promote_tui.core.value import replace
from promote_tui.engine import manifest_store
from tests.support.fakes.deployer import code_sha256, function_name

if TYPE_CHECKING:
    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.core.planning.plan import Plan
    from tests.support.engine_world import World

DENIED = AwsError("orders/dev", "not allowed to do lambda:ListFunctions")


@pytest.fixture
def code(world: World) -> World:
    """A world whose service has one function, and a commit."""
    world.deployer.functions = ("hello",)
    world.commit("Add hello")
    return world


def gate(plan: Plan) -> GateResult | None:
    return next((each for each in plan.gates if each.name == "same artifact"), None)


def requiring(pipeline: Pipeline, stage: str) -> Pipeline:
    """The pipeline, where this stage requires the same artifact."""
    stages = tuple(replace(one, same_artifact="require") if one.name == stage else one for one in pipeline.stages)
    return replace(pipeline, stages=stages)


def records(world: World) -> list[Path]:
    return sorted((world.folder / "state" / "artifacts").glob("*"))


def adopt(world: World, stage: str) -> str:
    """Let a stage run the commit without a record; return its function's name."""
    world.stacks.deploy(world.target(stage), world.engine.commits.log("orders")[0].sha)
    world.inspector.physical[world.target(stage).key] = {"HelloLambdaFunction": "some-name", "Topic": "some-topic"}
    return "some-name"


def archive(world: World, stage: str) -> str:
    """What Lambda would call the hash of the archive that a plan for this stage ships."""
    plan = world.plan(stage)
    with Path(plan.package.folder, "orders.zip").open("rb") as file:
        return code_sha256(file.read())


def test_a_build_that_was_verified_in_the_stage_before_is_the_same_artifact(code: World) -> None:
    assert gate(code.plan("dev")) is None
    run = code.promote("dev")
    plan = code.plan("staging")
    assert plan.artifact is not None
    assert (plan.artifact.sameness, plan.artifact.reason) == (
        "equal",
        f"the same code as run {run.id} in dev: 1 function",
    )
    assert [each.name for each in plan.package.artifacts] == [function_name(code.target("staging"), "hello")]


def test_a_run_names_what_it_shipped_and_the_record_is_private(code: World) -> None:
    run = code.promote("dev")
    assert f"{run.artifacts}.json" in {path.name for path in records(code)}
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in records(code))
    kept = manifest_store.load_of_run(code.context, run.id)
    assert kept is not None
    assert [name for name, _ in kept.archives[0].files] == ["handler.js"]
    assert kept.node == "v20.19.0"


@pytest.mark.parametrize(
    ("files", "lockfile", "why"),
    [
        ({"handler.js": "built at noon"}, "", "built differently: same files in git, other bytes (handler.js)"),
        ({"handler.js": "exports.hello = 1", "node_modules/a.js": "2"}, "", "node_modules differs"),
        ({"handler.js": "2"}, "another lockfile", "the lockfile differs (package-lock.json)"),
    ],
)
def test_another_build_is_told_with_its_reason_and_warns(
    code: World, files: dict[str, str], lockfile: str, why: str
) -> None:
    code.promote("dev")
    code.deployer.files, code.deployer.lockfile = files, lockfile
    plan = code.plan("staging")
    found = gate(plan)
    assert found is not None
    assert found.passed
    assert why in found.reason
    assert plan.ready


def test_where_it_is_required_another_build_closes_the_gate_and_the_same_one_deploys(code: World) -> None:
    code.pipeline = requiring(code.pipeline, "staging")
    code.promote("dev")
    code.deployer.files = {"handler.js": "built at noon"}
    plan = code.plan("staging")
    found = gate(plan)
    assert found is not None
    assert (found.passed, found.remedy) == (False, "promote this commit to dev again, then here")
    with pytest.raises(Refused, match="same artifact"):
        approve(plan, Confirmation(yes=True), code.clock.now())
    code.deployer.files = {"handler.js": "exports.hello = 1"}
    assert code.promote("staging").status.value == "succeeded"


def test_the_runner_evaluates_the_gate_again(code: World) -> None:
    code.promote("dev")
    run = code.promote("staging")
    assert [each.passed for each in run.gates if each.name == "same artifact"] == [True]


def test_without_a_record_lambda_is_asked_what_the_stage_before_runs(code: World) -> None:
    name = adopt(code, "dev")
    code.functions.hashes = {name: archive(code, "staging"), "somebody-elses": "x"}
    same = code.plan("staging").artifact
    assert same is not None
    assert (same.sameness, same.reason) == ("equal", "the same code that dev runs: 1 function")
    code.functions.hashes[name] = "other"
    other = code.plan("staging").artifact
    assert other is not None
    assert (other.sameness, other.functions) == ("different", ("HelloLambdaFunction",))


def test_names_come_from_the_template_where_resources_may_not_be_listed(code: World) -> None:
    name = adopt(code, "dev")
    code.inspector.errors["resources"] = DENIED
    function = {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": name}}
    code.inspector.templates[code.target("dev").key] = {"Resources": {"HelloLambdaFunction": function}}
    code.functions.hashes = {name: archive(code, "staging")}
    found = code.plan("staging").artifact
    assert found is not None
    assert found.sameness == "equal"


def test_where_nothing_can_be_compared_it_says_why_and_warns_only(code: World) -> None:
    adopt(code, "dev")
    code.functions.error = DENIED
    plan = code.plan("staging")
    assert plan.artifact is not None
    assert (plan.artifact.sameness, plan.artifact.reason) == (
        "unknown",
        f"not comparable: dev was deployed without a record, and Lambda may not be read ({DENIED.cause})",
    )
    assert plan.ready
    code.pipeline = requiring(code.pipeline, "staging")
    closed = gate(code.plan("staging"))
    assert closed is not None
    assert (closed.passed, closed.remedy) == (False, "allow lambda:ListFunctions in dev, then plan again")


def test_a_record_that_is_gone_is_said_and_lambda_tells_nothing_of_a_stage_that_moved_on(code: World) -> None:
    run = code.promote("dev")
    first = run.to_commit
    for path in records(code):
        path.unlink()
    code.commit("Another")
    code.deployer.files = {"handler.js": "another"}
    code.promote("dev")
    found = code.plan("staging", first).artifact
    assert found is not None
    assert found.sameness == "unknown"
    assert f"what run {run.id} shipped to dev is not on record on this machine" in found.reason
    assert "dev does not run" in found.reason


def test_a_record_that_was_changed_is_not_believed(code: World) -> None:
    run = code.promote("dev")
    listed, kept = sorted(records(code), key=lambda path: path.stem == run.artifacts)
    listed.write_text(listed.read_text().replace("handler.js", "handlers.js"))
    code.deployer.files = {"handler.js": "another"}
    found = code.plan("staging").artifact
    assert found is not None
    assert "other bytes in HelloLambdaFunction; unknown which files differ" in found.reason
    kept.write_text(kept.read_text().replace("v20", "v22"))
    assert manifest_store.load_of_run(code.context, run.id) is None
    assert manifest_store.load(code.context, "../../etc/passwd") is None


def test_a_service_without_functions_has_nothing_to_compare(world: World) -> None:
    world.commit("Add a topic")
    run = world.promote("dev")
    assert gate(world.plan("staging")) is None
    assert (run.artifacts, records(world)) == ("", [])


def test_a_package_that_cannot_be_recorded_is_still_planned(code: World, monkeypatch: pytest.MonkeyPatch) -> None:
    code.promote("dev")

    def fails(_self: object, _job: object) -> None:
        raise DeployError("orders/staging", "the disk is full")

    monkeypatch.setattr(type(code.deployer), "manifest", fails)
    found = code.plan("staging").artifact
    assert found is not None
    assert found.sameness == "unknown"


def test_records_that_no_recent_run_names_are_pruned(code: World) -> None:
    run = code.promote("dev")
    code.deployer.files = {"handler.js": "never deployed"}
    code.engine.plans.discard(code.plan("dev"))
    assert len(records(code)) == 4
    assert code.engine.prune() == ()
    old = (code.clock.now() - timedelta(days=2)).timestamp()
    for path in records(code):
        os.utime(path, (old, old))
    assert "2 package records that no recent run names" in code.engine.prune()
    kept = manifest_store.load_of_run(code.context, run.id)
    assert kept is not None
    assert {path.stem for path in records(code)} == {run.artifacts, kept.archives[0].content}
    code.clock.at += timedelta(days=91)
    code.engine.prune()
    assert records(code) == []
