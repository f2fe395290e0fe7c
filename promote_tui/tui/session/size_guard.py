"""Covers everything while the terminal is too small to be read safely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.text import plural
from promote_tui.tui.lazy import Lazy
from promote_tui.tui.presentation.style import BLANK, ink, line

if TYPE_CHECKING:
    from textual.content import Content
    from textual.geometry import Size
    from textual.screen import Screen

    from promote_tui.tui.dialogs.too_small import TooSmall
    from promote_tui.tui.host import Host

LEAST = 60, 16
"""Columns and rows below which nothing is safe to read."""
_TOO_SMALL: Lazy[type[TooSmall]] = Lazy("promote_tui.tui.dialogs.too_small:TooSmall")


class SizeGuard:
    """Covers every other screen while the terminal is too small."""

    def __init__(self, host: Host) -> None:
        self._host = host

    @property
    def is_shown(self) -> bool:
        """Whether it stands in front."""
        return self._host.screen.has_class("-too-small")

    def fit(self, size: Size) -> None:
        """Cover everything if the terminal is too small; the cover closes by itself."""
        if (size.width < LEAST[0] or size.height < LEAST[1]) and not self.is_shown:
            self._show()

    def push(self, screen: Screen[None]) -> None:
        """Show a screen, below the cover if there is one."""
        covered = self.is_shown
        if covered:
            self._host.pop_screen()
        self._host.push_screen(screen)
        if covered:
            self._show()

    def _show(self) -> None:
        self._host.push_screen(_TOO_SMALL.load()(self._running, LEAST))

    def _running(self) -> Content:
        live = self._host.live
        if not live:
            return BLANK
        verb = "continues" if len(live) == 1 else "continue"
        return line(ink(self._host.glyphs.running(), "live"), " ", ink(f"{plural(len(live), 'run')} {verb}"))
