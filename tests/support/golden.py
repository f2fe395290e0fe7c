"""Golden text: what a screen shows, character by character, beside the test that draws it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.driver import LARGE

if TYPE_CHECKING:
    from tests.support.driver import Driver

FOLDER = Path(__file__).parents[1] / "integration/tui/golden"


async def golden(it: Driver, name: str) -> None:
    """Compare the screen, once it has come to rest, with its golden text.

    `UPDATE_GOLDEN=1` writes it anew, for a person to read in the diff.
    """
    await it.settle()
    width, height = it.app.size
    path = FOLDER / f"{name}-{width}x{height}.txt"
    shown = "\n".join(row.rstrip() for row in it.text.splitlines()).rstrip() + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    assert path.exists(), f"{path.name} is missing: run with UPDATE_GOLDEN=1, then read it\n{shown}"
    assert shown == path.read_text(encoding="utf-8"), f"the screen is not {path.name} any more:\n{shown}"


async def golden_at_both_sizes(it: Driver, name: str) -> None:
    """Compare the screen with its golden text as it is, and again once its small terminal has become a large one."""
    await golden(it, name)
    await it.pilot.resize_terminal(*LARGE)
    await golden(it, name)
