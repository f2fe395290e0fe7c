"""What people come for, by keys alone, in a real pseudo-terminal of 80x24 with the real parts behind it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.terminal import Terminal
from tests.support.workspace import BROKEN, TOPIC, Workspace, waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.aws, pytest.mark.pty]


@pytest.fixture
def opened(workspace: Workspace) -> Iterator[Callable[[], Terminal]]:
    """Opens the program in a terminal, as often as it is called; all of them are closed at the end."""
    terminals: list[Terminal] = []

    def start() -> Terminal:
        environment = {**workspace.environment, "PYTHONWARNINGS": "default"}
        argv = [sys.executable, "-m", "promote_tui"]
        terminals.append(Terminal(argv, environment=environment, folder=workspace.folder))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.close()


def test_the_shown_commit_reaches_staging_in_four_keys(workspace: Workspace, opened: Callable[[], Terminal]) -> None:
    sha = workspace.commit("Add a topic")
    workspace.adopted("dev", sha)
    screen = opened()
    screen.wait_for(f"● {sha[:7]}", "never")
    keys = ["right", "p", "tab", "enter"]
    screen.press(keys[0])
    screen.wait_for(f"promote {sha[:7]} to staging")
    screen.press(keys[1])
    screen.wait_for("account", workspace.accounts["staging"], "then enter deploys")
    screen.press(*keys[2:])
    screen.wait_for("Deployed orders to staging")
    assert len(keys) <= 4
    assert workspace.deployed("staging") == sha


def test_an_older_commit_of_another_branch_is_picked_and_promoted(
    workspace: Workspace, opened: Callable[[], Terminal]
) -> None:
    workspace.commit("Add a topic")
    workspace.git("checkout", "-q", "-b", "feature/queue")
    older = workspace.commit("Add a queue", {"Topic": TOPIC, "Queue": {"Type": "AWS::SQS::Queue"}})
    workspace.commit("Add a second topic", {"Topic": TOPIC, "Other": TOPIC})
    workspace.git("checkout", "-q", "main")
    screen = opened()
    screen.wait_for("orders", "never")
    screen.press("enter")
    screen.wait_for("Add a topic", "main")
    screen.press("b")
    screen.wait_for("feature/queue")
    screen.press("queue", "enter")
    screen.wait_for("Add a second topic", "Add a queue")
    screen.press("down")
    screen.wait_for(f"review {older[:7]}")
    screen.press("p")
    screen.wait_for("which stage")
    screen.press("enter")
    screen.wait_for("account", workspace.accounts["dev"], "p deploys")
    screen.press("p")
    screen.wait_for("Deployed orders to dev")
    assert workspace.deployed("dev") == older


def test_prod_is_confirmed_by_typing_its_name(workspace: Workspace, opened: Callable[[], Terminal]) -> None:
    sha = workspace.commit("Add a topic")
    workspace.adopted("staging", sha)
    screen = opened()
    screen.wait_for(f"● {sha[:7]}", "never")
    screen.press("right", "right")
    screen.wait_for(f"promote {sha[:7]} to prod")
    screen.press("p")
    screen.wait_for("PROD", "account", workspace.accounts["prod"], "then type")
    screen.press("enter")  # Cancel is focused: an impatient Enter changes nothing
    screen.wait_for("SERVICE")
    assert workspace.stack("prod") is None
    screen.press("p")
    screen.wait_for("PROD", "then type")
    screen.press("tab", "orders pro", "enter")
    screen.wait_for("1 letter to go")
    assert workspace.stack("prod") is None
    screen.press("d")
    screen.wait_for("then enter deploys")
    screen.press("tab", "enter")
    screen.wait_for("Deployed orders to prod")
    assert workspace.deployed("prod") == sha


def test_a_failed_run_leads_to_its_root_cause_and_the_next_step(
    workspace: Workspace, opened: Callable[[], Terminal]
) -> None:
    good = workspace.commit("Add a topic")
    workspace.adopted("dev", good)
    bad = workspace.commit("Break it", {"Topic": TOPIC, "Broken": BROKEN})
    screen = opened()
    screen.wait_for(f"promote {bad[:7]} to dev")
    screen.press("p")
    screen.wait_for("p deploys")
    screen.press("p")
    screen.wait_for("ROOT CAUSE", "Broken", f"dev still runs {good[:7]}", "NEXT")
    screen.press("esc")
    screen.wait_for("SERVICE", "fail")
    screen.wait_for("the last deploy failed")
    screen.press("4")
    screen.wait_for("open the run")
    screen.press("enter")
    screen.wait_for("ROOT CAUSE", "Broken")
    assert workspace.deployed("dev") == good


def test_a_run_goes_on_without_the_screen_and_is_attached_to_after_a_restart(
    workspace: Workspace, opened: Callable[[], Terminal]
) -> None:
    workspace.adopted("dev", workspace.commit("Add a topic"))
    sha = workspace.commit("Wait for it", {"Topic": TOPIC, **waiting(600)})
    screen = opened()
    screen.wait_for(f"promote {sha[:7]} to dev")
    screen.press("p")
    screen.wait_for("p deploys")
    screen.press("p")
    screen.wait_for("UPDATE_IN_PROGRESS")
    screen.press("ctrl+c")
    screen.wait_for("Quit?", "keeps running without this window")
    screen.press("tab", "enter")
    assert screen.wait_end() == 0
    again = opened()
    again.wait_for("1 run not finished")
    again.press("4")
    again.wait_for("watch the run")  # the pipeline says "deploying" too
    again.press("enter")
    again.wait_for("Deploying orders")
    workspace.let_go("dev")
    again.wait_for("Deployed orders to dev")
    assert workspace.deployed("dev") == sha
