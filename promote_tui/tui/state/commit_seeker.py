"""The way to a commit that is not among the rows yet: more pages are read until it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.text import plural, short

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.tui.state.branch_log import BranchLog
    from promote_tui.tui.state.commits import CommitPage


class CommitSeeker:
    """Goes to `sha` in a log; `go_to` puts the cursor there, False where it is not among the rows; `say` says why not.

    Once all is read that it takes, it may go to the commit that a `rollback` of a stage would go back to.
    """

    def __init__(
        self, log: BranchLog, go_to: Callable[[str], bool], say: Callable[[str], object], *, rollback: str | None
    ) -> None:
        self._log = log
        self._go_to = go_to
        self._say = say
        self._rollback = rollback
        self.sha: str | None = None

    def seek(self, sha: str | None) -> None:
        """Go to a commit, or read on until it comes."""
        self.sha = sha
        self.go_on()

    def go_on(self) -> None:
        """Go where the cursor is wanted, as far as it was read."""
        if self.sha is None or self._go_to(self.sha):
            self.sha = None
        elif self._log.can_seek:
            self._log.read(more=True, seeking=True)
        else:
            words = f"{short(self.sha)} is not among the newest {plural(len(self._log.commits), 'commit')}"
            self.sha = None
            self._say(words)

    def take(self, page: CommitPage) -> None:
        """Note where the page says that the wanted commit is: it may be behind a merge, or on no branch."""
        if page.at is not None:
            self.sha = page.at or None
        if page.at == "":
            self._say(f"the commit is not on {self._log.branch}")

    def propose_rollback(self) -> None:
        """Go, once all is read, to the newest commit that ran in the stage before, else to the one below what runs."""
        if self._rollback is None or self._log.positions is None or self._log.history is None:
            return
        found = None if self.sha else self._log.rollback_target(self._rollback)
        self._rollback = None
        if found is not None:
            self.seek(found)
