"""A release by keys, in a real pseudo-terminal of 80x24: marked, planned, confirmed, followed until it is done."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import Refused
from tests.support.leaping_program import leap, leaping_environment
from tests.support.release_workspace import NAME, PROCESS, TYPED, Shop
from tests.support.terminal import Terminal
from tests.support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.workspace import Workspace

pytestmark = [pytest.mark.aws, pytest.mark.pty]


@pytest.fixture
def shop(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Return two services, one after the other, verified in staging, in whose environment this process lives."""
    for name, value in workspace.environment.items():
        monkeypatch.setenv(name, value)
    made = Shop(workspace, ("catalog", "orders"))
    made.set_up()
    return made


def open_program(workspace: Workspace, leaping: Path | None = None) -> Terminal:
    """Start the program, where a file is given on a clock that leaps by it, and open the Releases screen."""
    on_clock = ["tests.support.leaping_program"] if leaping is not None else []
    environment = leaping_environment(leaping) if leaping is not None else {}
    screen = Terminal(
        [sys.executable, "-m", *on_clock, "promote_tui.__main__"],
        environment={**workspace.environment, "PYTHONWARNINGS": "default", **environment},
        folder=workspace.folder,
    )
    screen.wait_for("catalog", "behind")
    screen.press("2")
    return screen


def plan(screen: Terminal, services: int) -> None:
    """Plan a release of everything that is behind."""
    screen.wait_for(f"✓ go   {services} services")
    screen.press("*", "p")
    screen.wait_for(f"Plan a release of {services} services into prod")
    screen.press(NAME, "enter")


def type_confirmation(screen: Terminal) -> None:
    """Type the words where the cursor is, and press the button."""
    screen.press(TYPED)
    screen.wait_for("then enter starts it")
    screen.press("tab", "enter")


def test_from_the_marks_to_the_end_by_keys(workspace: Workspace) -> None:
    shop = Shop(workspace, ("catalog", "orders"))
    shop.set_up()
    screen = open_program(workspace)
    plan(screen, 2)
    screen.wait_for("✓ go   2 services in 2 waves", "PROD  account", workspace.accounts["prod"], "WAVE 2")
    screen.press("p")
    type_confirmation(screen)
    screen.wait_for("wave 1 of 2")
    screen.wait_for("✓ done   took", "2 verified   y copies a summary")
    assert set(shop.running().values()) == {"new"}
    screen.press("esc")
    screen.wait_for("nothing is waiting for prod")
    screen.press("q")
    assert screen.wait_end() == 0
    screen.close()


def test_kill_9_while_it_is_planned_leaves_what_r_goes_on_with(workspace: Workspace, shop: Shop) -> None:
    shop.hold_packaging("orders")
    killed = open_program(workspace)
    plan(killed, 2)
    killed.wait_for("◐ planning   1 of 2 services reviewed")
    os.kill(killed.pid, signal.SIGKILL)
    killed.close()
    workspace.kill("wrapper.sh package")

    screen = open_program(workspace)
    screen.wait_for("✓ go   2 services")
    screen.press("w")
    screen.wait_for(NAME, "planned", "2 services")
    screen.press("enter")
    screen.wait_for("! no-go", "still to be packaged and reviewed: orders", "r reviews it")
    screen.press("p", "w")
    with pytest.raises(Refused, match="nobody has seen what orders would change"):
        shop.start()
    assert "STARTS" not in screen.text
    shop.let_packaging_go("orders")
    screen.press("r")
    screen.wait_for("✓ go   2 services in 2 waves", "STARTS    at once")
    screen.press("p")
    type_confirmation(screen)
    screen.wait_for("✓ done   took", "2 verified")
    screen.close()
    assert shop.deploys() == {"catalog": 1, "orders": 1}


def schedule(screen: Terminal) -> None:
    """Plan a release of everything that is behind, and confirm it for ten minutes from now."""
    plan(screen, 2)
    screen.wait_for("✓ go   2 services", "w starts it later")
    screen.press("w")
    screen.wait_for(f"Start release {NAME} to prod later")
    screen.press("10m", "enter")
    screen.wait_for("gates are asked again", f"Schedule {NAME} to prod", "letters to go")
    type_confirmation(screen)
    screen.wait_for("○ starts ", "SCHEDULED", "ctrl+x cancels it")


def test_a_release_for_later_starts_by_itself_and_its_gates_are_checked_again(workspace: Workspace) -> None:
    shop, clock = Shop(workspace, ("catalog", "identity")), workspace.folder / "leap"
    shop.set_up()
    screen = open_program(workspace, clock)
    schedule(screen)
    vetoed = workspace.run("veto", shop.new, "--service", "catalog", "--reason", "it loses carts")
    assert vetoed.returncode == 0, vetoed.stderr
    assert shop.deploys() == {"catalog": 0, "identity": 0}
    leap(clock, 601)
    screen.wait_for("✗ in trouble: catalog", "it loses carts")
    screen.close()
    assert shop.deploys() == {"catalog": 0, "identity": 1}
    until(lambda: not workspace.processes(PROCESS), "its process has ended")


def test_a_release_for_later_is_cancelled_by_a_key_and_never_starts(workspace: Workspace) -> None:
    shop, clock = Shop(workspace, ("catalog", "identity")), workspace.folder / "leap"
    shop.set_up()
    screen = open_program(workspace, clock)
    schedule(screen)
    screen.press("ctrl+x")
    screen.wait_for(f"Stop release {NAME}?")
    screen.press("right", "enter")
    screen.wait_for("STOPPED")
    leap(clock, 601)
    until(lambda: not workspace.processes(PROCESS), "its process has ended")
    screen.close()
    assert shop.deploys() == {"catalog": 0, "identity": 0}
