"""Stacks that another deploy has left with a name of its commit: what every command makes of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.workspace import TOPIC

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws


def left_by_another_deploy(workspace: Workspace, stage: str, **outputs: str) -> None:
    """Make the stage's stack as the CLI leaves it, with these outputs besides."""
    client, bucket = workspace.client(stage), "ServerlessDeploymentBucket"
    named = {f"{bucket}Name": {"Ref": bucket}, **outputs}
    template = {
        "Resources": {bucket: {"Type": "AWS::S3::Bucket"}, "Topic": TOPIC},
        "Outputs": {name: {"Value": value} for name, value in named.items()},
    }
    client.create_stack(StackName=f"orders-{stage}", TemplateBody=json.dumps(template))
    client.get_waiter("stack_create_complete").wait(StackName=f"orders-{stage}", WaiterConfig={"Delay": 0.05})


def cell(workspace: Workspace, stage: str) -> dict[str, Any]:
    (service,) = workspace.json("status")["services"]
    found: dict[str, Any] = service["stages"][stage]
    return found


def test_names_of_commits_that_the_clone_has_are_those_commits_in_every_command(workspace: Workspace) -> None:
    first, second = workspace.commit("Begin"), workspace.commit("Go on")
    left_by_another_deploy(workspace, "dev", DeployedCommit=f"v1-1-g{second[:7]}")
    left_by_another_deploy(workspace, "staging", DeployedCommit=first[:7])
    dev, staging = cell(workspace, "dev"), cell(workspace, "staging")
    assert (dev["commit"], dev["named"], dev["verified"]) == (second, f"v1-1-g{second[:7]}", "observed")
    assert (staging["commit"], staging["named"]) == (first, first[:7])
    assert staging["drift"] == {"against": "dev", "relation": "behind", "ahead": 0, "behind": 1}
    assert "not in this clone" not in workspace.run("status").stdout
    assert {each["commit"]: each["stages"] for each in workspace.json("log", "orders")["commits"]} == {
        second: ["dev"],
        first: ["staging"],
    }
    assert "Go on" in workspace.run("notes", "orders", "--from", "dev", "--to", "staging").stdout
    (plan,) = workspace.json("plan", "orders", "--to", "staging")["plans"]
    assert (plan["commit"], plan["deployed"], plan["deployed_named"]) == (second, first, first[:7])
    assert plan["gates"][0]["reason"] == "runs in dev"
    done = workspace.promote("staging")
    assert done.returncode == 0, done.stderr
    assert (cell(workspace, "staging")["commit"], cell(workspace, "staging")["named"]) == (second, None)


def test_code_with_changes_on_top_is_shown_whole_and_goes_nowhere_until_it_is_promoted(workspace: Workspace) -> None:
    sha = workspace.commit("Begin")
    left_by_another_deploy(workspace, "dev", DeployedCommit=f"{sha}-dirty", GitSha=sha)
    found = cell(workspace, "dev")
    assert (found["state"], found["commit"], found["named"], found["verified"]) == (
        *("unreported", None),
        *(f"{sha}-dirty", "no"),
    )
    assert found["reason"] == f"its output DeployedCommit names {sha}-dirty, which is not a commit"
    assert "GitSha" not in found["remedy"]
    notes = workspace.run("notes", "orders", "--from", "dev", "--to", "main")
    assert (notes.returncode, f"names {sha}-dirty, which is not a commit" in notes.stderr) == (1, True)
    (plan,) = workspace.json("plan", "orders", "--to", "staging", "--commit", sha)["plans"]
    assert not plan["gates"][0]["passed"]
    done = workspace.promote("dev")
    assert done.returncode == 0, done.stderr
    assert (cell(workspace, "dev")["commit"], cell(workspace, "dev")["verified"]) == (sha, "verified")


def test_an_output_of_another_name_is_the_remedy_and_a_list_reads_it(workspace: Workspace) -> None:
    sha = workspace.commit("Begin")
    left_by_another_deploy(workspace, "dev", GitSha=sha)
    found = cell(workspace, "dev")
    assert found["state"] == "unreported"
    assert found["remedy"].startswith("set `output: GitSha` for the service in the configuration")
    workspace.configure(services=[{"name": "orders", "repo": "orders", "output": ["DeployedCommit", "GitSha"]}])
    assert (cell(workspace, "dev")["commit"], cell(workspace, "dev")["verified"]) == (sha, "observed")
    done = workspace.promote("dev")
    assert done.returncode == 0, done.stderr
    assert workspace.deployed("dev") == sha
