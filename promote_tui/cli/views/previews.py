"""How the commands about previews show them, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from promote_tui.cli.outputs.previews import PreviewListOutput, PreviewOutcomesOutput
from promote_tui.cli.text.previews import outcome_lines, preview_lines
from promote_tui.cli.views.base import JsonView, View
from promote_tui.core.previews.stage import preview_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.previews.outcome import PreviewOutcome
    from promote_tui.core.previews.preview import Preview


class PreviewsView(Protocol):
    """Shows the previews that there are."""

    def previews(self, previews: Sequence[Preview]) -> None:
        """Show them."""


class PreviewsHuman(View):
    """A line for each."""

    def previews(self, previews: Sequence[Preview]) -> None:
        """Print them."""
        limit = preview_settings(self.context.engine.pipeline).limit
        self.context.out.lines(preview_lines(previews, self.context.now, limit, self.context.out.style))


class PreviewsJson(JsonView):
    """The previews as JSON."""

    def previews(self, previews: Sequence[Preview]) -> None:
        """Write them."""
        pipeline = self.context.engine.pipeline
        self.write(PreviewListOutput.of(pipeline.project, previews, preview_settings(pipeline), self.context.now))


class OutcomesView(Protocol):
    """Shows what became of the services of previews."""

    def outcomes(self, preview: str, outcomes: Sequence[PreviewOutcome]) -> None:
        """Show it; `preview` is empty where it is about several, or none."""


class OutcomesHuman(View):
    """A line for each service."""

    def outcomes(self, preview: str, outcomes: Sequence[PreviewOutcome]) -> None:  # noqa: ARG002 - each names its own
        """Print it."""
        self.context.out.lines(outcome_lines(outcomes, self.context.out.style) or ["nothing has to be removed"])


class OutcomesJson(JsonView):
    """What became of them as JSON."""

    def outcomes(self, preview: str, outcomes: Sequence[PreviewOutcome]) -> None:
        """Write it."""
        self.write(PreviewOutcomesOutput.of(self.context.engine.pipeline.project, preview, outcomes))
