"""How `status` and `log` show the matrix and a service's commits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from promote_tui.cli.outputs.commits import LogOutput
from promote_tui.cli.outputs.history import StatusAtOutput
from promote_tui.cli.outputs.status import StatusOutput
from promote_tui.cli.text import status as text
from promote_tui.cli.text.history import past_matrix_lines
from promote_tui.cli.views.base import JsonView, View
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from promote_tui.cli.text.status import ServiceGroups
    from promote_tui.core.history.past_matrix import PastMatrix
    from promote_tui.core.matrix import Snapshot
    from promote_tui.core.model.pipeline import Commit, Pipeline, Service


class StatusView(Protocol):
    """Shows the matrix."""

    def matrix(self, groups: ServiceGroups, snapshot: Snapshot) -> None:
        """Show these services' rows, by owner where they are grouped."""

    def past_matrix(self, pipeline: Pipeline, services: Sequence[Service], found: PastMatrix) -> None:
        """Show these services' rows as they were at a moment."""


class StatusHuman(View):
    """The matrix as a table."""

    def matrix(self, groups: ServiceGroups, snapshot: Snapshot) -> None:
        """Print a summary, a row for each service, and what is out of the ordinary."""
        out, engine = self.context.out, self.context.engine
        out.lines(text.matrix_lines(engine.pipeline, groups, snapshot, out.style, engine.deployer.keep_output))

    def past_matrix(self, pipeline: Pipeline, services: Sequence[Service], found: PastMatrix) -> None:
        """Print a row for each service, what was decided, and what the record cannot know."""
        out = self.context.out
        out.lines(past_matrix_lines(pipeline, services, found, out.style))
        self.context.err.lines(found.gaps)


class StatusJson(JsonView):
    """The matrix as JSON."""

    def matrix(self, groups: ServiceGroups, snapshot: Snapshot) -> None:
        """Write these services' rows."""
        services = [service for _, its in groups for service in its]
        self.write(StatusOutput.of(self.context.engine.pipeline, services, snapshot))

    def past_matrix(self, pipeline: Pipeline, services: Sequence[Service], found: PastMatrix) -> None:
        """Write these services' rows as they were at a moment."""
        self.write(StatusAtOutput.of(pipeline, services, found))


class LogView(Protocol):
    """Shows a service's commits."""

    def log(self, service: str, branch: str, commits: Sequence[Commit], stages: Mapping[str, Sequence[str]]) -> None:
        """Show the commits of a branch; `stages` maps a full hash to the stages that run it."""


class LogHuman(View):
    """The commits as a table."""

    def log(self, service: str, branch: str, commits: Sequence[Commit], stages: Mapping[str, Sequence[str]]) -> None:
        """Print the commits; the branch is narration."""
        out = self.context.out
        self.context.err.line(clean(f"{service}, branch {branch}"))
        out.lines(text.log_lines(commits, stages, out.style, self.context.now))


class LogJson(JsonView):
    """The commits as JSON."""

    def log(self, service: str, branch: str, commits: Sequence[Commit], stages: Mapping[str, Sequence[str]]) -> None:
        """Write the commits."""
        self.write(LogOutput.of(service, branch, commits, stages))
