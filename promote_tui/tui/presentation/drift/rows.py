"""The rows of the drift screen, drawn: a sign, an age, where, and what has drifted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.git.relation import name
from promote_tui.core.model.cells import InProgress
from promote_tui.tui.presentation.drift.model import KIND_WORDS, DriftRow, Kind, has_failed, has_same_code, is_drift
from promote_tui.tui.presentation.drift.wording import row_words
from promote_tui.tui.presentation.style import Role, align_right, fit, ink, line, rule
from promote_tui.tui.presentation.widths import WIDE
from promote_tui.tui.presentation.wording import age

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual.content import Content

    from promote_tui.tui.presentation.glyphs import Glyphs


_COMMIT: dict[str, tuple[str, Role]] = {
    "behind": ("behind", "warn"),
    "ahead": ("ahead", "warn"),
    "diverged": ("diverged", "bad"),
    "unknown": ("unknown", "warn"),
    "none": ("never", "muted"),
}


def count_line(rows: Sequence[DriftRow], glyphs: Glyphs, width: int) -> Content:
    """Return how many rows there are of each kind: `✗ 2 stack    ▼ 9 commit`."""
    marks: dict[Kind, tuple[str, Role]] = {
        Kind.TROUBLE: (glyphs.failed, "bad"),
        Kind.TRAFFIC: (glyphs.altered, "bad"),
        Kind.STACK: (glyphs.failed, "bad"),
        Kind.CONFIG: (glyphs.modified, "warn"),
        Kind.COMMIT: (glyphs.behind, "warn"),
        Kind.UNREAD: (glyphs.unknown, "warn"),
    }
    gap = "    " if width >= WIDE else "  "
    parts: list[Content | str] = []
    for kind, (char, role) in marks.items():
        many = sum(row.kind is kind and is_drift(row) for row in rows)
        parts += [gap if parts else "", ink(f"{char} {many} {kind.value}", role)] if many else []
    return line(*parts)


def kind_head(kind: Kind, glyphs: Glyphs, width: int, *, wide: bool) -> Content:
    """Return the heading of a group: its kind, what it is about, and on a wide screen what its last column says."""
    about, column = KIND_WORDS[kind]
    left = line(ink(kind.value.upper(), "strong"), "  ", ink(about, "muted"))
    return rule(left, ink(column if wide else "", "muted"), width, glyphs.rule)


def row_line(row: DriftRow, now: datetime, glyphs: Glyphs, width: int, *, here: bool) -> Content:
    """Return `▼   3w  webhooks   prod   26 behind staging   Verify signatures with the new key`."""
    wide = width >= WIDE
    char, role = _look(row, glyphs)
    words, rest = row_words(row, glyphs)
    room = 34 if wide else 24
    return line(
        ink(char, role),
        align_right(ink(age(row.since, now), "muted"), 6 if wide else 4),
        "   " if wide else "  ",
        fit(ink(row.service, "strong" if here else "plain"), 15 if wide else 13),
        " ",
        fit(ink(row.stage), 10 if wide else 8),
        " ",
        fit(ink(_cut(words, row, room), role), room),
        " ",
        ink(rest, _rest_role(row)),
    )


def _rest_role(row: DriftRow) -> Role:
    found = row.commits if row.kind is Kind.COMMIT else None
    return "bad" if found and found.hotfixes else "warn" if found and found.reverts else "muted"


def _cut(words: str, row: DriftRow, room: int) -> str:
    """Return the words, shorter where there is no room: without the stage that they compare with."""
    if len(words) <= room:
        return words
    if row.kind is Kind.CONFIG:
        return words.partition("; ")[0].replace(f" ({row.view.against}: ", " vs ").removesuffix(")")
    return words.partition(" of ")[0].removesuffix(" by hand")


def _look(row: DriftRow, glyphs: Glyphs) -> tuple[str, Role]:
    if row.kind in {Kind.STACK, Kind.TRAFFIC}:
        return _stack_look(row, glyphs)
    busy = isinstance(row.view.cell, InProgress) or row.view.run is not None
    if busy and not row.view.unsettled:
        return glyphs.running(), "live"
    if row.kind is Kind.UNREAD or row.view.unsettled or (row.kind is Kind.TROUBLE and not has_failed(row)):
        return glyphs.unknown, "warn"
    if row.kind is Kind.TROUBLE:
        return glyphs.failed, "bad"
    if row.kind is Kind.CONFIG:
        return glyphs.modified, "warn" if has_same_code(row) else "muted"
    char, role = _COMMIT[name(row.view.relation)]
    return str(getattr(glyphs, char)), role


def _stack_look(row: DriftRow, glyphs: Glyphs) -> tuple[str, Role]:
    if row.kind is Kind.TRAFFIC:
        return glyphs.altered, "bad"
    if row.detecting is not None:
        return glyphs.running(), "live"
    if is_drift(row):
        return glyphs.failed, "bad"
    unknown = row.stack is not None and bool(row.stack.unknown)
    return (glyphs.unknown, "warn") if unknown else (glyphs.same, "good")
