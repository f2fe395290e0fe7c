"""The field that a list is filtered with: `/`, what is typed, and what comes of it at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.containers import Horizontal

from promote_tui.tui.lazy import Lazy
from promote_tui.tui.presentation.style import ink
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.content import Content
    from textual.widgets import Input

_INPUT: Lazy[type[Input]] = Lazy("textual.widgets:Input")


class FilterField(Horizontal):
    """A line that is empty until it is opened: the field is made when it is first wanted, not before the first frame.

    `result` draws what stands behind the field; the screen hears of what is typed by the field's own messages.
    """

    def __init__(self, placeholder: str, result: Callable[[int], Sequence[Content]]) -> None:
        super().__init__(id="filtering")
        self._placeholder = placeholder
        self._result = result

    @property
    def _field(self) -> Input | None:
        return cast("Input | None", next(iter(self.query("#filter")), None))

    @property
    def text(self) -> str:
        """What is typed."""
        return self._field.value if self._field is not None else ""

    async def open(self) -> None:
        """Stand in the field."""
        if self._field is None:
            slash = LinesView(lambda _width: [ink("/", "strong")], "slash")
            field = _INPUT.load()(id="filter", placeholder=self._placeholder, compact=True)
            await self.mount(slash, field, LinesView(self._result, "kept"))
        self.query_one("#filter").focus()

    async def fill(self, text: str) -> None:
        """Open the field with a text in it."""
        await self.open()
        self.query_one("#filter", _INPUT.load()).value = text

    def clear(self) -> None:
        """Forget what was typed."""
        if self._field is not None:
            self._field.value = ""
