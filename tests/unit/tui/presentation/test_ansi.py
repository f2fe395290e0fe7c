"""A log's colours are kept; nothing else in it reaches a terminal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.color import Color
from textual.style import Style

from promote_tui.tui.presentation.ansi import LONGEST, colour_text, columns, plain_text, styled_text

HOSTILE = st.text(st.one_of(st.sampled_from("\x1b\x9b\x9d\x07[];0123456789mHJ\r\\"), st.characters()))
SGR = re.compile(r"\x1b\[[0-9;:]*m")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]52;c;aGk=\x1b\\after", "after"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("\x1b[2J\x1b[Hcleared", "cleared"),
        ("10%\r50%\r100%", "100%"),
        ("\x1b[32m10%\r\x1b[32m100%\x1b[0m", "100%"),
        ("dos line\r", "dos line"),
        ("a\x00b", "a�b"),
        ("\x1b(Bcharset", "charset"),
        ("\u202eevil", "�evil"),
        ("[/x][@click=app.quit]", "[/x][@click=app.quit]"),
    ],
)
def test_control_sequences_are_removed(raw: str, text: str) -> None:
    assert plain_text(raw) == text
    assert styled_text(raw).plain == text
    assert SGR.sub("", colour_text(raw)) == text


@pytest.mark.parametrize(
    ("codes", "styles"),
    [
        ("31", ["$text-error"]),
        ("92", ["$text-success"]),
        ("38;5;9", ["$text-error"]),
        ("38;5;196", [Style(foreground=Color(255, 0, 0))]),
        ("38;5;255", [Style(foreground=Color(238, 238, 238))]),
        ("38;2;1;2;3", [Style(foreground=Color(1, 2, 3))]),
        ("48;2;1;2;3", [Style(background=Color(1, 2, 3))]),
        ("38:5:196", [Style(foreground=Color(255, 0, 0))]),
        ("1;33;44", ["on $primary-muted", "$text-warning", Style(bold=True)]),
        ("2", [Style(dim=True)]),
        ("4", [Style(underline=True)]),
        ("38;2;1;2", []),
        ("38;2;999;1;1", []),
        ("38", []),
        ("31;0", []),
        ("31;39;1;22", []),
        ("5", []),
        ("8", []),
        ("38;2;9;9;9;48;2;9;9;9", [Style(background=Color(9, 9, 9))]),
    ],
)
def test_colours_and_strengths_are_kept(codes: str, styles: list[object]) -> None:
    assert [span.style for span in styled_text(f"\x1b[{codes}mtext").spans] == styles


def test_a_colour_lasts_until_it_is_taken_back() -> None:
    found = styled_text("one \x1b[31mtwo\x1b[0m three")
    assert [(span.start, span.end) for span in found.spans] == [(4, 7)]


def test_the_clis_line_about_a_resource_stands_in_columns() -> None:
    shown = columns(styled_text("  UPDATE_COMPLETE - AWS::Lambda::Function - OrdersFunction"))
    assert shown.plain == "UPDATE_COMPLETE     OrdersFunction            Lambda::Function"
    assert columns(styled_text("Packaging - orders")).plain == "Packaging - orders"
    assert columns(styled_text("\x1b[31mUPDATE_COMPLETE - AWS::X::Y - Z")).plain == "UPDATE_COMPLETE - AWS::X::Y - Z"


def test_a_line_without_end_is_cut() -> None:
    found = styled_text("\x1b[31m" + "x" * 1_000_000)
    assert len(found.plain) == LONGEST
    assert found.plain.endswith("…")
    assert found.plain == plain_text("x" * 1_000_000)


@given(HOSTILE)
def test_no_line_ever_holds_a_control_character(raw: str) -> None:
    for shown in (plain_text(raw), styled_text(raw).plain, SGR.sub("", colour_text(raw))):
        assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in shown)


@given(HOSTILE)
def test_with_and_without_colours_a_line_reads_the_same(raw: str) -> None:
    assert styled_text(raw).plain == plain_text(raw)
