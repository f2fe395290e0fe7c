"""`describe` of the program itself: a real stack, somebody else's update that failed, and what a function logged."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.faults import fault_proxy, refuse
from tests.support.workspace import BROKEN

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws

API = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "FunctionName": "orders-dev-api",
        "Runtime": "nodejs20.x",
        "Handler": "index.handler",
        "Role": "arn:aws:iam::111111111111:role/r",
        "Code": {"ZipFile": "exports.handler = async () => 1;"},
    },
}
GROUP = "/aws/lambda/orders-dev-api"


def fail_by_hand(workspace: Workspace) -> None:
    """Somebody updates dev's stack with CloudFormation alone, and that fails and is rolled back."""
    client = workspace.client("dev")
    found = client.get_template(StackName="orders-dev")["TemplateBody"]
    template = found if isinstance(found, dict) else json.loads(found)
    template["Resources"]["ByHand"] = BROKEN
    client.update_stack(
        StackName="orders-dev", TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    client.get_waiter("stack_rollback_complete").wait(StackName="orders-dev", WaiterConfig={"Delay": 0.05})


def test_what_was_deployed_is_described_with_the_failure_of_others(workspace: Workspace) -> None:
    sha = workspace.commit("Begin", {"Api": API})
    assert workspace.promote("dev").returncode == 0
    well = workspace.json("describe", "orders", "dev")
    assert (well["commit"], well["failed_update"], well["not_read"]) == (sha, None, [])
    assert {each["status"] for each in well["resources"]} <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    assert [(each["to"], each["status"], each["subject"]) for each in well["deployments"]] == [
        (sha, "succeeded", "Begin")
    ]

    fail_by_hand(workspace)
    found = workspace.json("describe", "orders", "dev")
    failed = found["failed_update"]
    assert (failed["external"], failed["run"], failed["cause"]["logical_id"]) == (True, None, "ByHand")
    assert failed["unknown"] == "unknown who did it: CloudTrail has no record (any more)"
    assert [event["logical_id"] for event in failed["events"]] == ["ByHand"]

    logs = workspace.client("dev", "logs")
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName="s")
    event = {"timestamp": int(time.time() * 1000), "message": "ERROR password=hunter2hunter2"}
    logs.put_log_events(logGroupName=GROUP, logStreamName="s", logEvents=[event])
    (log,) = workspace.json("describe", "orders", "dev", "--logs")["logs"]["functions"]
    assert (log["group"], [line["text"] for line in log["errors"]]) == (GROUP, ["ERROR password=[masked]"])


def test_a_right_that_is_missing_says_so_in_its_own_line(workspace: Workspace) -> None:
    workspace.commit("Begin", {"Api": API})
    assert workspace.promote("dev").returncode == 0
    with fault_proxy(workspace.emulator.url) as proxy:
        workspace.environment["AWS_ENDPOINT_URL"] = proxy.url
        for action in ("ListStackResources", "FilterLogEvents"):
            proxy.spoil(action, refuse("AccessDenied", 403, f"not authorized to perform: {action}"))
        done = workspace.run("describe", "orders", "dev", "--logs")
    assert done.returncode == 0
    assert "!  resources: no permission for ListStackResources: not authorized" in done.stdout
    assert "Deployments" in done.stdout
    assert "DeployedCommit" in done.stdout
