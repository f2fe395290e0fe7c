"""No secret stays behind: not in the ledger, not in logs, not in a file, not in an argument."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.waiting import until
from tests.support.workspace import BROKEN, TOPIC, waiting

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws

TOKEN = "canary-7f3c9e-token"
KEY = "canary-51ab02-secret-key"


def plant(workspace: Workspace) -> None:
    """Put secrets where a project has them, and a CLI around them that tells everything it knows."""
    config = workspace.folder / "home" / "aws-config"
    config.write_text(config.read_text(encoding="utf-8").replace("secret_access_key = x", f"secret_access_key = {KEY}"))
    workspace.wrap(f'echo "$@" >> {workspace.folder}/arguments\nenv\ncat "$AWS_CONFIG_FILE"\nexec "$OSLS" "$@"')
    deploy = {"command": workspace.command, "env": {"API_TOKEN": "${CANARY}"}, "before": [["sh", "-c", "env"]]}
    workspace.configure(deploy=deploy)
    workspace.environment["CANARY"] = TOKEN


def found(workspace: Workspace) -> list[str]:
    """Return every file of ours that holds a canary."""
    home = workspace.folder / "home"
    files = [path for path in home.rglob("*") if path.is_file() and path.name != "aws-config"]
    files.append(workspace.folder / "arguments")
    return [str(path) for path in files if any(word.encode() in path.read_bytes() for word in (TOKEN, KEY))]


@pytest.mark.cli
def test_nothing_of_a_promotion_holds_a_secret(workspace: Workspace) -> None:
    plant(workspace)
    workspace.commit("Add a topic")
    done = workspace.promote("dev")
    assert done.returncode == 0, done.stderr
    workspace.commit("Break it", {"Topic": TOPIC, "Broken": BROKEN})
    failed = workspace.promote("dev")
    assert failed.returncode == 1
    run = workspace.json("runs")["runs"][0]["id"]
    log = workspace.run("logs", run).stdout
    assert "API_TOKEN=[masked]" in log
    assert "aws_secret_access_key = [masked]" in log
    shown = done.stdout + done.stderr + failed.stdout + failed.stderr + log
    assert not [word for word in (TOKEN, KEY) if word in shown]
    assert found(workspace) == []


def test_a_killed_run_leaves_no_secret_once_it_is_reconciled(workspace: Workspace) -> None:
    plant(workspace)
    workspace.commit("Wait for it", {"Topic": TOPIC, **waiting(600)})
    run = workspace.promote("dev", "--detach").stdout.strip()
    until(lambda: (workspace.stack("dev") or {}).get("StackStatus") == "UPDATE_IN_PROGRESS", "it has begun")
    workspace.kill("promote_tui.runner")
    workspace.kill("deploy --stage")
    workspace.let_go("dev")
    assert workspace.run("runs", "reconcile", run).returncode == 0
    assert found(workspace) == []


def test_files_and_folders_are_the_users_alone(workspace: Workspace) -> None:
    workspace.commit("Add a topic")
    assert workspace.promote("dev").returncode == 0
    state = workspace.folder / "home" / "state" / "promote-tui"
    modes = {path: path.stat().st_mode & 0o077 for path in (state, *state.rglob("*"))}
    assert {path for path, others in modes.items() if others} == set()
