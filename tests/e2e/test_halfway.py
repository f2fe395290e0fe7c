"""A deploy that may not roll back gets stuck between two commits: neither of them is said to run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.workspace import BROKEN, TOPIC

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = [pytest.mark.aws, pytest.mark.cli]


def code(word: str) -> dict[str, str]:
    """A handler that says this."""
    return {"handler.js": f"exports.run = async () => '{word}';\n"}


def test_a_stack_that_may_not_roll_back_stands_between_two_commits(workspace: Workspace) -> None:
    service: dict[str, Any] = {
        "functions": {"hello": {"handler": "handler.run"}},
        "provider": {"disableRollback": True},
    }
    good = workspace.commit("Say one", files=code("one"), **service)
    assert workspace.promote("dev").returncode == 0
    resources = {"Topic": TOPIC, "Broken": BROKEN | {"DependsOn": "HelloLambdaFunction"}}
    bad = workspace.commit("Say two", resources, files=code("two"), **service)
    done = workspace.promote("dev")
    assert done.returncode == 1
    assert f"half-way between {good[:7]} and {bad[:7]} (UPDATE_FAILED)" in done.stdout + done.stderr
    assert f"{good[:7]} runs there" not in done.stdout + done.stderr

    (service_now,) = workspace.json("status")["services"]
    cell = service_now["stages"]["dev"]
    assert (cell["state"], cell["commit"], cell["verified"]) == ("half_way", None, "no")
    between = cell["between"]
    assert (between["from"], between["to"]) == (good, bad)
    assert "HelloLambdaFunction" in between["updated"]
    assert between["failed"] == ["Broken"]
    assert "RollbackStack" in cell["remedy"]
    shown = workspace.run("status").stdout
    assert f"half-way between {good[:7]} and {bad[:7]} (UPDATE_FAILED); updated: " in shown

    run = workspace.json("runs", "show", workspace.json("runs")["runs"][0]["id"])["run"]
    assert (run["status"], run["still_on"], run["between"]["to"]) == ("failed", None, bad)
    assert "HelloLambdaFunction" in run["between"]["updated"]

    for sha in (good, bad):
        (plan,) = workspace.json("plan", "orders", "--to", "staging", "--commit", sha)["plans"]
        assert not plan["gates"][0]["passed"]
    drift = workspace.run("drift", "--kind", "commit", "--exit-code")
    assert drift.returncode == 5
    assert f"the commit of dev is unknown: half-way between {good[:7]} and {bad[:7]}" in drift.stdout
    notes = workspace.run("notes", "orders", "--from", "dev", "--to", "staging")
    assert notes.returncode == 1
    assert "half-way between" in notes.stderr
