"""The rows of the commit rail: commits among notes, and more of them wanted near the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from promote_tui.tui.bindings import bind
from promote_tui.tui.presentation.commits.rail import RailRow
from promote_tui.tui.widgets.grouped_list import GroupedList

if TYPE_CHECKING:
    from textual.binding import BindingType

_NEAR_END = 10


class CommitRail(GroupedList[RailRow]):
    """Commits in rows; the footer names the keys of a commit's own, Enter does what `d` does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("rows.choose", "choose", "Open", "open what is under the cursor", show=False)
    ]

    def action_move(self, rows: int) -> None:
        """Move the cursor over the commits, and say where the end comes near."""
        super().action_move(rows)
        if self.index >= len(self.items) - _NEAR_END:
            self.post_message(self.NearEnd())

    def go_to(self, sha: str) -> bool:
        """Put the cursor on a commit; False where it is not in the list."""
        at = next((at for at, row in enumerate(self.items) if isinstance(row, RailRow) and row.commit.sha == sha), None)
        if at is not None:
            self.action_move(at - self.index)
        return at is not None
