"""The list of drifts: each kind below its own heading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.presentation.drift.model import DriftRow, Kind
from promote_tui.tui.presentation.drift.rows import kind_head
from promote_tui.tui.presentation.style import BLANK
from promote_tui.tui.widgets.grouped_list import FixedLine, GroupedList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.content import Content

    from promote_tui.tui.presentation.glyphs import Glyphs


class DriftList(GroupedList[DriftRow]):
    """Rows in groups, with a blank line between them where the screen is `tall`, a last column where it is `wide`."""

    def __init__(self, draw: Callable[[DriftRow, int], Content], glyphs: Glyphs, *, marks: bool) -> None:
        super().__init__(draw, lambda row: row.key, marks=marks)
        self._glyphs = glyphs

    @property
    def rows(self) -> list[DriftRow]:
        """The rows, without their headings."""
        return [item for item in self.items if not isinstance(item, FixedLine)]

    def show_rows(self, rows: Sequence[DriftRow], *, tall: bool, wide: bool) -> None:
        """Show these rows."""
        lines: list[DriftRow | FixedLine] = []
        for kind in Kind:
            group = [row for row in rows if row.kind is kind]
            if group:
                lines += [FixedLine(lambda _width: BLANK)] if lines and tall else []
                lines += [self._head(kind, wide=wide), *group]
        self.show_lines(lines)

    def _head(self, kind: Kind, *, wide: bool) -> FixedLine:
        return FixedLine(lambda width: kind_head(kind, self._glyphs, width, wide=wide))
