"""Parameters and secrets of a stage reach the deploy, and no log, ledger, plan or comment holds a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = [pytest.mark.aws, pytest.mark.cli]

STORED, SECRET, LOCAL = "canary-4d1f-stored", "canary-9b2e-secret", "canary-77aa-local"
CANARIES = (STORED, SECRET, LOCAL)
TOPICS = {
    "Named": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "${param:title}"}},
    "Stored": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "${param:stored}"}},
    "Secret": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "${param:secret}"}},
    "Local": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "${env:LOCAL}"}},
}
PARAMS = {
    "title": "shop of {stage}",
    "stored": {"ssm": "/{stage}/key"},
    "secret": {"secret": "orders", "key": "token"},
}


def test_values_reach_the_deploy_and_no_secret_stays_behind(workspace: Workspace) -> None:
    deploy = {"command": workspace.command, "params": PARAMS, "env": {"LOCAL": "${CANARY}"}}
    workspace.configure(deploy=deploy)
    workspace.environment["CANARY"] = LOCAL
    workspace.commit("Read parameters", TOPICS)
    missing = workspace.promote("dev")
    assert missing.returncode == 1
    assert "values are missing in " in missing.stderr
    gone = "params stored (SSM /dev/key: there is none), params secret (secret orders, token: there is none)"
    assert gone in missing.stderr

    workspace.client("dev", "ssm").put_parameter(Name="/dev/key", Value=STORED, Type="SecureString")
    workspace.client("dev", "secretsmanager").create_secret(Name="orders", SecretString=f'{{"token": "{SECRET}"}}')
    planned = workspace.run("plan", "orders", "--to", "dev", "--markdown")
    assert "param stored (SSM /dev/key)" in planned.stdout
    (plan,) = workspace.json("plan", "orders", "--to", "dev")["plans"]
    assert [(value["kind"], value["name"], value["source"]) for value in plan["values"]] == [
        ("param", "secret", "secret orders, token"),
        ("param", "stored", "SSM /dev/key"),
        ("param", "title", "configuration"),
        ("env", "LOCAL", "environment CANARY"),
    ]
    done = workspace.promote("dev")
    assert done.returncode == 0, done.stderr

    sns = workspace.client("dev", "sns")
    arns = [topic["TopicArn"] for topic in sns.list_topics()["Topics"]]
    names = {sns.get_topic_attributes(TopicArn=arn)["Attributes"].get("DisplayName", "") for arn in arns}
    assert {"shop of dev", *CANARIES} <= names
    shown = "".join((missing.stderr, planned.stdout, planned.stderr, str(plan), done.stdout, done.stderr))
    assert not [word for word in CANARIES if word in shown]
    files = [path for path in (workspace.folder / "home").rglob("*") if path.is_file()]
    assert not [path for path in files if any(word.encode() in path.read_bytes() for word in CANARIES)]
