"""The rows of the commit rail: commits among notes, and more of them wanted near the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from promote_tui.tui.bindings import bind
from promote_tui.tui.presentation.commits.rail import RailRow, note, off_branch_rows, unfetched_commits, unfetched_words
from promote_tui.tui.presentation.style import BLANK
from promote_tui.tui.widgets.grouped_list import FixedLine, GroupedList

if TYPE_CHECKING:
    from collections.abc import Collection

    from textual.binding import BindingType

    from promote_tui.tui.presentation.commits.rail import Rail
    from promote_tui.tui.presentation.style import Role

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

    def next_of(self, shas: Collection[str], step: int) -> str | None:
        """Return the next of these commits below the cursor, or above it; None where there is none."""
        rows = self.items[self.index + 1 :] if step > 0 else self.items[: self.index][::-1]
        return next((row.commit.sha for row in rows if isinstance(row, RailRow) and row.commit.sha in shas), None)

    def show_rail(self, rail: Rail, fetch: str) -> None:
        """Show the commits of a rail below what stages run and the branch lacks; `fetch` is the key that fetches."""
        above = _above(rail, fetch)
        rows: list[RailRow | FixedLine] = [RailRow(commit, at) for at, commit in enumerate(rail.commits)]
        if above and not rows:
            rows = [_note(rail, part, role="muted") for part in self.empty.split("; ")]
        self.show_lines([*above, *rows])


def _above(rail: Rail, fetch: str) -> list[RailRow | FixedLine]:
    """Return a block on top: the commits that stages run and that are not among the others."""
    rows: list[RailRow | FixedLine] = list(off_branch_rows(rail))
    rows += [_note(rail, unfetched_words(sha, fetch), stage) for stage, sha in unfetched_commits(rail)]
    if not rows or rail.searching:
        return []
    return [_note(rail, "not on this branch"), *rows, FixedLine(lambda _width: BLANK)]


def _note(rail: Rail, words: str, stage: str = "", role: Role = "warn") -> FixedLine:
    return FixedLine(lambda _width: note(rail, words, role, stage))
