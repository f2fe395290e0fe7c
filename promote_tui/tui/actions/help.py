"""What `?` does: show the keys of the screen in front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.dialogs.help import HelpDialog
from promote_tui.tui.registry import WAYS

if TYPE_CHECKING:
    from promote_tui.tui.action import FrontScreen
    from promote_tui.tui.host import Host


class ShowHelp:
    """Shows the keys that work, and why others do not."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def why_not(self, _view: FrontScreen | None) -> str:
        """Return nothing: help is always there."""
        return ""

    def run(self, view: FrontScreen | None) -> None:
        """Show the page."""
        if view is not None:
            active = [*view.active_bindings.values()]
            self._host.push_screen(HelpDialog(active, view.TITLE_WORDS, self._host.glyphs, WAYS))
