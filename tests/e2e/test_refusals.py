"""What must not be deployed is refused with exit code 3 and a reason, and nothing reaches AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    import subprocess

    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws


def refused(done: subprocess.CompletedProcess[str], *reasons: str) -> None:
    """Assert that a command was refused, with these words."""
    assert done.returncode == 3, done.stderr
    for reason in reasons:
        assert reason in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_account_is_refused(workspace: Workspace) -> None:
    workspace.commit("Add a topic")
    workspace.write_profiles(workspace.accounts | {"dev": workspace.accounts["prod"]})
    refused(workspace.promote("dev"), workspace.accounts["prod"], workspace.accounts["dev"])
    assert workspace.stack("dev") is None
    assert workspace.stack("prod", "orders-dev") is None


def dotenv(workspace: Workspace, profile: str) -> None:
    """Commit a service whose .env points the CLI at another profile."""
    files = {".env": f"AWS_DEV_PROFILE={profile}\nAWS_PROD_PROFILE={profile}\n"}
    workspace.commit("Use dotenv", files=files)
    service = yaml.safe_load((workspace.repo / "serverless.yml").read_text(encoding="utf-8"))
    (workspace.repo / "serverless.yml").write_text(yaml.safe_dump({"useDotenv": True} | service), encoding="utf-8")
    workspace.git("commit", "-qam", "Use dotenv")


@pytest.mark.cli
def test_a_dotenv_file_cannot_point_the_deploy_at_another_account(workspace: Workspace) -> None:
    dotenv(workspace, "acme-prod")
    done = workspace.promote("dev")
    assert done.returncode == 0, done.stderr
    assert workspace.stack("prod", "orders-dev") is None
    assert workspace.deployed("dev") == workspace.git("rev-parse", "HEAD")


@pytest.mark.cli
def test_a_wrong_account_is_refused_although_a_dotenv_file_names_the_right_one(workspace: Workspace) -> None:
    dotenv(workspace, "acme-dev")
    workspace.write_profiles(workspace.accounts | {"dev": workspace.accounts["prod"]})
    done = workspace.promote("dev")
    refused(done, workspace.accounts["prod"])
    assert workspace.stack("dev") is None
    assert workspace.stack("prod", "orders-dev") is None


def test_a_commit_that_is_on_no_allowed_branch_is_refused(workspace: Workspace) -> None:
    workspace.commit("Add a topic")
    workspace.git("checkout", "-q", "-b", "feature/x")
    workspace.adopted("dev", workspace.commit("Try something"))
    refused(workspace.promote("staging", "--commit", "feature/x"), "branch", "only on feature/x")
    assert workspace.stack("staging") is None


def test_remote_branches_decide_where_a_remote_exists(workspace: Workspace) -> None:
    workspace.commit("Add a topic")
    workspace.git("clone", "-q", "--bare", ".", str(workspace.folder / "origin.git"))
    workspace.git("remote", "add", "origin", str(workspace.folder / "origin.git"))
    workspace.git("fetch", "-q", "origin")
    unpushed = workspace.commit("Not pushed yet")
    refused(workspace.promote("dev", "--commit", unpushed), "branch", "on no branch")


def test_a_graft_puts_no_commit_on_a_branch(workspace: Workspace) -> None:
    main = workspace.commit("Add a topic")
    workspace.git("checkout", "-q", "-b", "feature/x", main)
    tip = workspace.commit("Try something")
    workspace.adopted("dev", tip)
    workspace.git("update-ref", "refs/heads/main", main)
    (workspace.repo / ".git/info").mkdir(exist_ok=True)
    (workspace.repo / ".git/info/grafts").write_text(f"{main} {tip}\n", encoding="ascii")
    assert "main" in workspace.git("branch", "--contains", tip)
    refused(workspace.promote("staging", "--commit", tip), "branch", "only on feature/x")
    assert workspace.stack("staging") is None


def test_a_commit_that_skipped_a_stage_is_refused(workspace: Workspace) -> None:
    first = workspace.commit("Add a topic")
    workspace.adopted("staging", first)
    second = workspace.commit("Rename the topic", {"Topic": {"Type": "AWS::SNS::Topic"}})
    workspace.adopted("dev", second)
    refused(workspace.promote("prod", "--commit", second), "stage order", "never verified in staging")
    assert workspace.stack("prod") is None
    assert workspace.deployed("staging") == first


def test_a_target_that_resolves_to_another_stack_is_refused(workspace: Workspace) -> None:
    workspace.commit("Add a topic")
    workspace.configure(services=[{"name": "orders", "repo": "orders", "stack": "elsewhere-{stage}"}])
    refused(workspace.promote("dev"), "target", "stack orders-dev, not elsewhere-dev")
    assert workspace.stack("dev") is None


@pytest.mark.parametrize(
    ("stage", "arguments"),
    [
        ("staging", ()),
        ("prod", ("--yes",)),
        ("prod", ("--yes", "--confirm", "orders staging")),
        ("prod", ("--yes", "--confirm", "orders")),
    ],
)
def test_a_missing_confirmation_is_refused(workspace: Workspace, stage: str, arguments: tuple[str, ...]) -> None:
    sha = workspace.commit("Add a topic")
    workspace.adopted("dev" if stage == "staging" else "staging", sha)
    done = workspace.run("promote", "orders", "--to", stage, "--commit", sha, *arguments)
    refused(done, "not confirmed")
    assert workspace.stack(stage) is None


def test_read_only_refuses(workspace: Workspace) -> None:
    workspace.commit("Add a topic")
    done = workspace.run("--read-only", "promote", "orders", "--to", "dev")
    refused(done, "read-only")
    assert workspace.stack("dev") is None
