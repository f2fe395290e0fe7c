"""How `plan` shows what promotions would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from promote_tui.cli.outputs.plan import PlanOutput
from promote_tui.cli.text.plan import review_lines
from promote_tui.cli.text.plan_markdown import comment
from promote_tui.cli.views.base import JsonView, View

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.core.planning.plan import Draft, Plan


class PlanView(Protocol):
    """Shows promotions one after the other."""

    def promotion(self, draft: Draft, made: Plan | None) -> None:
        """Show a promotion; without a plan it was not packaged."""

    def end(self) -> None:
        """Show what is shown once all of them are made."""


class PlanHuman(View):
    """Each review as soon as it is made."""

    def __init__(self, context: CliContext) -> None:
        super().__init__(context)
        self._first = True

    def promotion(self, draft: Draft, made: Plan | None) -> None:
        """Print its review."""
        out = self.context.out
        out.lines([*([] if self._first else [""]), *review_lines(draft, made, out.style, self.context.now)])
        self._first = False

    def end(self) -> None:
        """Print nothing more."""


class _Collected(View):
    """All promotions, kept until the last one is made."""

    def __init__(self, context: CliContext) -> None:
        super().__init__(context)
        self.found: list[tuple[Draft, Plan | None]] = []

    def promotion(self, draft: Draft, made: Plan | None) -> None:
        """Keep it for the end."""
        self.found.append((draft, made))


class PlanMarkdown(_Collected):
    """All promotions as one comment on a pull request."""

    def end(self) -> None:
        """Print the comment."""
        self.context.out.lines(comment(self.found, self.context.now))


class PlanJson(_Collected, JsonView):
    """All promotions in one document."""

    def end(self) -> None:
        """Write all of them."""
        self.write(PlanOutput.of(self.found))
