"""A list to choose one thing from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.containers import Vertical

from promote_tui.tui.bindings import bind
from promote_tui.tui.dialogs.base import Dialog
from promote_tui.tui.presentation.style import ink
from promote_tui.tui.widgets.list_view import NOWHERE, RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content

T = TypeVar("T")
_HOW = {False: "enter chooses, esc goes back", True: "an arrow and enter choose, esc goes back"}


class ChooseDialog(Dialog[T | None], Generic[T]):
    """Returns the chosen item, or None for esc; with the index NOWHERE nothing is chosen before the cursor is moved."""

    EMPTY = "there is none"
    BINDINGS: ClassVar[list[BindingType]] = [bind("choose.back", "back", "Back")]

    def __init__(
        self,
        title: str,
        items: Sequence[T],
        draw: Callable[[T, int], Content],
        *,
        index: int = 0,
        marks: bool = False,
    ) -> None:
        super().__init__()
        self._title = title
        self._items = items
        self._index = index
        self._rows: RowList[T] = RowList(lambda item, _index, width: draw(item, width), marks=marks, empty=self.EMPTY)

    def compose(self) -> ComposeResult:
        """Return the list in a box."""
        with Vertical(id="box") as box:
            box.border_title = ink(self._title, "strong")
            box.border_subtitle = ink(_HOW[self._index == NOWHERE], "muted")
            yield self._rows

    def on_mount(self) -> None:
        """Put the cursor on the default."""
        self.show(self._items)
        self._rows.focus()

    def show(self, items: Sequence[T]) -> None:
        """Show these items."""
        self._items = items
        self._rows.styles.height = min(len(items) or 1, 14)
        self._rows.show(items, self._index)

    def on_row_list_chosen(self) -> None:
        """Return the item."""
        self.dismiss(self._rows.current)

    def action_back(self) -> None:
        """Return nothing."""
        self.dismiss(None)
