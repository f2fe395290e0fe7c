"""What is checked out is what the team has: else it is refused, or named, and nothing is deployed in silence."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws

YML = "service: orders\nprovider: {name: aws, runtime: nodejs20.x}\n"


def in_a_folder(workspace: Workspace) -> None:
    """Let the service be a folder of the repository."""
    workspace.configure(services=[{"name": "orders", "repo": "orders", "path": "svc"}])
    for name in ("svc", "ops"):
        (workspace.repo / name).mkdir()


def test_a_service_with_a_file_under_a_git_filter_is_not_deployed(workspace: Workspace) -> None:
    in_a_folder(workspace)
    for key, value in (("clean", "base64"), ("smudge", "base64 -d"), ("required", "true")):
        workspace.git("config", f"filter.crypt.{key}", value)
    workspace.commit("Set up", files={".gitattributes": "*.secret filter=crypt\n", "svc/serverless.yml": YML})
    workspace.commit("Add a secret", files={"svc/key.secret": "password"})
    assert workspace.git("show", "HEAD:svc/key.secret") == base64.b64encode(b"password").decode()
    done = workspace.promote("dev")
    assert (done.returncode, workspace.stack("dev")) == (1, None)
    assert "orders/dev: svc/key.secret is under the git filter crypt, which is not run" in done.stderr
    assert "name it in deploy.files" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_lies_outside_of_the_service_is_named_in_the_plan(workspace: Workspace) -> None:
    in_a_folder(workspace)
    first = workspace.commit("Begin", files={"svc/serverless.yml": YML, "ops/tool.js": "1"})
    (workspace.repo / "svc/tool").symlink_to("../ops")
    workspace.git("update-index", "--add", "--cacheinfo", f"160000,{first},vendor")
    workspace.git("add", "svc")
    workspace.git("commit", "-q", "-m", "Link the tool")
    words = [
        "vendor, outside of the service's paths, is a submodule: no file of it is checked out",
        "svc/tool links to ops: a change there is not a commit of the service; add ops to `shared`",
    ]
    assert workspace.json("plan", "orders", "--to", "dev")["plans"][0]["warnings"] == words
    shown = workspace.run("plan", "orders", "--to", "dev").stdout
    assert [line.strip(" !") for line in shown.splitlines() if line.strip(" !") in words] == words


@pytest.mark.cli
def test_a_dotenv_file_that_only_the_users_folder_has_is_named_and_so_is_the_value_that_it_leaves_empty(
    workspace: Workspace,
) -> None:
    function = {"handler": "handler.hello", "environment": {"API_URL": "${env:API_URL, ''}"}}
    files = {"handler.js": "exports.hello = async () => 1\n", ".gitignore": ".env*\n"}
    workspace.commit("Begin", files=files, useDotenv=True, functions={"hello": function})
    (workspace.repo / ".env").write_text("API_URL=https://example.com\n", encoding="utf-8")
    lacks = ".env is not in the commit, and useDotenv reads it: name it in deploy.files, which copies yours"
    (plan,) = workspace.json("plan", "orders", "--to", "dev")["plans"]
    assert plan["warnings"] == [lacks]
    assert plan["review"]["warnings"] == ["the environment value API_URL is new, and empty: HelloLambdaFunction"]
    checks = workspace.json("doctor", "--stage", "dev")["checks"]
    assert [check["found"] for check in checks if check["name"] == "files of orders/dev"] == [lacks]

    workspace.configure(deploy={"command": workspace.command, "files": [".env"]})
    (plan,) = workspace.json("plan", "orders", "--to", "dev")["plans"]
    assert (plan["warnings"], plan["review"]["warnings"]) == ([], [])
    assert workspace.promote("dev").returncode == 0

    workspace.configure()
    workspace.commit("Go on", files=files, useDotenv=True, functions={"hello": function})
    shown = workspace.run("plan", "orders", "--to", "dev").stdout
    assert "the environment value API_URL becomes empty: HelloLambdaFunction" in shown
    assert f"  !  {lacks}" in shown
