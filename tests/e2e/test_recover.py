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
