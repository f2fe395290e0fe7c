"""Rows in groups: headings and blank lines stand between them, and the cursor passes over those."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from promote_tui.tui.widgets.list_view import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from textual.content import Content

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FixedLine:
    """A line that the cursor never stands on."""

    draw: Callable[[int], Content]


class GroupedList(RowList[T | FixedLine]):
    """Items among fixed lines; the cursor stays on the item with the same `key` when they are shown anew."""

    def __init__(
        self, draw: Callable[[T, int], Content], key: Callable[[T], Hashable], *, marks: bool = False, empty: str = ""
    ) -> None:
        def drawn(item: T | FixedLine, _index: int, width: int) -> Content:
            return item.draw(width) if isinstance(item, FixedLine) else draw(item, width)

        super().__init__(drawn, marks=marks, empty=empty)
        self._key = key

    @property
    def at(self) -> T | None:
        """The item under the cursor; None where there is no item."""
        found = self.current
        return None if isinstance(found, FixedLine) else found

    def show_lines(self, lines: Sequence[T | FixedLine]) -> None:
        """Show these lines, with the cursor where it was, or on the nearest item."""
        old = self.at
        keys = [None if isinstance(line, FixedLine) else self._key(line) for line in lines]
        wanted = keys.index(self._key(old)) if old is not None and self._key(old) in keys else self.index
        self.show(lines, _nearest(lines, wanted, 1))

    def action_move(self, rows: int) -> None:
        """Move the cursor over the items; it stops at the first and the last."""
        old = self.index
        wanted = max(0, min(len(self.items) - 1, self.index + rows))
        self.index = _nearest(self.items, wanted, 1 if rows > 0 else -1)
        self._settle(moved=old != self.index)

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Offer to open only where there is an item."""
        return action != "choose" or self.at is not None

    def action_choose(self) -> None:
        """Say that the item was chosen."""
        if self.at is not None:
            super().action_choose()

    def _settle(self, *, moved: bool) -> None:
        super()._settle(moved=moved)
        top = self.index
        while top > 0 and isinstance(self.items[top - 1], FixedLine):
            top -= 1
        if top < self.scroll_offset.y and self.index - top < self.size.height:
            self.scroll_to(y=top, animate=False, force=True, immediate=True)


def _nearest(lines: Sequence[object], wanted: int, step: int) -> int:
    """Return the place of an item at `wanted`, else behind it in the direction of `step`, else before it."""
    last = len(lines) - 1
    onward = range(wanted, last + 1) if step > 0 else range(wanted, -1, -1)
    back = range(wanted, -1, -1) if step > 0 else range(wanted, last + 1)
    return next((at for at in (*onward, *back) if 0 <= at <= last and not isinstance(lines[at], FixedLine)), 0)
