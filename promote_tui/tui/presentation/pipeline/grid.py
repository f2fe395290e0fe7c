"""Where the columns of the matrix stand, and what is said of those that do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.value import Value
from promote_tui.tui.presentation.style import (
    BLANK,
    ink,
    line,
    spread,
)
from promote_tui.tui.presentation.widths import STANDARD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content

    from promote_tui.tui.presentation.glyphs import Glyphs


class Grid(Value):
    """Where the columns of the matrix stand, in cells from its left edge."""

    service: int
    cell: int
    shown: int
    words: bool
    ages: bool


_COMFORTABLE, _AGED, _LEAST = 22, 20, 16
"""Cells of a stage: with room for everything, with room for an age, with a hash and a short drift."""
_WORDED = 33
"""Cells of a stage with room for its drift in words."""
_LARGE, _NAME_ON_LARGE, _NAME = 120, 21, 14
"""Cells of a large screen, and those of the services' column there and elsewhere."""
_LEAST_NAME = 12
"""Cells of the services' column that are left to it on the smallest screen."""


def grid(width: int, stages: int, longest: int = 0) -> Grid:
    """Return the columns for a width: all stages share it as long as each has room for its hash and its drift.

    `longest` is the length of the longest name of a service. Names get what stages can spare, and before a name
    is cut the ages go. 22 cells a stage at 80 columns, 33 at 120, words where they fit.
    """
    drawn = _NAME_ON_LARGE if width >= _LARGE else _NAME
    wanted = max(drawn, longest + 2)
    shown = max(1, min(stages, (width - _LEAST_NAME) // _LEAST))
    service = wanted
    if wanted > width - shown * _COMFORTABLE:
        service = min(wanted, width - shown * _LEAST)
    cell = min(40, (width - service) // shown)
    return Grid(service, cell, shown, cell >= _WORDED, width >= STANDARD and cell >= _AGED)


def hidden_stages_line(left: Sequence[str], right: Sequence[str], glyphs: Glyphs, width: int) -> Content:
    """Return the stages that do not fit, each side with its count: `◂ 1 more: DEV        ▸ 2 more: QA, PROD`."""
    room = (width - 3) // (2 if left and right else 1)
    before = _hidden_stages(glyphs.more_left, left, room) if left else BLANK
    after = _hidden_stages(glyphs.more_right, right, room) if right else BLANK
    return spread(line(" ", before), line(after, " "), width)


def _hidden_stages(sign: str, names: Sequence[str], room: int) -> Content:
    count = ink(f"{sign} {len(names)} more", "warn")
    named = ink(f": {', '.join(name.upper() for name in names)}", "muted")
    return line(count, named.truncate(max(0, room - count.cell_length), ellipsis=True))
