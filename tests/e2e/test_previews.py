"""Previews with the real Serverless CLI: a branch becomes a stage, is listed, and is removed with what it holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.previews.names import preview_name
from tests.support.iam_document import right, rights
from tests.support.repositories import Repository
from tests.support.workspace import REGION

if TYPE_CHECKING:
    from tests.support.faults import Faults
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws

REMOVAL = {
    *("cloudformation:DeleteStack", "ecr:DescribeRepositories"),
    *("s3:ListBucketVersions", "s3:DeleteObjectVersion"),
}
BRANCH = "feature/ünïcödé login"
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "uploads-${sls:stage}"}}
TABLE = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {}}}


def serverless(name: str) -> str:
    """The configuration of a service, with a bucket, a resource that costs money, and an address."""
    return json.dumps(
        {
            "service": name,
            "provider": {"name": "aws", "runtime": "nodejs20.x"},
            "resources": {
                "Resources": {"Uploads": BUCKET, "Key": TABLE} if name == "orders" else {"Key": TABLE},
                "Outputs": {"SiteUrl": {"Value": f"https://{name}-${{sls:stage}}.example.com"}},
            },
        }
    )


@pytest.mark.cli
def test_a_branch_becomes_a_stage_is_listed_and_is_removed_with_what_its_buckets_hold(
    workspace: Workspace, faults: Faults
) -> None:
    branch = BRANCH.replace(" ", "-")
    name = preview_name(branch)
    origin = Repository(workspace.folder / "team.git", bare=True)
    files = {f"{each}/serverless.yml": serverless(each) for each in ("orders", "billing")}
    begun = origin.commit(files, "Begin", branch="main")
    origin.name_default("main")
    tip = origin.commit({"orders/login.js": "1"}, "Log in", branch=branch, parents=(begun,))
    aws = {"profile": "acme-dev", "region": REGION, "account": workspace.accounts["dev"]}
    services = [{"name": each, "repo": origin.url, "path": each} for each in ("orders", "billing")]
    services[0]["depends_on"] = ["billing"]  # type: ignore[assignment]
    workspace.configure(services=services, previews={"branches": ["feature/*"], "aws": aws, "limit": 1})

    up = workspace.run("preview", "up", branch, "--yes", "--json")
    assert up.returncode == 0, up.stdout + up.stderr
    found = json.loads(up.stdout)["services"]
    assert [(each["service"], each["outcome"], each["commit"]) for each in found] == [
        ("billing", "deployed", tip),
        ("orders", "deployed", tip),
    ]
    assert found[1]["urls"] == [{"output": "SiteUrl", "url": f"https://orders-{name}.example.com"}]
    again = workspace.run("preview", "up", branch, "--yes")
    assert (again.returncode, again.stdout.count("runs it already")) == (0, 2)
    assert workspace.run("preview", "up", "main", "--yes").returncode == 2

    (listed,) = json.loads(workspace.run("preview", "list", "--json").stdout)["previews"]
    assert (listed["name"], listed["branch"], listed["branch_state"]) == (name, branch, "open")
    assert listed["costs"] == [{"type": "AWS::KMS::Key", "count": 2}]
    assert listed["owner"]

    s3 = workspace.client("dev", "s3")
    s3.put_object(Bucket=f"uploads-{name}", Key="a/b.txt", Body=b"x")
    kept = workspace.run("preview", "down", name, "--yes")
    assert (kept.returncode, f"uploads-{name}" in kept.stderr) == (3, True)
    assert workspace.run("preview", "down", "dev", "--yes", "--empty").returncode == 3

    down = workspace.run("preview", "down", branch, "--yes", "--empty", "--json")
    assert down.returncode == 0, down.stdout + down.stderr
    removed = json.loads(down.stdout)["services"]
    assert [(each["service"], each["outcome"]) for each in removed] == [("orders", "removed"), ("billing", "removed")]
    assert json.loads(workspace.run("preview", "list", "--json").stdout)["previews"] == []
    shown = json.loads(workspace.run("runs", "show", removed[0]["run"], "--json").stdout)["run"]
    assert (shown["kind"], shown["status"]) == ("removal", "succeeded")
    assert f"uploads-{name}" not in [each["Name"] for each in s3.list_buckets()["Buckets"]]
    used = {right(call) for call in faults.calls} - {"sts:GetCallerIdentity"}
    assert used - rights("To read", "To promote") == REMOVAL
    assert used <= rights("To read", "To promote", "To make previews")
