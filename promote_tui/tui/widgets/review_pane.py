"""What a person reads before a deploy: a table, or one step in full; on a large screen all steps in two columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, VerticalScroll

from promote_tui.tui.presentation.review import compact, confirm, rollback, sections
from promote_tui.tui.presentation.review.rollback_outlook import rollback_outlook
from promote_tui.tui.presentation.review.steps import CONFIRM
from promote_tui.tui.presentation.style import BLANK
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.content import Content
    from textual.widget import Widget

    from promote_tui.core.planning.rollback_history import RollbackHistory
    from promote_tui.tui.presentation.review.model import Review

_PARTS = {1: "#commits", 2: "#changes", 3: "#gates", 4: "#approvals"}
_SIDES = {1: "#left", 2: "#left", 3: "#right", 4: "#right"}


class ReviewPane(Horizontal):
    """Draws a `review`; `has_command` tells whether the frame below shows the command, `keys` are the steps'."""

    def __init__(
        self,
        review: Callable[[], Review],
        history: Callable[[], RollbackHistory],
        has_command: Callable[[], bool],
        keys: Sequence[str],
    ) -> None:
        super().__init__(id="review-pane")
        self.step = CONFIRM
        """The step that is shown, or was jumped to; the last one is all of them."""
        self._review = review
        self._history = history
        self._has_command = has_command
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Return the two columns."""
        with VerticalScroll(id="left", can_focus=False):
            yield LinesView(self._brief, "brief")
            yield LinesView(lambda width: sections.commits(self._review(), width), "commits")
            yield LinesView(lambda width: sections.changes(self._review(), width), "changes")
        with VerticalScroll(id="right", can_focus=False):
            yield LinesView(lambda width: sections.gates(self._review(), width), "gates")
            yield LinesView(lambda width: sections.approvals(self._review(), width), "approvals")
            yield LinesView(lambda width: rollback_outlook(self._review(), width), "back")

    def _brief(self, width: int) -> list[Content]:
        now = self._review()
        command = [] if self._has_command() else [BLANK, *confirm.command_lines(now, width)]
        match self.step:
            case 1:
                return sections.commits(now, width)
            case 2:
                return sections.changes(now, width)
            case 3:
                return [*sections.gates(now, width), BLANK, *rollback_outlook(now, width)]
            case 4:
                return [*sections.approvals(now, width), BLANK, *rollback_outlook(now, width)]
            case _ if now.is_rollback:
                return [*rollback.rollback_table(now, self._history(), width), *command]
            case _:
                return [*compact.step_table(now, width, self._keys), *command]

    @property
    def _in_columns(self) -> bool:
        return self.screen.has_class("-two")

    @property
    def is_one_step(self) -> bool:
        """Whether one step is shown in the place of the table."""
        return self.step != CONFIRM and not self._in_columns

    def show_step(self) -> None:
        """Bring the step that was jumped to into sight where all of them are shown, else show it from its top."""
        part: Widget | None = self.query_one(_PARTS[self.step]) if self.step in _PARTS else None
        if self._in_columns and part is not None and isinstance(part.parent, VerticalScroll):
            part.parent.scroll_to_widget(part, top=True, animate=False)
        else:
            self.query_one("#left", VerticalScroll).scroll_home(animate=False)

    def scroll_by(self, lines: int) -> None:
        """Scroll the side of the step that was jumped to, else both."""
        sides = _SIDES if self._in_columns else {}
        for area in self.query(sides.get(self.step, "#left, #right")).results(VerticalScroll):
            area.scroll_relative(y=lines, animate=False)
