"""What `D` does: show what was deployed to the stage that the screen is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.action import NO_CELL, NOT_OPEN
from promote_tui.tui.actions.navigation import description_screen

if TYPE_CHECKING:
    from promote_tui.tui.action import FrontScreen
    from promote_tui.tui.host import Host

_DESCRIPTION = "Description"


class Describe:
    """Opens the description of a cell."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def why_not(self, view: FrontScreen | None) -> str:
        """Return that there is no cell, or that it is described already."""
        if self._host.engine is None:
            return NOT_OPEN
        if view is None or view.current_cell() is None:
            return NO_CELL
        return "this is what was deployed" if view.TITLE_WORDS == _DESCRIPTION else ""

    def run(self, view: FrontScreen | None) -> None:
        """Open it."""
        cell = view.current_cell() if view is not None else None
        if cell is not None:
            self._host.push_screen(description_screen(cell))
