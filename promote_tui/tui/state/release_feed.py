"""A release as it goes on: read again and again from the ledger, whoever works on it and wherever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.releases.release import ReleaseStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.model.pipeline import Stage
    from promote_tui.core.releases.release import Release
    from promote_tui.tui.state.context import ScreenContext

_AT_WORK = frozenset({ReleaseStatus.RUNNING, ReleaseStatus.SCHEDULED})


class ReleaseFeed:
    """Reads a release one time after the other; `changed` is called for news, `failed` with why it cannot be read."""

    def __init__(
        self, screen: ScreenContext, name: str, changed: Callable[[], object], failed: Callable[[PromoteError], object]
    ) -> None:
        self._screen = screen
        self._name = name
        self._changed = changed
        self._failed = failed
        self.release: Release | None = None
        self.stage: Stage | None = None
        """The stage that it goes into, with the rules that hold."""
        self.is_orphaned = False
        """Whether it is to go on, and no process works on it any more."""
        self.error: PromoteError | None = None
        self._reading = False
        self._wanted_again = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more can come."""
        return self.release is not None and self.release.ended is not None

    def poll(self) -> None:
        """Read it, or once more when it is being read: what was asked for meanwhile is one more look."""
        if self._reading:
            self._wanted_again = True
            return
        self._reading, self._wanted_again = True, False
        self._screen.background(self._read, self._take, self._fail)

    def take(self, release: Release) -> None:
        """Take a release that was read or changed elsewhere."""
        self._settle(release, self.stage, is_orphaned=False)

    def _read(self) -> tuple[Release, Stage, bool]:
        releases = self._screen.engine.releases
        release = releases.find(self._name)
        stage = releases.stage(release)
        is_to_go_on = release.status in _AT_WORK and not release.is_beginning(self._screen.now)
        return release, stage, is_to_go_on and releases.worker(self._name) is None

    def _take(self, found: tuple[Release, Stage, bool]) -> None:
        self._reading = False
        release, stage, is_gone = found
        # one more look before it is said: a process that has just begun may not hold its lock yet
        self._settle(release, stage, is_orphaned=is_gone and release == self.release)
        if self._wanted_again:
            self.poll()

    def _settle(self, release: Release, stage: Stage | None, *, is_orphaned: bool) -> None:
        known = self.release, self.stage, self.is_orphaned
        is_news = (release, stage, is_orphaned) != known or self.error is not None
        self.release, self.stage, self.is_orphaned, self.error = release, stage, is_orphaned, None
        if is_news:
            self._changed()

    def _fail(self, error: PromoteError) -> None:
        self._reading, self.error = False, error
        self._failed(error)
