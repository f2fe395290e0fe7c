"""What is known of the commit under a cursor: read once the cursor rests there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.presentation.commits.detail import CommitPane, with_details
from promote_tui.tui.presentation.commits.files import ServicePaths
from promote_tui.tui.state import commits
from promote_tui.tui.timers import call_after

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Commit
    from promote_tui.tui.state.commits import CommitView
    from promote_tui.tui.state.context import ScreenContext

_RESTING = 0.12


class CommitDetails:
    """The commits that were looked at; what they are to the stages is read again when a cell has changed.

    `changed` is called when something has come.
    """

    def __init__(
        self,
        screen: ScreenContext,
        service: str,
        cells: Callable[[], Mapping[str, Cell]],
        changed: Callable[[], object],
    ) -> None:
        self._screen = screen
        self._service = service
        self._cells = cells
        self._changed = changed
        self._found: dict[str, CommitView] = {}
        self._moves = 0

    def of(self, commit: Commit) -> CommitView | None:
        """Return what was read of a commit."""
        return self._found.get(commit.sha)

    def pane(self, commit: Commit, stage: str, *, is_rollback: bool) -> CommitPane:
        """Return all that is known of a commit, to be drawn; `stage` is where it would be brought."""
        app = self._screen.host
        stages, service = app.pipeline.stages, app.pipeline.service(self._service)
        paths = ServicePaths(service, app.engine.deployer if app.engine else None)
        alone = len(stages) == 1
        found = CommitPane(paths, commit, app.pipeline.stage(stage), alone, app.now(), app.glyphs, back=is_rollback)
        seen = self.of(commit)
        return with_details(found, seen.detail, seen.stories, seen.error) if seen is not None else found

    def is_edge(self, commit: Commit) -> bool:
        """Tell whether the clone ends at a commit: what it changed cannot be known."""
        found = self.of(commit)
        return found is not None and found.detail is not None and found.detail.edge

    def after_move(self, cursor: Callable[[], Commit | None]) -> None:
        """Read the commit under the cursor once it rests there."""
        self._moves += 1
        moves = self._moves
        call_after(self._screen, _RESTING, lambda: self._read(cursor()) if moves == self._moves else None)

    def _read(self, commit: Commit | None) -> None:
        cells = self._cells()
        if commit is None or (commit.sha in self._found and self._found[commit.sha].cells == cells):
            return
        engine, service, sha = self._screen.engine, self._service, commit.sha
        self._screen.background(
            lambda: commits.read_commit(engine, service, sha, cells), lambda found: self._take(sha, found)
        )

    def _take(self, sha: str, found: CommitView) -> None:
        self._found[sha] = found
        self._changed()
