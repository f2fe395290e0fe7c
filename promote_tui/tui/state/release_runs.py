"""The runs of a release's members: their steps, their stacks, and their logs for whoever looks at one."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from promote_tui.core.releases.release import AT_WORK, MemberState
from promote_tui.tui.presentation.run.progress import RunView
from promote_tui.tui.state.run_feed import RunFeed
from promote_tui.tui.state.stack_feed import StackFeed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.releases.release import MemberProgress, Release
    from promote_tui.core.runs.run import Run
    from promote_tui.tui.state.context import ScreenContext
    from promote_tui.tui.state.run_feed import RunNews

_KEPT = 5_000
"""Lines of each log that are kept; the run's own screen has all of them."""
_BACK = frozenset({MemberState.ROLLING_BACK, MemberState.ROLLED_BACK, MemberState.ROLLBACK_FAILED})


def run_of(progress: MemberProgress) -> str:
    """Return the run that a member's row is about: its rollback once there is one, else its promotion."""
    return progress.rollback if progress.state in _BACK and progress.rollback else progress.run


class WatchedRun:
    """A run of a release; `changed` is called for news of its steps, `wrote` with new lines of its log."""

    def __init__(
        self, screen: ScreenContext, run: str, changed: Callable[[], object], wrote: Callable[[Sequence[bytes]], object]
    ) -> None:
        self._screen = screen
        self._changed = changed
        self._wrote = wrote
        self.feed = RunFeed(screen, run, self._take, self._ignore, changed)
        self.stack = StackFeed(screen, lambda: self.feed.run, changed, self._ignore)
        self.lines: deque[bytes] = deque(maxlen=_KEPT)

    @property
    def view(self) -> RunView | None:
        """The run as it is drawn; None before it was read."""
        run = self.feed.run
        if run is None:
            return None
        return RunView(
            run, self._screen.now, self.stack.progress, self.feed.usual, self.stack.trouble, gone=self.feed.is_orphaned
        )

    def poll(self) -> None:
        """Read what is new of it."""
        self.feed.poll()
        self.stack.look()

    def _take(self, news: RunNews, _before: Run | None) -> None:
        self.lines.extend(news.lines)
        if news.events:
            self.stack.look_anew()
            self._changed()
        self._wrote(news.lines)

    def _ignore(self, _error: PromoteError) -> None:
        """Try again at the next poll: a run is announced before it is in the ledger."""


class MemberRuns:
    """The runs that are at work, and the one that is looked at."""

    def __init__(self, screen: ScreenContext, changed: Callable[[], object]) -> None:
        self._screen = screen
        self._changed = changed
        self._watched: dict[str, WatchedRun] = {}
        self._looked_at = ""
        self._show_log: Callable[[Sequence[bytes]], object] = lambda _lines: None

    def watch(self, run: str) -> WatchedRun:
        """Return what is known of a run, from now on kept up to date."""
        found = self._watched.get(run)
        if found is None:
            found = WatchedRun(self._screen, run, self._changed, lambda lines: self._written(run, lines))
            self._watched[run] = found
        return found

    def look_at(self, run: str, show_log: Callable[[Sequence[bytes]], object]) -> WatchedRun | None:
        """Hand new lines of this run's log to `show_log` from now on; return what is known of it."""
        self._looked_at, self._show_log = run, show_log
        return self.watch(run) if run else None

    def poll(self, release: Release | None) -> None:
        """Read what is new of each run at work, and of the one that is looked at."""
        if release is None:
            return
        at_work = {run_of(each) for each in release.progress.values() if each.state in AT_WORK}
        for run in sorted({*at_work, self._looked_at} - {""}):
            self.watch(run).poll()

    def view_of(self, run: str) -> RunView | None:
        """Return a run as it is drawn, as far as it was read."""
        found = self._watched.get(run)
        return found.view if found is not None else None

    def _written(self, run: str, lines: Sequence[bytes]) -> None:
        if run == self._looked_at:
            self._show_log(lines)
