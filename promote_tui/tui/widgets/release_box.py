"""The box under a release: what is missing, what is in trouble, or how it ended; it gives way to the frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

from promote_tui.tui.presentation.release.guided import box
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.content import Content

    from promote_tui.tui.presentation.release.guided.model import GuidedRelease

_CLASSES = ("-go", "-calm", "-bad")
_LEAST, _MOST = 3, 8
"""Lines that it has at least, and at most."""


class ReleaseBox(Vertical):
    """Draws what `guided` returns; `room` returns how many lines there are for it."""

    def __init__(self, guided: Callable[[], GuidedRelease], room: Callable[[], int]) -> None:
        super().__init__(id="verdict")
        self._guided = guided
        self._room = room

    def compose(self) -> ComposeResult:
        """Return the lines."""
        yield LinesView(self._lines, "issues")

    def _lines(self, width: int) -> list[Content]:
        return box.box_lines(self._guided(), width, max(_LEAST, min(_MOST, self._room())))

    def show_release(self, *, gives_way: bool) -> None:
        """Show the box as it is now; not where something is asked instead, and not without anything to say."""
        guided = self._guided()
        self.display = not gives_way and bool(box.box_lines(guided, self.screen.size.width, _MOST))
        self.border_title = box.box_title(guided)
        for name in _CLASSES:
            self.set_class(box.box_class(guided) == name, name)
