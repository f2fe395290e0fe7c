"""How `release compare` shows two releases beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from promote_tui.cli.outputs.release_comparison import ReleaseCompareOutput
from promote_tui.cli.text.release_comparison import comparison_lines
from promote_tui.cli.views.base import JsonView, View

if TYPE_CHECKING:
    from promote_tui.core.releases.comparison import ReleaseComparison


class CompareView(Protocol):
    """Shows two releases beside each other."""

    def comparison(self, found: ReleaseComparison) -> None:
        """Show what the second one has beside the first."""


class CompareHuman(View):
    """A table of the services, and the commits in between."""

    def comparison(self, found: ReleaseComparison) -> None:
        """Print a row for each service, and the commits of those that differ."""
        self.context.out.lines(comparison_lines(found, self.context.out.style, self.context.now))


class CompareJson(JsonView):
    """The comparison as JSON."""

    def comparison(self, found: ReleaseComparison) -> None:
        """Write it."""
        self.write(ReleaseCompareOutput.of(found))
