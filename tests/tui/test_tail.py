"""A log's lines are complete, in order, and cannot act on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promote_tui.tui.tail import Tail, shown

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]52;c;aGk=\x1b\\after", "after"),
        ("\x9b31mred", "red"),
        ("10%\r50%\r100%", "100%"),
        ("dos line\r", "dos line"),
        ("a\x00b", "a�b"),
        ("\x1b(Bcharset", "charset"),
        ("[/x][@click=app.quit]", "[/x][@click=app.quit]"),
    ],
)
def test_control_sequences_are_removed(raw: str, text: str) -> None:
    assert shown(raw) == text


@given(st.text())
def test_no_line_ever_holds_a_control_character(raw: str) -> None:
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in shown(raw))


def test_only_complete_lines_are_read_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    tail = Tail(path)
    assert tail.read() == []
    path.write_bytes("one\ntwo and ä".encode()[:-1])
    assert tail.read() == ["one"]
    with path.open("ab") as file:
        file.write("ä".encode()[1:] + b"\nthree")
    assert tail.read() == ["two and ä"]
    assert tail.read(last=True) == ["three"]
    assert tail.read(last=True) == []
