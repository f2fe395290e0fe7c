"""Deploys that fail, or only seem to succeed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.workspace import BROKEN, TOPIC

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws


@pytest.mark.cli
def test_a_failing_deploy_is_reported_as_rolled_back_with_its_root_cause(workspace: Workspace) -> None:
    good = workspace.commit("Add a topic")
    workspace.adopted("dev", good)
    workspace.commit("Break it", {"Topic": TOPIC, "Broken": BROKEN})
    done = workspace.promote("dev")
    assert done.returncode == 1
    assert "rolled back" in done.stdout + done.stderr
    assert "Broken (Custom::Broken) UPDATE_FAILED: Custom resource" in done.stdout + done.stderr
    assert good[:7] in done.stdout + done.stderr
    run = workspace.json("runs")["runs"][0]
    assert run["status"] == "rolled_back"
    cell = workspace.json("status")["services"][0]["stages"]["dev"]
    assert (cell["state"], cell["commit"], cell["last_attempt"]) == ("deployed", good, "failed")


def test_after_a_failed_deploy_the_next_one_may_go_on(workspace: Workspace) -> None:
    workspace.adopted("dev", workspace.commit("Add a topic"))
    workspace.commit("Break it", {"Topic": TOPIC, "Broken": BROKEN})
    assert workspace.promote("dev").returncode == 1
    mended = workspace.commit("Mend it", {"Topic": {"Type": "AWS::SNS::Topic"}})
    assert workspace.promote("dev").returncode == 0
    assert workspace.deployed("dev") == mended


def test_a_cli_that_says_0_without_deploying_has_failed(workspace: Workspace) -> None:
    good = workspace.commit("Add a topic")
    workspace.adopted("dev", good)
    workspace.commit("Rename it", {"Topic": {"Type": "AWS::SNS::Topic"}})
    workspace.wrap('[ "$1" = deploy ] && { echo "Service deployed"; exit 0; }\nexec "$OSLS" "$@"')
    done = workspace.promote("dev")
    assert done.returncode == 1
    assert "deployed nothing" in done.stdout + done.stderr
    assert workspace.deployed("dev") == good
    assert workspace.json("runs")["runs"][0]["status"] == "failed"


def test_a_cli_that_ships_another_package_has_failed(workspace: Workspace) -> None:
    good = workspace.commit("Add a topic")
    workspace.adopted("dev", good)
    workspace.commit("Rename it", {"Topic": {"Type": "AWS::SNS::Topic"}})
    workspace.wrap(
        'if [ "$1" = deploy ]; then\n'
        '  for each in "$@"; do [ "$before" = --package ] && package=$each; before=$each; done\n'
        f"  sed -i s/$(git rev-parse HEAD)/{good}/g $package/*.json\n"
        'fi\nexec "$OSLS" "$@"'
    )
    done = workspace.promote("dev")
    assert done.returncode == 1
    assert workspace.json("runs")["runs"][0]["status"] == "failed"


@pytest.mark.cli
def test_a_package_that_fails_gives_the_clis_own_reason(workspace: Workspace) -> None:
    workspace.commit("Add a topic")
    (workspace.repo / "serverless.yml").write_text("service: orders\nprovider: {name: aws, stage: '${file(no.yml)}'}\n")
    workspace.git("commit", "-qam", "Break the variables")
    done = workspace.promote("dev")
    assert done.returncode == 1
    assert "no.yml" in done.stderr or "Cannot resolve" in done.stderr
    assert "Traceback" not in done.stderr
    assert workspace.json("runs")["runs"] == []
