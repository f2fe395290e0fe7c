"""How `describe` shows what was deployed to a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from promote_tui.cli.outputs.description import DescribeOutput
from promote_tui.cli.text.description import description_lines
from promote_tui.cli.views.base import JsonView, View

if TYPE_CHECKING:
    from promote_tui.core.description.model import Description


class DescriptionView(Protocol):
    """Shows what was deployed to a stage."""

    def description(self, found: Description) -> None:
        """Show each part, and what could not be read."""


class DescriptionHuman(View):
    """A section for each part."""

    def description(self, found: Description) -> None:
        """Print them."""
        self.context.out.lines(description_lines(found, self.context.out.style))


class DescriptionJson(JsonView):
    """The parts as JSON."""

    def description(self, found: Description) -> None:
        """Write them."""
        self.write(DescribeOutput.of(found))
