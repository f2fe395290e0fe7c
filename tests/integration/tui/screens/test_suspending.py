"""Ctrl-Z under a real shell in a real pseudo-terminal: the shell has its turn, and `fg` brings the screen back."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.pty

ROOT = Path(__file__).parents[4]
PROGRAM = """
import sys
from pathlib import Path
from promote_tui.tui.app import run
from tests.support.fakes.engine import FakeEngine
engine = FakeEngine(folder=Path(sys.argv[1]))
sys.exit(run(engine.pipeline, lambda: engine))
"""


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Terminal]:
    """An interactive shell, with the program in a file."""
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    environment = {**os.environ, "PS1": "shell> ", "PYTHONPATH": str(ROOT), "HISTFILE": "/dev/null"}
    terminal = Terminal(["bash", "--norc", "--noprofile", "-i"], environment=environment, folder=tmp_path)
    yield terminal
    terminal.close()


def is_whole(screen: str) -> bool:
    """Tell whether the matrix stands there with its hints, and nothing of the shell."""
    return all(text in screen for text in ("SERVICE", "billing", "● 3f2a9c1", "orders", "Filter", " / ")) and not any(
        text in screen for text in ("Stopped", "_ fg", " of 8 services")
    )


def test_ctrl_z_suspends_and_fg_brings_the_screen_back_without_stray_keys(shell: Terminal, tmp_path: Path) -> None:
    shell.wait_for("shell>")
    shell.press(f"{sys.executable} program.py {tmp_path}\r")
    shell.wait_for("SERVICE", "billing", "● 3f2a9c1")
    for _ in range(2):
        shell.press("\x1a")
        shell.wait_for("Stopped", "shell>")
        shell.press("echo $((40 + 2))\r")
        shell.wait_for("42")
        shell.press("fg\r")
        shell.wait(is_whole, "the screen, with the hints and nothing of the shell")
        shell.press("/")
        shell.wait_for("/ service, hash")
        shell.press("bill")  # a stray key would have opened something else, or stand before it
        shell.wait_for("/ bill", "1 of 8 services")
        shell.press("esc")
        shell.wait(is_whole, "the screen without a filter")
    shell.press("q")
    shell.wait_for("shell>")
    shell.press("echo code $?\r")
    shell.wait_for("code 0")
