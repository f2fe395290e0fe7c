"""A package is held to its stage's safeguards before anybody confirms: require blocks, warn says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = [pytest.mark.aws, pytest.mark.cli]
LOOK = """
test -f "$0/cloudformation-template-update-stack.json" && test -z "$AWS_ACCESS_KEY_ID" && echo "error: no owner"
exit 3
"""


PUBLIC = {"Pictures": {"Type": "AWS::S3::Bucket", "Properties": {"AccessControl": "PublicRead"}}}


def test_require_blocks_with_the_resource_and_warn_says_so(workspace: Workspace) -> None:
    commit = workspace.commit("Add pictures", PUBLIC)
    workspace.configure(safeguards={"public_buckets": "require", "stack_tags": {"keys": ["team"], "level": "warn"}})
    done = workspace.promote("dev")
    assert done.returncode == 3, done.stderr
    assert "public buckets: Pictures: has the access control list PublicRead" in done.stderr
    assert workspace.stack("dev") is None

    workspace.configure(safeguards={"public_buckets": "warn", "stack_tags": {"keys": ["team"], "level": "warn"}})
    (plan,) = workspace.json("plan", "orders", "--to", "dev")["plans"]
    gates = {gate["name"]: gate for gate in plan["gates"]}
    assert gates["public buckets"]["passed"] is True
    assert gates["stack tags"]["reason"] == "the stack: has no stack tag team"
    done = workspace.promote("dev")
    assert done.returncode == 0, done.stderr
    assert workspace.deployed("dev") == commit


def test_a_command_of_the_teams_own_sees_the_package_and_no_credentials(workspace: Workspace) -> None:
    workspace.commit("Add a topic")
    missing = {"name": "guard", "run": ["no-such-guard", "{package}"], "level": "warn"}
    owners = {"name": "owners", "run": ["sh", "-c", LOOK, "{package}"], "level": "require"}
    workspace.configure(safeguards={"commands": [missing, owners]})
    done = workspace.promote("dev")
    assert done.returncode == 3, done.stderr
    assert "safeguard commands: guard: no-such-guard: " in done.stderr
    assert "owners: `sh` ended with exit code 3: error: no owner" in done.stderr
    assert workspace.stack("dev") is None
