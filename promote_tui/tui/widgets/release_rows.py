"""The waves of a release as a list: a heading for each, a row for each service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.presentation.release.guided import rows
from promote_tui.tui.presentation.release.guided.rows import GuidedRow
from promote_tui.tui.presentation.style import BLANK
from promote_tui.tui.widgets.grouped_list import FixedLine, GroupedList

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.content import Content

    from promote_tui.tui.presentation.release.guided.model import GuidedRelease


class ReleaseRows(GroupedList[GuidedRow]):
    """Draws what `guided` returns; when the release is first known, the cursor goes to what needs a person."""

    def __init__(self, guided: Callable[[], GuidedRelease], *, marks: bool) -> None:
        super().__init__(self._row, lambda row: row.service, marks=marks, empty="reading the release")
        self._guided = guided
        self._is_pointed = False

    def show_release(self, *, air: bool) -> None:
        """Show the rows as they are now, with a blank line between the waves where there is `air`."""
        guided = self._guided()
        lines = self._lines(guided, air=air)
        if guided.release is not None and not self._is_pointed:
            self._is_pointed = True
            first = next(iter((*guided.in_trouble, *guided.at_work)), None)
            if first is not None:
                self.show(lines, lines.index(GuidedRow(first)))
        self.show_lines(lines)

    def _lines(self, guided: GuidedRelease, *, air: bool) -> list[GuidedRow | FixedLine]:
        if guided.release is None:
            return [GuidedRow(name) for name in (guided.planning.services if guided.planning else ())]
        lines: list[GuidedRow | FixedLine] = []
        for number, wave in enumerate(guided.release.planned.waves, 1):
            if air and lines:
                lines.append(FixedLine(lambda _width: BLANK))
            lines += [self._head(number, wave), *(GuidedRow(name) for name in wave)]
        return lines

    def _head(self, number: int, wave: tuple[str, ...]) -> FixedLine:
        return FixedLine(lambda width: rows.wave_line(self._guided(), number, wave, width))

    def _row(self, row: GuidedRow, width: int) -> Content:
        return rows.row_line(self._guided(), row.service, width, here=row == self.at)
