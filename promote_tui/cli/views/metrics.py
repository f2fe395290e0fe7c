"""How `metrics` shows the four DORA figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from promote_tui.cli.outputs.metrics import MetricsOutput
from promote_tui.cli.text import metrics as text
from promote_tui.cli.views.base import JsonView, View
from promote_tui.core.runs.dora import Metrics


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of these services in a stage."""

    stage: str
    services: Sequence[str]
    metrics: Metrics


class MetricsView(Protocol):
    """Shows a stage's figures."""

    def figures(self, found: Figures) -> None:
        """Show the figures."""


class MetricsHuman(View):
    """The figures as a table, with their definitions."""

    def figures(self, found: Figures) -> None:
        """Print the figures."""
        self.context.out.lines(text.metric_lines(found.metrics, found.stage, self.context.out.style))


class MetricsJson(JsonView):
    """The figures as JSON."""

    def figures(self, found: Figures) -> None:
        """Write the figures."""
        self.write(MetricsOutput.of(found.metrics, found.stage, found.services))
