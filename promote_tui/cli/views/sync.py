"""How `sync` shows what is due and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from promote_tui.cli.outputs.sync import SyncOutput
from promote_tui.cli.text.sync import item_lines
from promote_tui.cli.views.base import JsonView, View
from promote_tui.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.sync.item import SyncItem


class SyncView(Protocol):
    """Shows a sync."""

    def begin_watch(self, *, check: bool) -> None:
        """Say that syncs follow each other; raises UsageError where they cannot be shown so."""

    def sync(self, items: Sequence[SyncItem], *, check: bool) -> None:
        """Show what was done, or with `check` would be."""


class SyncHuman(View):
    """A line for each item that there is something to say of."""

    def begin_watch(self, *, check: bool) -> None:
        """Say how it ends; raises UsageError with `check`, which deploys nothing."""
        if check:
            raise UsageError("--watch", "cannot be combined with --check", "leave one of them out")
        self.context.err.line("watching the branches; Ctrl-C ends it")

    def sync(self, items: Sequence[SyncItem], *, check: bool) -> None:  # noqa: ARG002 - people see what they asked for
        """Print what is due and what became of it."""
        lines = item_lines(items, self.context.out.style)
        self.context.out.lines(lines or ["nothing is deployed by this"])


class SyncJson(JsonView):
    """The sync as JSON."""

    def begin_watch(self, *, check: bool) -> None:  # noqa: ARG002 - neither is possible
        """Raise UsageError: a document has an end."""
        raise UsageError("--watch", "cannot be combined with --json", "leave one of them out")

    def sync(self, items: Sequence[SyncItem], *, check: bool) -> None:
        """Write what is due and what became of it."""
        self.write(SyncOutput.of(self.context.engine.pipeline.project, items, check=check))
