"""How a stage is deployed in its own way, and what CloudFormation would refuse: with the real CLI, to the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = [pytest.mark.aws, pytest.mark.cli]


def environment_of(workspace: Workspace, stage: str, function: str) -> dict[str, str]:
    """Return what the deployed function is told."""
    found = workspace.client(stage, "lambda").get_function_configuration(FunctionName=function)
    variables: dict[str, str] = found["Environment"]["Variables"]
    return variables


def stages_with(workspace: Workspace, **deploys: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the configuration's stages, with deploy blocks of their own."""
    stages: list[dict[str, Any]] = yaml.safe_load(workspace.config.read_text())["stages"]
    return [{**stage, **({"deploy": deploys[stage["name"]]} if stage["name"] in deploys else {})} for stage in stages]


def test_a_stages_own_settings_and_its_name_reach_lambda(workspace: Workspace) -> None:
    told = {"TABLE": "${param:table, 'none'}", "SIZE": "${env:SIZE, 'none'}"}
    function = {"handler": "handler.hello", "environment": told}
    workspace.commit("Begin", files={"handler.js": "exports.hello = async () => 1\n"}, functions={"hello": function})
    usual = {"command": workspace.command, "args": ["--param", "table={service}-{stage}-{region}", "--force"]}
    workspace.configure(stages=stages_with(workspace, staging={"env": {"SIZE": "of {stage}"}}), deploy=usual)
    assert workspace.promote("dev").returncode == 0
    assert workspace.promote("staging", "--yes").returncode == 0
    assert environment_of(workspace, "dev", "orders-dev-hello") == {"TABLE": "orders-dev-eu-west-1", "SIZE": "none"}
    assert environment_of(workspace, "staging", "orders-staging-hello") == {
        "TABLE": "orders-staging-eu-west-1",
        "SIZE": "of staging",
    }


def test_a_template_that_cloudformation_refuses_is_not_ready_and_nothing_is_deployed(workspace: Workspace) -> None:
    workspace.adopted("dev", workspace.commit("Begin"))
    before = workspace.updates("dev")
    outputs = {f"Out{number}": {"Value": "1"} for number in range(201)}
    workspace.configure(services=[{"name": "orders", "repo": "orders", "output": {"tag": "commit"}}])
    workspace.commit("Tell too much", outputs=outputs)
    (plan,) = workspace.json("plan", "orders", "--to", "dev")["plans"]
    assert not plan["ready"]
    (gate,) = (gate for gate in plan["gates"] if not gate["passed"])
    assert gate["name"] == "template"
    assert gate["reason"] == "CloudFormation refuses it: the template has 202 outputs, at most 200 are allowed"
    done = workspace.promote("dev")
    assert (done.returncode, workspace.updates("dev")) == (3, before)


def test_two_services_of_one_folder_are_promoted_each_by_its_own_file(workspace: Workspace) -> None:
    resources = {"Resources": {"Jobs": {"Type": "AWS::SQS::Queue"}}}
    provider = {"name": "aws", "runtime": "nodejs20.x"}
    worker = yaml.safe_dump({"service": "worker", "provider": provider, "resources": resources})
    sha = workspace.commit("Begin", files={"serverless.worker.yml": worker})
    services = [
        {"name": "orders", "repo": "orders"},
        {"name": "worker", "repo": "orders", "file": "serverless.worker.yml"},
    ]
    workspace.configure(services=services)
    checks = {check["name"]: check for check in workspace.json("doctor", "worker", "--stage", "dev")["checks"]}
    assert checks["target of worker/dev"]["found"].startswith("worker-dev in ")
    assert workspace.promote("dev").returncode == 0
    assert workspace.run("promote", "worker", "--to", "dev").returncode == 0
    found = workspace.stack("dev", "worker-dev")
    assert found is not None
    assert {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}["DeployedCommit"] == sha
    assert workspace.deployed("dev") == sha
