"""How `runs`, `runs show` and `runs export` show the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from promote_tui.cli.outputs.runs import RunsExportOutput, RunShowOutput, RunsOutput
from promote_tui.cli.text import runs as text
from promote_tui.cli.text.csv_export import format_csv
from promote_tui.cli.views.base import JsonView, View
from promote_tui.core.releases.history import HistoryEntry
from promote_tui.core.runs.run import Run
from promote_tui.core.runs.unsettled_runs import with_known_outcome

if TYPE_CHECKING:
    from promote_tui.ports import Recorded


@dataclass(frozen=True, slots=True)
class RunList:
    """Runs, newest first, and the same with those of a release as one entry.

    `more`: there are older ones; `filtered`: not all were asked for.
    """

    runs: Sequence[Run]
    entries: Sequence[HistoryEntry]
    more: bool
    filtered: bool


class RunsView(Protocol):
    """Shows a list of runs."""

    def runs(self, found: RunList) -> None:
        """Show the runs."""


class RunsHuman(View):
    """The runs as a table."""

    def runs(self, found: RunList) -> None:
        """Print a row for each."""
        out = self.context.out
        if found.runs:
            out.lines(text.run_table(found.entries, out.style, self.context.now))
        else:
            self.context.err.line("no runs" if found.filtered else "no runs yet")


class RunsJson(JsonView):
    """The runs as JSON."""

    def runs(self, found: RunList) -> None:
        """Write them."""
        self.write(RunsOutput.of(found.runs, found.entries, more=found.more))


class RunShowView(Protocol):
    """Shows one run in full."""

    def run(self, found: Run, recorded: Sequence[Recorded], *, alive: bool) -> None:
        """Show a run with its events; `alive`: somebody works on it."""


class RunShowHuman(View):
    """Who, what, when, each step, and how it ended."""

    def run(self, found: Run, recorded: Sequence[Recorded], *, alive: bool) -> None:
        """Print the run."""
        out = self.context.out
        out.lines(text.run_lines(found, recorded, out.style, self.context.engine.deployer.name, alive=alive))


class RunShowJson(JsonView):
    """The run as JSON."""

    def run(self, found: Run, recorded: Sequence[Recorded], *, alive: bool) -> None:
        """Write the run."""
        self.write(RunShowOutput.of(with_known_outcome(found, alive=alive), recorded))


class ExportView(Protocol):
    """Hands the record on."""

    def record(self, runs: Sequence[Run], gaps: Sequence[str]) -> None:
        """Show every run, and what is missing."""


class ExportCsv(View):
    """A row for each run."""

    def record(self, runs: Sequence[Run], gaps: Sequence[str]) -> None:
        """Print the rows, and one for each gap."""
        self.context.out.text(format_csv(runs, gaps))


class ExportJson(JsonView):
    """The record as JSON."""

    def record(self, runs: Sequence[Run], gaps: Sequence[str]) -> None:
        """Write the runs and the gaps."""
        self.write(RunsExportOutput.of(runs, gaps))
