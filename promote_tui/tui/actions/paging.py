"""A text in the person's own pager: a private copy is made in a thread, and deleted once the pager has it no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.terminal.pager import open_pager

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.errors import PromoteError
    from promote_tui.tui.host import ActionOwner
    from promote_tui.tui.terminal.private_copy import PrivateCopy


class Paging:
    """Lends the terminal to a pager, one copy at a time."""

    def __init__(self, screen: ActionOwner) -> None:
        self._screen = screen
        self._copying = False

    def open(self, make: Callable[[], PrivateCopy], failed: Callable[[str], object], *, words: str = "") -> None:
        """Make a copy and show it, unless one is being made; `words` say that it takes a moment."""
        if self._copying:
            return
        self._copying = True
        if words:
            self._screen.host.say(words)

        def fail(error: PromoteError) -> None:
            self._copying = False
            failed(str(error))

        self._screen.background(make, self._show, fail)

    def _show(self, copy: PrivateCopy) -> None:
        """Hand the terminal to the pager, and come back; a screen that was left has no use for it."""
        self._copying = False
        trouble = open_pager(self._screen.host, copy.path) if self._screen.is_current else ""
        copy.delete()
        if trouble:
            self._screen.host.say(trouble, failed=True)
