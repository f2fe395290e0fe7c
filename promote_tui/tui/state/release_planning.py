"""A release while it is planned in the background: what is heard of it, shown a few times a second at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.engine.releases.planning import PlanWatch
from promote_tui.tui.timers import call_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.releases.release import Release
    from promote_tui.core.releases.review import MemberReview
    from promote_tui.engine.releases.planning import ReleaseRequest
    from promote_tui.engine.releases.selection import Candidate
    from promote_tui.tui.state.context import ScreenContext

_COALESCE = 0.8
"""Seconds in which all that is heard is shown at once, after the first: forty services must not be forty drawings."""


class ReleasePlanning:
    """Plans a release; `heard` is called when there is news, `planned` with the release, `failed` where it is none."""

    def __init__(
        self,
        screen: ScreenContext,
        wanted: ReleaseRequest,
        heard: Callable[[], object],
        planned: Callable[[Release], object],
        failed: Callable[[PromoteError], object],
    ) -> None:
        self._screen = screen
        self.wanted = wanted
        self._heard = heard
        self._planned = planned
        self._failed = failed
        self.candidates: dict[str, Candidate] = {}
        """The services that were read so far."""
        self.reviewed: set[str] = set()
        self.is_running = False
        self.error: PromoteError | None = None
        self._is_stale = self._is_shown = False

    def start(self) -> None:
        """Plan it in a thread; what is heard from there comes back on the message loop."""
        self.is_running = True
        engine, screen = self._screen.engine, self._screen

        def on_candidate(candidate: Candidate) -> None:
            screen.call_later(self._take_candidate, candidate)

        def on_review(service: str, _review: MemberReview) -> None:
            screen.call_later(self._take_review, service)

        watch = PlanWatch(on_candidate, on_review)
        screen.background(lambda: engine.releases.plan(self.wanted, watch), self._finish, self._fail)

    def _take_candidate(self, candidate: Candidate) -> None:
        self.candidates[candidate.service] = candidate
        self._show_soon()

    def _take_review(self, service: str) -> None:
        self.reviewed.add(service)
        self._show_soon()

    def _show_soon(self) -> None:
        if not self._is_stale:
            self._is_stale = True
            call_after(self._screen, _COALESCE if self._is_shown else 0.0, self._show)

    def _show(self) -> None:
        self._is_stale, self._is_shown = False, True
        self._heard()

    def _finish(self, release: Release) -> None:
        self.is_running = False
        self._planned(release)

    def _fail(self, error: PromoteError) -> None:
        self.is_running, self.error = False, error
        self._failed(error)
