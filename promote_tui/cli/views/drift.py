"""How `drift` shows the three drifts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from promote_tui.cli.outputs.drift import DriftOutput
from promote_tui.cli.text import drift as text
from promote_tui.cli.views.base import JsonView, View

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from promote_tui.core.drift.report import DriftKind, StageDrift


class DriftView(Protocol):
    """Shows a drift report."""

    def report(self, rows: Sequence[StageDrift], kinds: Collection[DriftKind]) -> None:
        """Show the drifts of these kinds."""


class DriftHuman(View):
    """A section for each kind, the oldest stage first."""

    def report(self, rows: Sequence[StageDrift], kinds: Collection[DriftKind]) -> None:
        """Print the sections, and what could not be read."""
        out = self.context.out
        out.lines(text.drift_lines(rows, kinds, out.style, self.context.now))


class DriftJson(JsonView):
    """The report as JSON."""

    def report(self, rows: Sequence[StageDrift], kinds: Collection[DriftKind]) -> None:
        """Write the drifts."""
        self.write(DriftOutput.of(self.context.engine.pipeline.project, rows, kinds))
