"""A release by keys, in a real pseudo-terminal of 80x24: marked, planned, confirmed, followed until it is done."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.release_workspace import Shop
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = [pytest.mark.aws, pytest.mark.pty]


def test_from_the_marks_to_the_end_by_keys(workspace: Workspace) -> None:
    shop = Shop(workspace, ("catalog", "orders"))
    shop.set_up()
    environment = {**workspace.environment, "PYTHONWARNINGS": "default"}
    screen = Terminal([sys.executable, "-m", "promote_tui"], environment=environment, folder=workspace.folder)
    screen.wait_for("catalog", "orders", "behind")
    screen.press("2")
    screen.wait_for("plan a release of 2 services into prod")
    screen.press("*", "p")
    screen.wait_for("Plan a release of 2 services into prod")
    screen.press("spring", "enter")
    screen.wait_for("✓ go   2 services in 2 waves", "PROD  account", workspace.accounts["prod"], "WAVE 2")
    screen.press("p", "release spring prod")
    screen.wait_for("then enter starts it")
    screen.press("tab", "enter")
    screen.wait_for("wave 1 of 2")
    screen.wait_for("✓ done   took", "2 verified   y copies a summary")
    assert set(shop.running().values()) == {"new"}
    screen.press("esc")
    screen.wait_for("nothing is waiting for prod")
    screen.press("q")
    assert screen.wait_end() == 0
    screen.close()
