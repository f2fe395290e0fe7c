"""The whole way by keys, in a real pseudo-terminal of 80x24."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.terminal import Terminal
from tests.support.waiting import until
from tests.support.workspace import TOPIC, Workspace, waiting

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.aws, pytest.mark.pty]


@pytest.fixture
def screen(workspace: Workspace) -> Iterator[Terminal]:
    """The program on a project with one commit, opened once that is on no stage."""
    workspace.commit("Add a topic")
    terminal = open_screen(workspace)
    yield terminal
    terminal.close()


def open_screen(workspace: Workspace) -> Terminal:
    """Start the program in a terminal."""
    environment = {**workspace.environment, "PYTHONWARNINGS": "default"}
    return Terminal([sys.executable, "-m", "promote_tui"], environment=environment, folder=workspace.folder)


def test_a_commit_goes_through_all_three_stages_by_keys(workspace: Workspace, screen: Terminal) -> None:
    sha = workspace.git("rev-parse", "HEAD")
    short = sha[:7]
    before = workspace.fingerprint()
    screen.wait_for("orders", "never", f"promote {short} to dev")
    screen.press("p")
    screen.wait_for("account", workspace.accounts["dev"], "p deploys")
    screen.press("p")
    screen.wait_for("Deployed orders to dev")
    screen.press("esc")
    screen.wait_for("SERVICE", f"● {short}")

    screen.press("right")
    screen.wait_for(f"promote {short} to staging")
    screen.press("p")
    screen.wait_for("account", workspace.accounts["staging"], "Deploy orders to staging", "tab, then enter deploys")
    screen.press("tab", "enter")
    screen.wait_for("Deployed orders to staging")
    screen.press("esc")
    screen.wait_for("SERVICE")

    screen.press("right")
    screen.wait_for(f"promote {short} to prod")
    screen.press("p")
    screen.wait_for("account", workspace.accounts["prod"], "orders prod", "tab then type the words")
    screen.press("tab", "orders prod")
    screen.wait_for("tab, then enter deploys")
    screen.press("tab", "enter")
    screen.wait_for("Deployed orders to prod")
    screen.press("esc")
    screen.wait(lambda text: text.count(f"● {short}") == 3, "the matrix shows it on all three stages")
    screen.press("q")
    assert screen.wait_end() == 0
    assert [workspace.deployed(stage) for stage in ("dev", "staging", "prod")] == [sha] * 3
    assert workspace.fingerprint() == before


def test_kill_9_of_the_screen_leaves_a_run_that_finishes(workspace: Workspace) -> None:
    workspace.commit("Add a topic")
    assert workspace.promote("dev").returncode == 0
    sha = workspace.commit("Wait for it", {"Topic": TOPIC, **waiting(600)})
    screen = open_screen(workspace)
    screen.wait_for(f"promote {sha[:7]} to dev")
    screen.press("p")
    screen.wait_for("p deploys")
    screen.press("p")
    screen.wait_for("UPDATE_IN_PROGRESS")
    os.kill(screen.pid, signal.SIGKILL)
    screen.close()
    run = workspace.json("runs", "--live")["runs"][0]["id"]
    again = open_screen(workspace)
    again.wait_for("1 run not finished")
    again.press("4")
    again.wait_for(run)
    again.press("enter")
    again.wait_for("Deploying orders")
    workspace.let_go("dev")
    again.wait_for("Deployed orders to dev")
    again.close()
    until(lambda: workspace.deployed("dev") == sha, "the commit is deployed")


def test_term_restores_the_terminal(screen: Terminal) -> None:
    screen.wait_for("SERVICE")
    os.kill(screen.pid, signal.SIGTERM)
    screen.wait_end()
    assert b"\x1b[?1049l" in bytes(screen.raw), "the alternate screen was left"
    assert b"\x1b[?25h" in bytes(screen.raw), "the cursor is shown again"


def test_escape_leads_back_and_keys_still_work(workspace: Workspace, screen: Terminal) -> None:
    screen.wait_for(f"promote {workspace.git('rev-parse', '--short=7', 'HEAD')} to dev")
    screen.press("p")
    screen.wait_for("p deploys")
    screen.press("esc")
    screen.wait_for("SERVICE")
    screen.press("4")
    screen.wait_for("Runs")
    screen.press("1")
    screen.wait_for("SERVICE")
    screen.press("q")
    assert screen.wait_end() == 0
    assert workspace.stack("dev") is None
