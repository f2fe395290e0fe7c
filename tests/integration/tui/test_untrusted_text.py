"""What comes from outside is shown literally: no planted sequence reaches the terminal, and nothing crashes."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.pty

TOP = Path(__file__).parents[3]
NEEDLES = (
    "\x1b]52;c;cGxhbnRlZA==\x07",
    "\x1b[31337;7m",
    "\x1b[31337J\x1b[31337;1H",
    "\x1b]0;title\x1b\\",
    "\x1bP+q544e\x1b\\",
    "\x1bc31337",
    "\x9b31337m",
    "\x9d52;c;cGxhbnRlZA==\x9c",
    "\x90q\x9c",
    "\u202egpj.exe\u2066",
    "\u2028line\u2029",
    "\x08\x08\x7f\x00",
    "\r\n\x0b\x0c",
    "\U000e0001tag",
    "\ue000private",
)
MARKUP = (
    "[/x]",
    "[WIP]",
    "[@click=app.quit]quit[/]",
    "[@click=app.leave]x",
    "[/users/{id}]",
    "[bold red]x",
    "[",
    "]",
    "\\[",
    "[[",
    "$text-error",
    "{}",
    "%s",
)
PLANT = st.lists(
    st.one_of(st.sampled_from(NEEDLES), st.sampled_from(MARKUP), st.text(max_size=6)), min_size=1, max_size=4
).map("".join)


def harmful(plant: str) -> Iterator[bytes]:
    """Yield what must not be found among the bytes that the terminal was sent."""
    raw = plant.encode("utf-8", "surrogatepass")
    for start in (at for at, byte in enumerate(raw) if byte == 0x1B):
        if len(raw[start : start + 5]) == 5:  # shorter ones stand in what Textual writes too
            yield raw[start : start + 5]
    for char in plant:
        category = unicodedata.category(char)
        if (category[0] == "C" or category in {"Zl", "Zp"}) and char not in "\x1b\r\n\t\x08\x0f\x0e":
            yield char.encode("utf-8", "surrogatepass")


def _without_pointers(sent: bytes) -> bytes:
    """Return the bytes without what Textual itself writes to choose a shape of the mouse pointer: it ends with BEL."""
    return re.sub(rb"\x1b\]22;[a-z-]*\x07", b"", sent)


def tour(plants: list[str], folder: Path) -> Terminal:
    """Return the terminal of a program that leads itself through every screen and out again."""
    (folder / "plants.json").write_text(json.dumps(plants), encoding="utf-8")
    environment = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    environment |= {"PYTHONPATH": str(TOP), "SSH_CONNECTION": "1", "PYTHONIOENCODING": "utf-8"}
    argv = [sys.executable, "-m", "tests.support.hostile", str(folder / "plants.json"), str(folder)]
    terminal = Terminal(argv, environment=environment, folder=TOP)
    terminal.wait_for("SERVICE", "catalog")
    return terminal


@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.generate],  # an example is a tour of the program: shrinking would take a hundred of them
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
@given(st.lists(PLANT, min_size=6, max_size=12))
def test_no_planted_sequence_reaches_the_terminal_and_nothing_crashes(plants: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        terminal = tour(plants, Path(folder))
        assert terminal.wait_end() == 0, terminal.text
        sent = _without_pointers(bytes(terminal.raw))
        found = {needle for plant in plants for needle in harmful(plant) if needle in sent}
        assert not found
        assert b"Traceback" not in sent
        assert b"unexpected" not in sent


def test_every_needle_at_once(tmp_path: Path) -> None:
    plants = [f"{needle}{markup}" for needle, markup in zip(NEEDLES, MARKUP * 2, strict=False)]
    terminal = tour(plants, tmp_path)
    assert terminal.wait_end() == 0, terminal.text
    sent = _without_pointers(bytes(terminal.raw))
    assert not {needle for plant in plants for needle in harmful(plant) if needle in sent}
    assert b"[@click=app.quit]quit[/]" in sent, "markup is shown literally"
    assert b"Traceback" not in sent
    assert b"unexpected" not in sent


def test_the_check_would_see_a_needle_that_gets_through() -> None:
    sent = b"...".join(needle.encode() for needle in NEEDLES)
    assert all(any(part in sent for part in harmful(needle)) for needle in NEEDLES if needle != "\r\n\x0b\x0c")
