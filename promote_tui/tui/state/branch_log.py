"""The commits of a service on a branch, read page by page, with where its stages stand among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.git.commits import EVERYTHING
from promote_tui.core.model.cells import commit_of
from promote_tui.tui.state import commits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.git.commits import Search
    from promote_tui.core.matrix import CellView
    from promote_tui.core.model.pipeline import Commit, Stage
    from promote_tui.core.stage_positions import StagePosition
    from promote_tui.tui.state.commits import BranchFacts, CommitPage
    from promote_tui.tui.state.context import ScreenContext

PAGE = 50
_SEEKING, _FARTHEST = 500, 5000
"""How many commits are read at a time, and in all, on the way to one that is not in the list yet."""


class BranchLog:
    """What is known of a branch (None: of the default one, or of one that holds `commit`).

    `changed` is called for whatever has come, `paged` for a page of commits; what belongs to a branch or a search
    that is not shown any more is dropped.
    """

    def __init__(self, screen: ScreenContext, service: str, branch: str | None, commit: str | None) -> None:
        self._screen = screen
        self._service = service
        self._wanted = commit
        self.changed: Callable[[], object] = lambda: None
        self.paged: Callable[[CommitPage], object] = lambda _page: None
        self.branch = branch
        self.commits: tuple[Commit, ...] = ()
        self.has_more = False
        self.is_reading = False
        self.error: PromoteError | None = None
        self.search: Search = EVERYTHING
        self.facts: BranchFacts | None = None
        self.positions: Mapping[str, StagePosition] | None = None
        """Where each stage stands; None until that was read."""
        self.history: Mapping[str, StagePosition] | None = None
        """What ran in a stage before, newest first; None until that was read."""
        self._deployed: dict[str, str] | None = None
        self._ticket = 0
        self._epoch = 0
        """Counts the branches that were chosen."""

    @property
    def can_seek(self) -> bool:
        """Whether there is more to read on the way to a commit."""
        return self.has_more and len(self.commits) < _FARTHEST

    def read(self, size: int = PAGE, *, more: bool = False, seeking: bool = False) -> None:
        """Read the next page, or the first so many commits anew."""
        self._ticket += 1
        self.is_reading = True
        ticket, engine, skipped = self._ticket, self._screen.engine, len(self.commits) if more else 0
        limit = _SEEKING if seeking else size
        request = commits.PageRequest(self._service, self.branch, self._wanted, skipped, limit, self.search)
        self._screen.background(
            lambda: commits.read_page(engine, request),
            lambda page: self._take_page(ticket, skipped, page),
            lambda error: self.fail(ticket, error),
        )

    def read_again(self, *, seeking: bool = False) -> None:
        """Read as many commits as there are anew, and where the stages stand."""
        self._deployed = None
        self.read(max(PAGE, len(self.commits)), seeking=seeking)

    def _take_page(self, ticket: int, skipped: int, page: CommitPage) -> None:
        if ticket != self._ticket:
            return
        self.is_reading, self.error = False, None
        is_first = self.branch is None or self.facts is None
        self.branch, self.has_more, self._wanted = page.branch, page.more, None
        self.commits = (*self.commits[:skipped], *page.commits)
        if is_first or not skipped or not self.has_more:
            self._read_facts()
        if is_first:
            self._deployed = None
        self.paged(page)

    @property
    def ticket(self) -> int:
        """The number of the newest page that was asked for."""
        return self._ticket

    def fail(self, ticket: int, error: PromoteError) -> None:
        """Keep why the commits cannot be read, unless others were asked for since."""
        if ticket == self._ticket:
            self.is_reading, self.error = False, error
            self.commits, self.has_more, self.positions = (), False, None
            self.changed()

    def find(self, search: Search) -> None:
        """Look for other words."""
        self.search = search
        self.read()

    def switch(self, branch: str) -> None:
        """Read another branch."""
        self._epoch += 1
        self.branch, self.commits = branch, ()
        self.positions, self.history, self.facts, self._deployed = None, None, None, None
        self.changed()
        self.read()

    def _read_facts(self) -> None:
        epoch, engine, service, branch = self._epoch, self._screen.engine, self._service, self.branch or ""
        count = not self.has_more and not self.search
        self._screen.background(
            lambda: commits.read_branch_facts(engine, service, branch, count=count),
            lambda found: self._take_facts(epoch, found),
        )

    def _take_facts(self, epoch: int, found: BranchFacts) -> None:
        if epoch == self._epoch:
            self.facts = found
            self.changed()

    def read_positions(self, views: Sequence[tuple[Stage, CellView | None]]) -> None:
        """Find the service's commit behind what each stage runs: that may be a merge, which is not in the list."""
        shas = ((stage.name, commit_of(view.cell)) for stage, view in views if view is not None)
        deployed = {name: sha for name, sha in shas if sha is not None}
        if self.branch is None or deployed == self._deployed:
            return
        self._deployed = deployed
        epoch, engine, service, branch = self._epoch, self._screen.engine, self._service, self.branch
        self._screen.background(
            lambda: commits.read_standings(engine, service, branch, deployed),
            lambda found: self._take_positions(epoch, found),
        )

    def _take_positions(self, epoch: int, found: Mapping[str, StagePosition]) -> None:
        if epoch == self._epoch and self.error is None:
            self.positions = found
            self.changed()

    def read_history(self, stage: str) -> None:
        """Read what ran in a stage before, and where that stands on the branch."""
        epoch, engine, service, branch = self._epoch, self._screen.engine, self._service, self.branch or ""
        self._screen.background(
            lambda: commits.read_earlier_commits(engine, service, stage, branch),
            lambda found: self._take_history(epoch, found),
        )

    def _take_history(self, epoch: int, found: Mapping[str, StagePosition]) -> None:
        if epoch == self._epoch:
            self.history = found
            self.changed()

    def rollback_target(self, stage: str) -> str | None:
        """Return the newest commit that ran in a stage before, else the one below what runs there."""
        now = (self.positions or {}).get(stage)
        runs = now.commit.sha if now is not None and now.commit is not None else None
        for one in (self.history or {}).values():
            if one.commit is not None and one.here and one.commit.sha != runs:
                return one.commit.sha
        shas = [commit.sha for commit in self.commits]
        return next(iter(shas[shas.index(runs) + 1 :]), None) if runs in shas else None

    def unread_stage(self) -> str | None:
        """Return the newest commit of the branch that a stage stands on and that is still to be read."""
        read = {commit.sha for commit in self.commits}
        ones = (self.positions or {}).values()
        unread = [one.commit for one in ones if one.commit and one.here and one.commit.sha not in read]
        if not unread or not self.has_more or self.search:
            return None
        return max(unread, key=lambda commit: commit.authored_at).sha
