"""The pager in a real pty: it has the terminal, ctrl+c is for it alone, and the screen comes back whole."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.support.terminal import Terminal

pytestmark = pytest.mark.pty

TOP = Path(__file__).parents[4]
APP = """
from promote_tui.tui.app import run
from promote_tui.tui.options import Options
from tests.support.fakes.engine import FakeEngine
from tests.support import tui_history as history
engine = FakeEngine()
history.fill(engine)
run(engine.pipeline, lambda: engine, Options(refresh_seconds=3600))
"""
PAGER = r"""#!/bin/sh
echo "$1" > "$SEEN"
stty -echo -icanon
printf '\033[2J\033[HPAGING: '
read answer
"""


def test_ctrl_c_in_the_pager_leaves_the_screen_intact(tmp_path: Path) -> None:
    pager, seen = tmp_path / "pager", tmp_path / "seen"
    pager.write_text(PAGER, encoding="utf-8")
    pager.chmod(0o755)
    environment = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    environment |= {"PYTHONPATH": str(TOP), "PAGER": str(pager), "SEEN": str(seen)}
    screen = Terminal([sys.executable, "-c", APP], environment=environment, folder=tmp_path)
    try:
        screen.wait_for("SERVICE", "catalog", "p → promote")
        screen.press("enter")
        screen.wait_for("b7710ce")
        screen.press("d")
        screen.wait_for("3 files", "Next file")
        screen.press("v")
        screen.wait_for("PAGING:")
        assert "Next file" not in screen.text
        screen.press("ctrl+c")
        screen.wait_for("3 files", "src/backoff.ts", "Next file", "esc Back")
        assert "PAGING" not in screen.text
        assert not Path(seen.read_text(encoding="utf-8").strip()).exists()
        screen.press("n", "n")
        screen.wait_for("[ Previous")
        screen.press("esc")
        screen.wait_for("COMMIT", "b Branches")
        screen.press("esc")
        screen.wait_for("SERVICE", "catalog")
        screen.press("q")
        assert screen.wait_end() == 0
    finally:
        screen.close()
