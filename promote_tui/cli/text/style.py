"""Signs and colours of the text output, and how wide text stands on a screen."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TextIO

Role: TypeAlias = Literal["plain", "strong", "calm", "good", "warn", "bad", "busy"]

_CODES: Mapping[Role, str] = {"strong": "1", "calm": "2", "good": "32", "warn": "33", "bad": "31", "busy": "34"}
_SIGNS = {
    "same": ("●", "="),
    "behind": ("▼", "v"),
    "ahead": ("▲", "^"),
    "diverged": ("◆", "%"),
    "altered": ("≠", "!"),
    "veto": ("⊗", "x"),
    "hold": ("⊘", "#"),
    "running": ("◐", "*"),
    "failed": ("✗", "X"),
    "never": ("○", "-"),
    "unknown": ("?", "?"),
    "alone": ("·", "."),
    "loading": ("…", "."),
    "passed": ("✓", "+"),
    "attention": ("!", "!"),
    "arrow": ("→", ">"),
    "replace": ("±", "R"),
    "remove": ("\N{MINUS SIGN}", "-"),
    "modify": ("~", "~"),
    "add": ("+", "+"),
    "bar": ("│", "|"),
    "dot": ("·", "-"),
}


@dataclass(frozen=True, slots=True)
class Style:
    """How one stream is written to."""

    colour: bool = False
    ascii_only: bool = False

    def paint(self, text: str, role: Role) -> str:
        """Return the text in the role's colour, where colours are on."""
        if not self.colour or role == "plain" or not text:
            return text
        return f"\x1b[{_CODES[role]}m{text}\x1b[0m"

    def sign(self, name: str) -> str:
        """Return a sign of one cell's width."""
        return _SIGNS[name][self.ascii_only]


def style_of(stream: TextIO, color: str, *, ascii_only: bool) -> Style:
    """Return the style that fits the stream, the environment and the options."""
    wanted = color == "always" or (color == "auto" and _colourful(stream))
    return Style(wanted, ascii_only or not _shows_signs(stream))


def _colourful(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _shows_signs(stream: TextIO) -> bool:
    try:
        "".join(sign for sign, _ in _SIGNS.values()).encode(stream.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def width(text: str) -> int:
    """Return how many cells of a terminal the text takes."""
    return len(text) if text.isascii() else sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


@dataclass(frozen=True, slots=True)
class Segment:
    """Text with its role; `right` puts it at its column's right edge."""

    text: str
    role: Role = "plain"
    right: bool = False


BLANK = Segment("")


def table(rows: Sequence[Sequence[Segment]], style: Style) -> list[str]:
    """Return the rows as lines with aligned columns, two spaces apart; empty columns take no place."""
    count = max((len(row) for row in rows), default=0)
    filled = [[*row, *[BLANK] * (count - len(row))] for row in rows]
    widths = [max(width(row[index].text) for row in filled) for index in range(count)]
    return [_line(row, widths, style) for row in filled]


def _line(row: Sequence[Segment], widths: Sequence[int], style: Style) -> str:
    last = max((index for index, span in enumerate(row) if span.text), default=-1)
    parts = []
    for index, (span, room) in enumerate(zip(row, widths, strict=True)):
        if index > last:
            break
        if not room:
            continue
        space = " " * (room - width(span.text))
        painted = style.paint(span.text, span.role)
        parts.append(space + painted if span.right else painted if index == last else painted + space)
    return "  ".join(parts)
