"""Somebody updates a stack past promote-tui: it is seen, written down, and adopted by a person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws


def deploy_by_hand(workspace: Workspace, sha: str) -> None:
    """Update dev's stack with CloudFormation alone, so that it names another commit."""
    client = workspace.client("dev")
    found = client.get_template(StackName="orders-dev")["TemplateBody"]
    template = found if isinstance(found, dict) else json.loads(found)
    template["Outputs"]["DeployedCommit"]["Value"] = sha
    template["Resources"]["Topic"]["Properties"]["DisplayName"] = "by hand"
    client.update_stack(
        StackName="orders-dev", TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    client.get_waiter("stack_update_complete").wait(StackName="orders-dev", WaiterConfig={"Delay": 0.05})


def test_an_update_by_hand_is_seen_written_down_and_adopted(workspace: Workspace) -> None:
    workspace.commit("Begin")
    assert workspace.promote("dev").returncode == 0
    assert workspace.run("runs", "record").stderr == "nobody else has updated a stack\n"
    sha = workspace.commit("By hand")
    deploy_by_hand(workspace, sha)

    (service,) = workspace.json("status")["services"]
    assert "outside of promote-tui" in service["stages"]["dev"]["foreign"]
    assert "orders/dev: updated on " in workspace.run("status").stdout
    (plan,) = workspace.json("plan", "orders", "--to", "staging", "--commit", sha)["plans"]
    assert "or adopt it" in plan["gates"][0]["reason"]

    recorded = workspace.run("runs", "record", "orders", "--stage", "dev")
    assert recorded.returncode == 0, recorded.stderr
    newest = workspace.json("runs")["runs"][0]
    assert (newest["kind"], newest["status"], newest["to"]) == ("foreign", "succeeded", sha)
    assert newest["reason"] == "unknown who did it: CloudTrail has no record (any more)"
    assert workspace.run("runs", "record").stderr == "nobody else has updated a stack\n"

    adopted = workspace.run("adopt", "orders", "dev", "--reason", "looked at it")
    assert adopted.returncode == 0, adopted.stderr
    (service,) = workspace.json("status")["services"]
    assert (service["stages"]["dev"]["foreign"], service["stages"]["dev"]["verified"]) == (None, "verified")
    (plan,) = workspace.json("plan", "orders", "--to", "staging")["plans"]
    assert (plan["commit"], plan["gates"][0]["passed"]) == (sha, True)
