"""What was verified in one stage is what the next one gets, and what a stack was deployed with is what it runs."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.support.workspace import STAGES

if TYPE_CHECKING:
    from tests.support.aliases import Json
    from tests.support.workspace import Workspace

pytestmark = [pytest.mark.aws, pytest.mark.cli]

SERVICE = """\
service: orders
provider: {name: aws, runtime: nodejs20.x}
functions:
  hello: {handler: handler.hello}
"""
FUNCTION = "orders-dev-hello"
ELSEWHERE = "elsewhere"
"""A state folder that knows of no run, as on another machine."""


def add_function(workspace: Workspace) -> str:
    handler = "exports.hello = async () => 1;\n"
    return workspace.commit("Add hello", files={"serverless.yml": SERVICE, "handler.js": handler})


def require(workspace: Workspace, stage: str, **deploy: Json) -> None:
    """Let a stage require the same artifact, and deploy like this."""
    content = yaml.safe_load(workspace.config.read_text(encoding="utf-8"))
    content["stages"][STAGES.index(stage)]["gates"] = {"same_artifact": "require"}
    workspace.configure(stages=content["stages"], deploy={"command": workspace.command, **deploy})


def gate(workspace: Workspace, stage: str, **environment: str) -> tuple[bool, str]:
    """Return what the plan for a stage says of the artifact."""
    done = workspace.run("plan", "orders", "--to", stage, "--json", **environment)
    (plan,) = json.loads(done.stdout)["plans"]
    (found,) = [each for each in plan["gates"] if each["name"] == "same artifact"]
    assert plan["artifact"]["reason"] == found["reason"]
    return found["passed"], found["reason"]


def altered(workspace: Workspace, **environment: str) -> dict[str, list[str] | None]:
    done = workspace.run("status", "--json", **environment)
    cells = json.loads(done.stdout)["services"][0]["stages"]
    return {stage: cells[stage]["altered"] for stage in STAGES}


def test_the_verified_build_is_equal_and_another_one_is_refused_with_its_reason(workspace: Workspace) -> None:
    add_function(workspace)
    require(workspace, "staging")
    assert workspace.promote("dev").returncode == 0
    (run,) = workspace.json("runs")["runs"]
    assert gate(workspace, "staging") == (True, f"the same code as run {run['id']} in dev: 1 function")
    elsewhere = str(workspace.folder / ELSEWHERE)
    says = (True, "the same code that dev runs: 1 function")
    assert gate(workspace, "staging", XDG_STATE_HOME=elsewhere) == says

    require(workspace, "staging", before=[["sh", "-c", "date +%s%N > built.js"]])
    why = f"built differently: same files in git, other bytes (built.js); compared with run {run['id']} in dev"
    assert gate(workspace, "staging") == (False, why)
    refused = workspace.promote("staging")
    assert (refused.returncode, workspace.stack("staging")) == (3, None)
    assert why in refused.stdout + refused.stderr


def test_a_function_that_was_changed_by_hand_marks_its_cell_in_status(workspace: Workspace) -> None:
    add_function(workspace)
    assert workspace.promote("dev").returncode == 0
    assert altered(workspace) == {"dev": [], "staging": None, "prod": None}

    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as archive:
        archive.writestr("handler.js", "exports.hello = async () => 'by hand';\n")
    client = workspace.client("dev", "lambda")
    client.update_function_code(FunctionName=FUNCTION, ZipFile=changed.getvalue())

    marked = {"dev": [FUNCTION], "staging": None, "prod": None}
    assert altered(workspace) == marked
    assert altered(workspace, XDG_STATE_HOME=str(workspace.folder / ELSEWHERE)) == marked  # by the template alone
    said = workspace.run("status").stdout
    assert "1 altered" in said
    assert f"orders/dev: 1 function runs other code than was deployed: {FUNCTION}; commit the change" in said
