"""The field that a list is filtered with: `/`, what is typed, and what comes of it at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal

from promote_tui.tui.presentation.style import ink
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.content import Content


class FilterField(Horizontal):
    """A line that is empty until it is opened: the field is made when it is first wanted, not before the first frame.

    `result` draws what stands behind the field; the screen hears of what is typed by the field's own messages.
    """

    def __init__(self, placeholder: str, result: Callable[[int], Sequence[Content]]) -> None:
        super().__init__(id="filtering")
        self._placeholder = placeholder
        self._result = result

    @property
    def text(self) -> str:
        """What is typed."""
        from textual.widgets import Input  # noqa: PLC0415 - not before the first frame

        return next((field.value for field in self.query(Input)), "")

    async def open(self) -> None:
        """Stand in the field."""
        from textual.widgets import Input  # noqa: PLC0415 - not before the first frame

        if not self.query(Input):
            slash = LinesView(lambda _width: [ink("/", "strong")], "slash")
            field = Input(id="filter", placeholder=self._placeholder, compact=True)
            await self.mount(slash, field, LinesView(self._result, "kept"))
        self.query_one(Input).focus()

    def clear(self) -> None:
        """Forget what was typed."""
        from textual.widgets import Input  # noqa: PLC0415 - not before the first frame

        for field in self.query(Input):
            field.value = ""
