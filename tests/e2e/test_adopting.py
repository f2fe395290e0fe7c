"""A stack that somebody deployed past promote-tui: seen, written down, and adopted as the commit that it runs."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.workspace import REGION

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = [pytest.mark.aws, pytest.mark.cli]
SERVICE: dict[str, Any] = {"functions": {"hello": {"handler": "handler.run"}}}


def code(word: str) -> dict[str, str]:
    """A handler that says this."""
    return {"handler.js": f"exports.run = async () => '{word}';\n"}


def deploy_by_hand(workspace: Workspace, stage: str) -> None:
    """Deploy what lies in the repository with the plain CLI, as people do."""
    keys = {"AWS_ACCESS_KEY_ID": workspace.accounts[stage], "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": REGION}
    subprocess.run(
        [*workspace.command, "deploy", "--stage", stage, "--region", REGION],
        cwd=workspace.repo,
        env=workspace.environment | keys | {"AWS_DEFAULT_REGION": REGION, "CI": "1"},
        check=True,
        capture_output=True,
    )


def dev(workspace: Workspace) -> dict[str, Any]:
    """What `status` says of dev."""
    (service,) = workspace.json("status")["services"]
    found: dict[str, Any] = service["stages"]["dev"]
    return found


def test_a_plain_deploy_is_recorded_as_a_success_and_adopted_because_its_package_is_what_runs(
    workspace: Workspace,
) -> None:
    (workspace.repo / ".gitignore").write_text(".serverless\n", encoding="utf-8")
    first = workspace.commit("Say one", files=code("one"), **SERVICE)
    assert workspace.promote("dev").returncode == 0
    second = workspace.commit("Say two", files=code("two"), **SERVICE)
    deploy_by_hand(workspace, "dev")

    seen = dev(workspace)
    assert (seen["state"], seen["commit"]) == ("unreported", None)
    shown = workspace.run("status", "--exit-code")
    assert shown.returncode == 5
    assert "promote-tui runs record orders --stage dev; a deploy by hand names its commit with " in shown.stdout
    recorded = workspace.run("runs", "record", "orders", "dev")
    assert recorded.returncode == 0, recorded.stderr
    run = workspace.json("runs")["runs"][0]
    assert (run["kind"], run["status"], run["from"], run["to"]) == ("foreign", "succeeded", first, None)
    assert "promote-tui adopt orders dev --commit REV" in workspace.run("status").stdout

    other = workspace.run("adopt", "orders", "dev", "--commit", first)
    assert other.returncode == 3
    assert "other code than dev runs: HelloLambdaFunction" in other.stderr
    adopted = workspace.run("adopt", "orders", "dev", "--commit", "HEAD")
    assert adopted.returncode == 0, adopted.stderr
    proof = "proved: its package is what dev runs: 1 function by CodeSha256, no resource differs"
    assert adopted.stdout.splitlines()[0] == proof
    seen = dev(workspace)
    assert (seen["state"], seen["commit"], seen["verified"]) == ("deployed", second, "verified")
    assert (seen["adopted"], seen["foreign"]) == (workspace.json("runs")["runs"][0]["id"], None)
    assert workspace.run("status", "--exit-code").returncode == 0
    (plan,) = workspace.json("plan", "orders", "--to", "staging")["plans"]
    assert (plan["commit"], plan["gates"][0]["passed"]) == (second, True)


def test_a_stack_that_was_never_ours_is_adopted_with_a_reason_where_nothing_is_proved(workspace: Workspace) -> None:
    (workspace.repo / ".gitignore").write_text(".serverless\n", encoding="utf-8")
    workspace.commit("Say one", files=code("one"), **SERVICE)
    deploy_by_hand(workspace, "dev")
    drift = workspace.run("drift", "--kind", "commit", "--exit-code")
    assert drift.returncode == 5
    assert "the commit of dev is unknown: the stack has no output DeployedCommit" in drift.stdout
    assert "no drift" not in drift.stdout

    other = workspace.commit("Say two", files=code("two"), **SERVICE)
    adopted = workspace.run("adopt", "orders", "dev", "--commit", "HEAD", "--reason", "built by the old pipeline")
    assert adopted.returncode == 0, adopted.stderr
    assert adopted.stdout.splitlines()[0] == "not proved: other code than dev runs: HelloLambdaFunction"
    run = workspace.json("runs")["runs"][0]
    shown = workspace.run("runs", "show", run["id"]).stdout
    assert "not proved: other code than dev runs: HelloLambdaFunction" in shown
    assert (run["kind"], run["from"], run["from_unknown"], run["to"]) == ("adopted", None, True, other)
    assert run["reason"] == "built by the old pipeline"
