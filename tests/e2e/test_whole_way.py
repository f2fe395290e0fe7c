"""A commit goes from dev to staging to production by the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.workspace import STAGES

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws


@pytest.mark.cli
def test_one_commit_goes_through_all_three_stages_and_may_be_deployed_again(workspace: Workspace) -> None:
    sha = workspace.commit("Add a topic")
    before = workspace.fingerprint()
    for stage in STAGES:
        done = workspace.promote(stage)
        assert done.returncode == 0, done.stderr
        assert workspace.deployed(stage) == sha
    status = workspace.json("status")
    cells = status["services"][0]["stages"]
    assert [cells[stage]["commit"] for stage in STAGES] == [sha] * 3
    assert [cells[stage]["verified"] for stage in STAGES] == ["verified"] * 3
    assert [cells[stage]["drift"]["relation"] for stage in STAGES] == ["none", "same", "same"]
    runs = workspace.json("runs")["runs"]
    assert [(run["stage"], run["status"], run["to"]) for run in runs] == [
        (stage, "succeeded", sha) for stage in reversed(STAGES)
    ]
    again = workspace.promote("dev", "--commit", sha)
    assert again.returncode == 0, again.stderr
    assert workspace.deployed("dev") == sha
    assert workspace.fingerprint() == before


def test_a_merge_commit_with_the_verified_tree_is_the_same_code(workspace: Workspace) -> None:
    workspace.commit("Add a topic")
    workspace.git("checkout", "-q", "-b", "develop")
    verified = workspace.commit("Rename the topic", {"Topic": {"Type": "AWS::SNS::Topic"}})
    for stage in ("dev", "staging"):
        done = workspace.run("promote", "orders", "--to", stage, "--commit", "develop", "--yes")
        assert done.returncode == 0, done.stderr
    workspace.git("checkout", "-q", "main")
    workspace.git("merge", "-q", "--no-ff", "-m", "Merge develop", "develop")
    merge = workspace.git("rev-parse", "HEAD")
    done = workspace.run("promote", "orders", "--to", "prod", "--commit", "main", "--confirm", "orders prod")
    assert done.returncode == 0, done.stderr
    assert f"as {verified[:7]}, the same code" in done.stderr
    assert workspace.deployed("prod") == merge
    assert workspace.json("status")["services"][0]["stages"]["prod"]["drift"]["relation"] == "same"


def test_the_default_finds_a_squashed_commit_with_the_verified_tree(workspace: Workspace) -> None:
    workspace.commit("Add a topic")
    workspace.git("checkout", "-q", "-b", "develop")
    workspace.commit("Rename the topic", {"Topic": {"Type": "AWS::SNS::Topic"}})
    for stage in ("dev", "staging"):
        assert workspace.run("promote", "orders", "--to", stage, "--commit", "develop", "--yes").returncode == 0
    workspace.git("checkout", "-q", "main")
    workspace.git("merge", "-q", "--squash", "develop")
    workspace.git("commit", "-q", "-m", "Rename the topic (#12)")
    draft = workspace.json("plan", "orders", "--to", "prod")["plans"][0]
    assert draft["commit"] == workspace.git("rev-parse", "main")
    assert draft["ready"] is True


def test_a_dry_run_changes_nothing(workspace: Workspace) -> None:
    workspace.commit("Add a topic")
    done = workspace.promote("dev", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "deploy --stage dev" in done.stdout + done.stderr
    assert workspace.stack("dev") is None
    assert workspace.json("runs")["runs"] == []
