"""How `inbox` shows what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from promote_tui.cli.outputs.inbox import InboxOutput
from promote_tui.cli.text.inbox import inbox_lines
from promote_tui.cli.views.base import JsonView, View

if TYPE_CHECKING:
    from promote_tui.core.inbox.item import Inbox


class InboxView(Protocol):
    """Shows an inbox."""

    def inbox(self, found: Inbox) -> None:
        """Show what waits."""


class InboxHuman(View):
    """The inbox as lines with commands."""

    def inbox(self, found: Inbox) -> None:
        """Print what waits, kind by kind."""
        if found.items:
            self.context.out.lines(inbox_lines(found, self.context.out.style, self.context.now))
        else:
            self.context.err.line("nothing waits for you")


class InboxJson(JsonView):
    """The inbox as JSON."""

    def inbox(self, found: Inbox) -> None:
        """Write what waits."""
        self.write(InboxOutput.of(found))
