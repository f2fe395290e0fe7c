"""What a review says before a deploy, from CloudFormation's own change set, and what the deploy then does."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from promote_tui.bootstrap import open_engine
from promote_tui.cli.text.plan import review_lines
from promote_tui.cli.text.style import Style

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.planning.plan import Plan
    from promote_tui.engine.engine import Engine
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws

GOLDEN = Path(__file__).parent / "golden"


def table(key: str) -> dict[str, Any]:
    """Return a table with a name of its own: CloudFormation cannot replace it."""
    return {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "TableName": "orders",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        },
    }


def role(*actions: str) -> dict[str, Any]:
    """Return a role that may do this to everything."""
    may = {"Effect": "Allow", "Action": [*actions], "Resource": "*"}
    assumed = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [assumed]},
            "Policies": [{"PolicyName": "work", "PolicyDocument": {"Version": "2012-10-17", "Statement": [may]}}],
        },
    }


BASE: dict[str, Any] = {
    "Orders": table("id"),
    "Uploads": {"Type": "AWS::S3::Bucket"},
    "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "orders"}},
    "Worker": role("dynamodb:GetItem"),
}
EXPORT = {"TopicArn": {"Value": {"Ref": "Topic"}, "Export": {"Name": "orders-topic"}}}
CASES: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    "table-key-changed": (BASE | {"Orders": table("tenant")}, EXPORT),
    "bucket-removed": ({name: each for name, each in BASE.items() if name != "Uploads"}, EXPORT),
    "export-in-use": (BASE, {}),
    "rights-granted": (BASE | {"Worker": role("dynamodb:GetItem", "dynamodb:DeleteItem")}, EXPORT),
    "nothing": (BASE, EXPORT),
}


@pytest.fixture
def engine(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The engine, in this process, with the base deployed to dev."""
    workspace.commit("Begin", BASE, outputs=EXPORT)
    done = workspace.promote("dev")
    assert done.returncode == 0, done.stderr
    for name, value in workspace.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PYTHONWARNINGS")
    return open_engine(workspace.config)


def told(plan: Plan) -> str:
    """Return what the command line says of the infrastructure and the gates, without what differs from run to run."""
    text = "\n".join(review_lines(plan.draft, plan, Style(), plan.created_at))
    text = text[text.index("Infrastructure") : text.index("\nCommand")]
    text = re.sub(r"\b\d{12}\b", "<account>", text)
    text = re.sub(r"\b[0-9a-f]{7}\b", "<commit>", text)
    return re.sub(r"in about \d+s", "in about <time>", text)


def test_the_review_says_what_a_real_change_set_says(workspace: Workspace, engine: Engine) -> None:
    imports = {"Type": "String", "Value": {"Fn::ImportValue": "orders-topic"}}
    importer = json.dumps({"Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": imports}}})
    client = workspace.client("dev")
    client.create_stack(StackName="billing-dev", TemplateBody=importer)
    client.get_waiter("stack_create_complete").wait(StackName="billing-dev", WaiterConfig={"Delay": 0.05})
    for name, (resources, outputs) in CASES.items():
        workspace.commit(f"Change: {name}", resources, outputs=outputs)
        plan = engine.plans.make(engine.plans.draft("orders", "dev"))
        engine.plans.discard(plan)
        golden = GOLDEN / f"{name}.txt"
        if os.environ.get("UPDATE_GOLDEN"):
            golden.parent.mkdir(exist_ok=True)
            golden.write_text(told(plan), encoding="utf-8")
        assert told(plan) == golden.read_text(encoding="utf-8"), name
        assert not plan.review.predicted, name
    sets = client.list_change_sets(StackName="orders-dev")["Summaries"]
    assert [each["ChangeSetName"] for each in sets if each["ChangeSetName"].startswith("promote-tui")] == []


def test_a_changed_key_is_refused_by_name_and_then_does_what_the_review_said(workspace: Workspace) -> None:
    good = workspace.commit("Begin", {"Orders": table("id")})
    assert workspace.promote("dev").returncode == 0
    workspace.commit("Key by tenant", {"Orders": table("tenant")})
    (change,) = workspace.json("plan", "orders", "--to", "dev")["plans"][0]["changes"]
    assert (change["logical_id"], change["type"], change["action"]) == ("Orders", "AWS::DynamoDB::Table", "modify")
    assert (change["replacement"], change["holds_data"], change["predicted"]) == ("conditional", True, False)
    refused = workspace.promote("dev")
    assert refused.returncode == 3, refused.stderr
    assert "--allow-replace Orders" in refused.stderr
    assert workspace.deployed("dev") == good
    wrong = workspace.promote("dev", "--allow-remove", "Orders")
    assert wrong.returncode == 3, wrong.stderr
    done = workspace.promote("dev", "--allow-replace", "Orders")
    assert done.returncode == 1, done.stderr
    assert "rolled back" in done.stdout + done.stderr
    assert workspace.deployed("dev") == good


@pytest.mark.cli
def test_each_change_names_its_commits_and_the_manual_change_that_it_sets_back(workspace: Workspace) -> None:
    queue = "Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: jobs, VisibilityTimeout: %d}\n"
    own: dict[str, Any] = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "orders"}}}
    its: dict[str, Any] = {"includes": ["jobs.yml"], "functions": {"pay": {"handler": "pay.go", "timeout": 6}}}
    code = "exports.go = async () => %d;\n"
    workspace.commit("Begin", own, {"jobs.yml": queue % 30, "pay.js": code % 1}, **its)
    assert workspace.promote("dev").returncode == 0
    own["Topic"]["Properties"]["DisplayName"] = "new orders"
    its["functions"]["pay"]["timeout"] = 9
    main = workspace.commit("Rename the topic, let pay take its time", own, **its)
    jobs = workspace.commit("Give jobs more time", own, {"jobs.yml": queue % 60}, **its)
    pay = workspace.commit("Pay more", own, {"pay.js": code % 2}, **its)
    sqs = workspace.client("dev", "sqs")
    url = sqs.get_queue_url(QueueName="jobs")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "45"})
    assert workspace.run("drift", "--stage", "dev", "--kind", "stack", "--exit-code").returncode == 5
    (plan,) = workspace.json("plan", "orders", "--to", "dev")["plans"]
    told = {each["logical_id"]: (each["origins"], each["overwrites"]) for each in plan["changes"]}
    assert told == {
        "Topic": ([main], []),
        "Jobs": ([jobs], ["VisibilityTimeout"]),
        "PayLambdaFunction": ([pay, main], []),
    }
    (warning,) = plan["review"]["warnings"]
    assert warning.startswith("this deploy overwrites a manual change of Jobs, as CloudFormation found ")
    shown = workspace.run("plan", "orders", "--to", "dev").stdout
    assert f"from {jobs[:7]} Ana" in shown
    assert "overwrites a manual change of VisibilityTimeout" in shown
    assert workspace.promote("dev").returncode == 0


SECRET = "canary-c0ffee-ssm"


@pytest.mark.cli
def test_a_secure_parameter_appears_nowhere(workspace: Workspace) -> None:
    ssm = workspace.client("dev", "ssm")
    ssm.put_parameter(Name="/orders/token", Value="canary-before-ssm", Type="SecureString")
    function = {"handler": "src.handler", "environment": {"TOKEN": "${ssm:/orders/token}", "LEVEL": "calm-level"}}
    files = {"src.js": "exports.handler = async () => 1;\n"}
    workspace.commit("Begin", {}, files, functions={"api": function})
    assert workspace.promote("dev").returncode == 0
    ssm.put_parameter(Name="/orders/token", Value=SECRET, Type="SecureString", Overwrite=True)
    function["environment"]["LEVEL"] = "loud-level"  # type: ignore[index]
    workspace.commit("Say more", {}, files, functions={"api": function})
    planned = workspace.run("plan", "orders", "--to", "dev")
    asked = workspace.run("plan", "orders", "--to", "dev", "--json")
    done = workspace.promote("dev")
    assert done.returncode == 0, done.stderr
    assert "Environment.Variables.TOKEN" in planned.stdout
    assert "Environment.Variables.LEVEL" in planned.stdout
    shown = "".join(each.stdout + each.stderr for each in (planned, asked, done))
    home = workspace.folder / "home"
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    for word in (SECRET, "canary-before-ssm", "calm-level", "loud-level"):
        assert word not in shown
    assert SECRET.encode() not in kept
    assert b"canary-before-ssm" not in kept
