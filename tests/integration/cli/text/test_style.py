"""Columns, signs and colours."""

from __future__ import annotations

import io

import pytest

from promote_tui.cli.text.style import BLANK, Segment, Style, style_of, table, width


class Stream(io.TextIOWrapper):
    """A stream with an encoding of its own that is a terminal, or is not."""

    def __init__(self, encoding: str, *, tty: bool) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("abc", 3), ("●▼→", 3), ("é", 1), ("e\u0301", 1), ("日本", 4), ("\uff41", 2), ("한a", 3)],
)
def test_width_is_that_on_a_screen(text: str, expected: int) -> None:
    assert width(text) == expected


def test_columns_line_up_by_what_is_seen() -> None:
    rows = [
        [Segment("日本"), Segment("x"), Segment("2h", right=True)],
        [Segment("e\u0301"), Segment("long"), Segment("10m", right=True)],
        [Segment("abcdef"), BLANK, BLANK],
    ]
    assert table(rows, Style()) == ["日本    x      2h", "e\u0301       long  10m", "abcdef"]


def test_an_empty_column_takes_no_place_and_rows_may_be_short() -> None:
    assert table([[Segment("a"), BLANK, Segment("b")], [Segment("c")]], Style()) == ["a  b", "c"]


def test_no_rows_are_no_lines() -> None:
    assert table([], Style()) == []


def test_colour_codes_do_not_move_columns() -> None:
    plain = table([[Segment("a", "good"), Segment("b")], [Segment("ccc"), Segment("d", "bad")]], Style())
    painted = table([[Segment("a", "good"), Segment("b")], [Segment("ccc"), Segment("d", "bad")]], Style(colour=True))
    assert painted[0] == "\x1b[32ma\x1b[0m    b"
    assert [line.replace("\x1b[32m", "").replace("\x1b[31m", "").replace("\x1b[0m", "") for line in painted] == plain


@pytest.mark.parametrize(
    ("color", "tty", "environment", "expected"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {}, False),
    ],
)
def test_when_there_are_colours(
    color: str,
    tty: bool,
    environment: dict[str, str],
    expected: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert style_of(Stream("utf-8", tty=tty), color, ascii_only=False).colour is expected


@pytest.mark.parametrize(
    ("encoding", "ascii_only", "expected"),
    [("utf-8", False, "●"), ("utf-8", True, "="), ("ascii", False, "="), ("latin-1", False, "=")],
)
def test_signs_fall_back_to_ascii_where_the_encoding_lacks_them(encoding: str, ascii_only: bool, expected: str) -> None:
    assert style_of(Stream(encoding, tty=True), "auto", ascii_only=ascii_only).sign("same") == expected
