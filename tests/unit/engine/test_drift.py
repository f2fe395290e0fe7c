"""The three drifts of a service, asked of git and of CloudFormation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.changes.stack_drift import Detection, PropertyDrift, ResourceDrift, StackDrift
from promote_tui.core.drift.config import ConfigDrift
from promote_tui.core.errors import AwsError
from promote_tui.core.model.cells import Never, Unreachable
from promote_tui.engine.drift import LONGEST_SECONDS

if TYPE_CHECKING:
    from promote_tui.core.changes.model import Template
    from promote_tui.core.model.cells import Cell
    from tests.support.engine_world import World

CHARGE = ResourceDrift("Charge", "AWS::Lambda::Function", False, (PropertyDrift("Timeout", "change", "6", "30"),))


def cells(world: World, **deployed: str) -> dict[str, Cell]:
    """Return every stage's cell, with these commits deployed."""
    for stage, sha in deployed.items():
        world.stacks.deploy(world.target(stage), sha)
    return {stage: world.context.stacks.cell(world.target(stage)) for stage in ("dev", "staging", "prod")}


def with_memory(size: int) -> Template:
    """Return a template with a function of this memory."""
    return {"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {"MemorySize": size}}}}


def test_a_hotfix_on_a_stage_and_what_waits_for_it_are_told_apart(world: World) -> None:
    first = world.commit("one")
    world.repository.branch("hotfix", first)
    hotfix = world.repository.commit({"orders/fix": "1"}, branch="hotfix")
    second = world.commit("two")
    found = world.engine.drift.of_commits("orders", cells(world, dev=second, staging=second, prod=hotfix))
    assert [commit.sha for commit in found["prod"].missing] == [second]
    assert [commit.sha for commit in found["prod"].hotfixes] == [hotfix]
    assert found["staging"].missing == found["staging"].extra == ()
    assert "dev" not in found


def test_a_stage_that_runs_no_commit_has_no_commit_drift(world: World) -> None:
    every = cells(world, dev=world.commit("one"))
    assert isinstance(every["prod"], Never)
    assert world.engine.drift.of_commits("orders", every) == {}


def test_each_template_is_read_once_and_compared_with_the_stage_before(world: World) -> None:
    sha = world.commit("one")
    every = cells(world, dev=sha, staging=sha, prod=sha)
    for stage, size in (("dev", 512), ("staging", 512), ("prod", 1024)):
        world.inspector.templates[world.target(stage).key] = with_memory(size)
    found = world.engine.drift.of_config("orders", every)
    assert found["staging"] == ConfigDrift()
    (one,) = found["prod"].differences
    assert (one.name, one.path, one.here, one.before) == ("F", "MemorySize", "1024", "512")
    assert len(world.inspector.called) == 3


def test_a_template_that_cannot_be_read_is_said_and_hides_no_other(world: World) -> None:
    sha = world.commit("one")
    every = cells(world, dev=sha, staging=sha)
    world.inspector.errors["template"] = AwsError("orders/dev", "no right to read it")
    found = world.engine.drift.of_config("orders", every)
    assert found["staging"].unknown.endswith("no right to read it")
    assert "prod" not in found


def test_a_stage_out_of_reach_is_not_compared_and_that_is_said(world: World) -> None:
    every = cells(world, dev=world.commit("one"))
    every["staging"] = Unreachable(world.target("staging"), "no answer", "")
    unknown = "the commit of staging is unknown: no answer"
    assert world.engine.drift.of_config("orders", every) == {
        "staging": ConfigDrift(unknown=unknown),
        "prod": ConfigDrift(unknown=unknown),
    }


def test_commits_that_no_stack_names_are_unknown_and_never_no_drift(world: World) -> None:
    for stage in ("dev", "staging", "prod"):
        world.stacks.deploy(world.target(stage), "unknown")
    found = {stage: world.stacks.cell(world.target(stage)) for stage in ("dev", "staging", "prod")}
    assert {stage: drift.unknown for stage, drift in world.engine.drift.of_commits("orders", found).items()} == {
        stage: f'the commit of {stage} is unknown: its output DeployedCommit says "unknown"'
        for stage in ("dev", "staging", "prod")
    }


def test_the_last_drift_is_known_only_where_there_was_a_detection(world: World) -> None:
    target = world.target("prod")
    world.inspector.drifted[target.key] = (CHARGE,)
    assert world.engine.drift.of_stack(target, "stack") == StackDrift()
    world.inspector.detected[target.key] = world.clock.at
    assert world.engine.drift.of_stack(target, "stack") == StackDrift((CHARGE,), world.clock.at)


def test_a_detection_is_waited_for(world: World) -> None:
    target = world.target("prod")
    world.inspector.drifted[target.key] = (CHARGE,)
    world.inspector.detections = [Detection("detecting"), Detection("detecting"), Detection("complete", 1)]
    waited: list[float] = []
    found = world.engine.drift.detect(target, "stack", waited.append)
    assert found.resources == (CHARGE,)
    assert found.checked_at is not None
    assert len(waited) == 2


@pytest.mark.parametrize(
    ("detections", "words"),
    [
        ([Detection("failed", reason="no right")], "no right"),
        ([Detection("detecting")], "did not finish within 15 minutes"),
    ],
)
def test_a_detection_that_fails_or_never_ends_says_so(world: World, detections: list[Detection], words: str) -> None:
    world.inspector.detections = detections
    assert words in world.engine.drift.detect(world.target("prod"), "stack").unknown
    assert world.clock.slept <= LONGEST_SECONDS + 2


def test_trouble_with_aws_is_a_value(world: World) -> None:
    for method in ("detect_drift", "last_detection"):
        world.inspector.errors[method] = AwsError("orders/prod", "denied")
    assert world.engine.drift.detect(world.target("prod"), "stack").unknown == "denied"
    assert world.engine.drift.of_stack(world.target("prod"), "stack").unknown == "denied"
