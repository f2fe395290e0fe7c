"""The decisions that can be made now, to choose one of; none of them is chosen before the cursor is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from promote_tui.tui.dialogs.choose import ChooseDialog
from promote_tui.tui.presentation.style import ink
from promote_tui.tui.widgets.list_view import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.content import Content

T = TypeVar("T")


class DecisionDialog(ChooseDialog[T], Generic[T]):
    """A list that is open before it is known what stands in it."""

    EMPTY = "reading what can be decided"

    def __init__(self, title: str, words: Callable[[T], str], *, marks: bool = False) -> None:
        def draw(item: T, _width: int) -> Content:
            return ink(f" {words(item)}")

        super().__init__(title, (), draw, index=NOWHERE, marks=marks)
