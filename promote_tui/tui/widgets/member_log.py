"""The log of the run of a release that is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.widgets.log_pane import LogPane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.tui.presentation.glyphs import Glyphs
    from promote_tui.tui.state.release_runs import MemberRuns


class MemberLog(LogPane):
    """Shows one log after the other, each from its beginning, and follows it."""

    def __init__(self, runs: MemberRuns, glyphs: Glyphs, end: str) -> None:
        super().__init__(glyphs, end)
        self._runs = runs
        self._run = ""

    def show_run(self, run: str) -> None:
        """Show the log of this run, unless it is the one that is shown; none for an empty name."""
        if run == self._run:
            return
        self._run = run
        self.restart()
        watched = self._runs.look_at(run, self._append)
        if watched is not None:
            self._append(tuple(watched.lines))
            watched.poll()

    def _append(self, lines: Sequence[bytes]) -> None:
        feed = self._runs.watch(self._run).feed
        if feed.run is not None:
            self.take_news(feed.run, feed.tail, lines)
