"""The drifts of real stacks: settings by the templates that the CLI makes, and a change by hand that is detected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from promote_tui.bootstrap import open_engine
from promote_tui.core.changes.model import PropertyChange
from promote_tui.core.changes.stack_drift import StackDrift, differences

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws

FILES = {"src.js": "exports.handler = async () => 1;\n"}
RESOURCES: dict[str, Any] = {
    "Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs-${sls:stage}", "VisibilityTimeout": 30}},
}
PARTS: dict[str, Any] = {
    "custom": {"memory": {"dev": 512, "staging": 1024}},
    "functions": {
        "api": {
            "handler": "src.handler",
            "memorySize": "${self:custom.memory.${sls:stage}}",
            "environment": {
                "QUEUE": "jobs-${sls:stage}",
                "TOKEN": "canary-${sls:stage}-${self:custom.memory.${sls:stage}}",
            },
            "events": [{"http": {"path": "jobs", "method": "get"}}],
        }
    },
}


@pytest.mark.cli
def test_settings_that_differ_and_a_change_by_hand_are_told(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.commit("Begin", RESOURCES, FILES, **PARTS)
    for stage in ("dev", "staging"):
        done = workspace.promote(stage)
        assert done.returncode == 0, done.stderr
    for name, value in workspace.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PYTHONWARNINGS")
    engine = open_engine(workspace.config)
    cells = {stage: view.cell for (_, stage), view in engine.snapshot().cells.items()}

    found = engine.drift.of_config("orders", cells)["staging"]
    assert [(each.part, each.name, each.path, each.here, each.before) for each in found.differences] == [
        ("environment", "ApiLambdaFunction", "TOKEN", None, None),
        ("property", "ApiLambdaFunction", "MemorySize", "1024", "512"),
    ]
    assert "canary" not in str(found)
    assert engine.drift.of_commits("orders", cells)["staging"].missing == ()

    target = cells["staging"].target
    stack = str((workspace.stack("staging") or {})["StackId"])
    assert engine.drift.of_stack(target, stack) == StackDrift()
    sqs = workspace.client("staging", "sqs")
    url = sqs.get_queue_url(QueueName="jobs-staging")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60"})
    drift = engine.drift.detect(target, stack)
    assert drift.unknown == ""
    assert {each.logical_id: differences(each) for each in drift.resources} == {
        "Jobs": (PropertyChange("VisibilityTimeout", "30", "60"),)
    }
    assert engine.drift.of_stack(target, stack).resources == drift.resources

    told = workspace.run("--read-only", "drift", "--stage", "staging", "--exit-code")
    assert (told.returncode, told.stderr) == (5, "")
    assert "  ~ orders/staging  2 settings differ from dev" in told.stdout
    assert (
        "     ApiLambdaFunction  MemorySize 1024 (dev: 512)\n     ApiLambdaFunction  env TOKEN differs\n" in told.stdout
    )
    assert "  ✗ orders/staging  1 resource changed by hand" in told.stdout
    assert "     Jobs  VisibilityTimeout 30 → 60\n" in told.stdout
    sqs = workspace.client("staging", "sqs")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "90"})
    document = workspace.json("drift", "--stage", "staging")
    (resource,) = document["drifts"][0]["stack"]["resources"]
    assert resource["properties"] == [{"path": "VisibilityTimeout", "expected": "30", "actual": "90"}]
    assert "canary" not in f"{told.stdout}{document}"


def test_a_hotfix_and_a_revert_are_told_where_history_has_diverged(workspace: Workspace) -> None:
    first = workspace.commit("Round half up")
    workspace.git("checkout", "-q", "-b", "hotfix")
    hotfix = workspace.commit("Round half to even", files={"round.js": "1\n"})
    workspace.git("checkout", "-q", "main")
    later = workspace.commit(f'Revert "Round half up"\n\nThis reverts commit {first}.', files={"round.js": "2\n"})
    workspace.adopted("dev", later)
    workspace.adopted("staging", hotfix)
    told = workspace.run("drift", "--kind", "commit", "--exit-code")
    assert told.returncode == 5, told.stderr
    lines = told.stdout.splitlines()
    assert lines[1].startswith("  ◆ orders/staging  1 behind, 1 ahead of dev")
    assert lines[2] == f"     !  hotfix {hotfix[:7]} is not in dev: Round half to even"
    assert lines[3] == f"     !  staging still runs what {later[:7]} reverts: Round half up"
    assert lines[4].startswith(f"     +  {later[:7]} Revert")
