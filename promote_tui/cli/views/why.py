"""How `why` shows how a commit came to a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from promote_tui.cli.outputs.history import WhyOutput
from promote_tui.cli.views.base import JsonView, View
from promote_tui.core.history.sentences import describe_provenance
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from promote_tui.core.history.provenance import Provenance

_LINE = 1_000


class WhyView(Protocol):
    """Shows how a commit came to a stage."""

    def provenance(self, found: Provenance) -> None:
        """Show what the record says."""


class WhyHuman(View):
    """Sentences."""

    def provenance(self, found: Provenance) -> None:
        """Print a sentence a line."""
        self.context.out.lines(clean(each, limit=_LINE) for each in describe_provenance(found))


class WhyJson(JsonView):
    """What the sentences stand on, and the sentences, as JSON."""

    def provenance(self, found: Provenance) -> None:
        """Write it."""
        self.write(WhyOutput.of(found))
