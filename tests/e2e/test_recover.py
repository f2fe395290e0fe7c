"""Stuck stacks are freed by `recover`, and are left alone where they hold data or the right is missing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.faults import refuse
from tests.support.iam_document import right, rights
from tests.support.waiting import until
from tests.support.workspace import BROKEN, TOPIC

if TYPE_CHECKING:
    from tests.support.faults import Faults
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws

TABLE = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    },
}


def body(**resources: Any) -> str:  # noqa: ANN401 - resources of a template
    return json.dumps({"Resources": {"Topic": TOPIC, **resources}})


def rests(workspace: Workspace, stage: str, status: str) -> None:
    until(lambda: (workspace.stack(stage) or {}).get("StackStatus") == status, f"the stack is {status}")


def create(workspace: Workspace, stage: str, template: str, status: str, **options: str) -> None:
    workspace.client(stage).create_stack(StackName=f"orders-{stage}", TemplateBody=template, **options)
    rests(workspace, stage, status)


def test_each_stuck_state_is_freed_and_nothing_without_the_right(workspace: Workspace, faults: Faults) -> None:
    sha = workspace.commit("Begin")
    broken = {"Broken": {**BROKEN, "DependsOn": "Topic"}}
    workspace.adopted("dev", sha)
    client = workspace.client("dev")
    client.update_stack(StackName="orders-dev", TemplateBody=body(**broken), DisableRollback=True)
    rests(workspace, "dev", "UPDATE_FAILED")
    assert (
        "roll the stack back (RollbackStack): promote-tui recover orders dev, then promote again"
        in workspace.run("status").stdout
    )
    shown = workspace.run("recover", "orders", "dev", "--dry-run")
    assert (shown.returncode, "Broken (Custom::Broken)" in shown.stderr) == (0, True)
    assert workspace.run("recover", "orders", "dev").returncode == 3

    faults.spoil("RollbackStack", refuse("AccessDenied", 403))
    denied = workspace.run("recover", "orders", "dev", "--yes")
    assert (denied.returncode, "RollbackStack" in denied.stderr) == (3, True)
    assert (workspace.stack("dev") or {})["StackStatus"] == "UPDATE_FAILED"
    faults.mend()
    del faults.calls[:]
    done = workspace.run("recover", "orders", "dev", "--yes", "--reason", "it is stuck")
    assert done.returncode == 0, done.stderr
    assert f"the stack is UPDATE_ROLLBACK_COMPLETE and runs {sha[:7]}" in done.stderr
    used = {right(call) for call in faults.calls} - {"sts:GetCallerIdentity"}
    assert used <= rights("To read", "To free stuck stacks")
    assert workspace.json("runs")["runs"][0]["kind"] == "recovery"
    assert workspace.json("status")["services"][0]["stages"]["dev"]["commit"] == sha

    create(workspace, "staging", body(**broken), "ROLLBACK_COMPLETE")
    gone = workspace.run("recover", "orders", "staging", "--yes")
    assert (gone.returncode, workspace.stack("staging")) == (0, None), gone.stderr
    workspace.client("staging").create_change_set(
        StackName="orders-staging", ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=body()
    )
    rests(workspace, "staging", "REVIEW_IN_PROGRESS")
    again = workspace.run("recover", "orders", "staging", "--yes")
    assert (again.returncode, workspace.stack("staging")) == (0, None), again.stderr

    broken["Broken"]["DependsOn"] = "Table"
    create(workspace, "prod", body(Table=TABLE, **broken), "CREATE_FAILED", OnFailure="DO_NOTHING")
    kept = workspace.run("recover", "orders", "prod", "--confirm", "orders prod")
    assert (kept.returncode, "Table (AWS::DynamoDB::Table)" in kept.stderr) == (3, True)
    assert workspace.stack("prod") is not None


def stick(workspace: Workspace) -> None:
    """Let an update of dev fail, and its rollback fail at a filter whose log group is gone."""
    client, logs = workspace.client("dev"), workspace.client("dev", "logs")
    logs.create_log_group(logGroupName="shared")
    wait = {"Handle": {"Ref": "Handle"}, "Timeout": 2}
    more = {
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle", "DependsOn": "Filter"},
        "Wait": {"Type": "AWS::CloudFormation::WaitCondition", "Properties": wait},
    }
    create(workspace, "dev", body(Filter=metric_filter("one")), "CREATE_COMPLETE")
    client.update_stack(StackName="orders-dev", TemplateBody=body(Filter=metric_filter("two"), **more))
    until(
        lambda: any(
            each["LogicalResourceId"] == "Wait"
            for each in client.describe_stack_events(StackName="orders-dev")["StackEvents"]
        ),
        "the update waits",
    )
    logs.delete_log_group(logGroupName="shared")
    rests(workspace, "dev", "UPDATE_ROLLBACK_FAILED")


def metric_filter(pattern: str) -> dict[str, Any]:
    metric = {"MetricName": "m", "MetricNamespace": "n", "MetricValue": "1"}
    properties = {"LogGroupName": "shared", "FilterPattern": pattern, "MetricTransformations": [metric]}
    return {"Type": "AWS::Logs::MetricFilter", "Properties": properties}


def test_a_rollback_is_continued_and_goes_on_without_what_cannot_be_set_back(workspace: Workspace) -> None:
    workspace.commit("Begin")
    stick(workspace)
    again = workspace.run("recover", "orders", "dev", "--yes")
    assert (again.returncode, "may skip Filter (--skip Filter)" in again.stderr) == (1, True), again.stderr
    assert "promote-tui recover orders dev" in again.stderr
    wrong = workspace.run("recover", "orders", "dev", "--skip", "Topic", "--yes")
    assert (wrong.returncode, "Topic failed in no rollback" in wrong.stderr) == (2, True), wrong.stderr
    untyped = workspace.run("recover", "orders", "dev", "--skip", "Filter", "--yes")
    assert (untyped.returncode, '--confirm "orders dev"' in untyped.stderr) == (3, True), untyped.stderr
    done = workspace.run("recover", "orders", "dev", "--skip", "Filter", "--confirm", "orders dev")
    assert (done.returncode, "counts it as rolled back" in done.stderr) == (0, True), done.stderr
    assert (workspace.stack("dev") or {})["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
