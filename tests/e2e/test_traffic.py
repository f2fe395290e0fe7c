"""Requests that an alias sends to older code are the headline: set back by hand, and half-way by weights."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.aliases import Json
    from tests.support.workspace import Workspace

pytestmark = [pytest.mark.aws, pytest.mark.cli]

SERVICE = """\
service: orders
provider: {name: aws, runtime: nodejs20.x}
functions:
  hello: {handler: handler.hello, provisionedConcurrency: 1}
"""
FUNCTION, ALIAS = "orders-dev-hello", "provisioned"


def deploy(workspace: Workspace, answer: int) -> str:
    handler = f"exports.hello = async () => {answer};\n"
    commit = workspace.commit(f"Say {answer}", files={"serverless.yml": SERVICE, "handler.js": handler})
    done = workspace.promote("dev")
    assert done.returncode == 0, done.stderr
    return commit


def cell(workspace: Workspace, **environment: str) -> Json:
    document = json.loads(workspace.run("status", "--json", **environment).stdout)
    return document["services"][0]["stages"]["dev"]


def test_an_alias_that_was_set_back_is_no_longer_verified_wherever_one_looks(workspace: Workspace) -> None:
    first = deploy(workspace, 1)
    client = workspace.client("dev", "lambda")
    before = client.get_alias(FunctionName=FUNCTION, Name=ALIAS)["FunctionVersion"]
    second = deploy(workspace, 2)
    now = client.get_alias(FunctionName=FUNCTION, Name=ALIAS)["FunctionVersion"]
    assert before != now
    found = cell(workspace)
    assert (found["commit"], found["verified"], found["traffic"]["agrees"]) == (second, "verified", True)

    client.update_alias(FunctionName=FUNCTION, Name=ALIAS, FunctionVersion=before)
    headline = f"traffic 100 % on {first[:7]}"
    found = cell(workspace)
    assert (found["verified"], found["traffic"]["headline"], found["altered"]) == ("no", headline, [])
    assert headline in workspace.run("status").stdout
    drift = workspace.run("drift", "--kind", "traffic", "--exit-code")
    assert drift.returncode == 5
    assert f"{ALIAS} of {FUNCTION}: 100 % on version {before} ({first[:7]})" in drift.stdout
    elsewhere = cell(workspace, XDG_STATE_HOME=str(workspace.folder / "elsewhere"))
    assert elsewhere["traffic"]["headline"] == "traffic 100 % on other code"  # by the template alone
    refused = workspace.promote("staging")
    assert refused.returncode == 3
    assert headline in refused.stdout + refused.stderr
    assert workspace.stack("staging") is None

    weights = {"AdditionalVersionWeights": {before: 0.9}}
    client.update_alias(FunctionName=FUNCTION, Name=ALIAS, FunctionVersion=now, RoutingConfig=weights)
    assert cell(workspace)["traffic"]["headline"] == f"traffic 90 % on {first[:7]}"

    client.update_alias(FunctionName=FUNCTION, Name=ALIAS, FunctionVersion=now, RoutingConfig={})
    found = cell(workspace)
    assert (found["verified"], found["traffic"]["agrees"], found["traffic"]["headline"]) == ("verified", True, None)
    assert workspace.run("drift", "--kind", "traffic", "--exit-code").returncode == 0
