"""How `doctor` and `check --run` show what was checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from promote_tui.cli.outputs.checks import ChecksOutput, DoctorOutput
from promote_tui.cli.text import checks as text
from promote_tui.cli.views.base import JsonView, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.engine.checks import CheckEnd
    from promote_tui.ports import ToolCheck


class DoctorView(Protocol):
    """Shows what `doctor` finds."""

    def check(self, found: ToolCheck) -> None:
        """Show a check as soon as it is made."""

    def end(self, checks: Sequence[ToolCheck]) -> None:
        """Show what is shown once all of them are made."""


class DoctorHuman(View):
    """Each check as soon as it is made: the next one may take its time."""

    def check(self, found: ToolCheck) -> None:
        """Print it."""
        self.context.out.lines(text.tool_lines(found, self.context.out.style))

    def end(self, checks: Sequence[ToolCheck]) -> None:
        """Print nothing more."""


class DoctorJson(JsonView):
    """All checks in one document."""

    def check(self, found: ToolCheck) -> None:
        """Wait for the end."""

    def end(self, checks: Sequence[ToolCheck]) -> None:
        """Write all of them."""
        self.write(DoctorOutput.of(checks))


class ChecksView(Protocol):
    """Shows how a stage's checks end on a commit."""

    def check(self, end: CheckEnd) -> None:
        """Show how one ended, as soon as it has."""

    def end(self, ended: Sequence[CheckEnd]) -> None:
        """Show what is shown once all of them have."""


class ChecksHuman(View):
    """Each check as soon as it has ended."""

    def check(self, end: CheckEnd) -> None:
        """Print it, with where its output is."""
        self.context.out.line(text.check_end(end.decision, self.context.out.style))
        self.context.err.line(f"  its output: {end.log}")

    def end(self, ended: Sequence[CheckEnd]) -> None:
        """Print nothing more."""


class ChecksJson(JsonView):
    """All checks in one document."""

    def check(self, end: CheckEnd) -> None:
        """Say where its output is; the rest waits for the end."""
        self.context.err.line(f"  its output: {end.log}")

    def end(self, ended: Sequence[CheckEnd]) -> None:
        """Write all of them."""
        self.write(ChecksOutput.of(ended))
