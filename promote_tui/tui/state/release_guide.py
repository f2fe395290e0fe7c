"""All that the screen of a release knows: what is planned here, what the ledger holds, its gates and its runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import UsageError
from promote_tui.core.releases.overview import summarize_release
from promote_tui.tui.presentation.release.guided.model import GuidedRelease, Planning
from promote_tui.tui.state.release_feed import ReleaseFeed
from promote_tui.tui.state.release_gates import ReleaseGates
from promote_tui.tui.state.release_planning import ReleasePlanning
from promote_tui.tui.state.release_runs import MemberRuns, run_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.model.pipeline import Aws, Stage
    from promote_tui.core.releases.overview import ReleaseSummary
    from promote_tui.core.releases.release import Release
    from promote_tui.engine.releases.planning import ReleaseRequest
    from promote_tui.tui.presentation.run.progress import RunView
    from promote_tui.tui.state.context import ScreenContext


class ReleaseGuide:
    """What is known of a release; `changed` is called when it is to be drawn again.

    `wanted` is what it is planned from, where that is done here.
    """

    def __init__(
        self, screen: ScreenContext, name: str, wanted: ReleaseRequest | None, changed: Callable[[], object]
    ) -> None:
        self._screen = screen
        self._changed = changed
        self._summary: ReleaseSummary | None = None
        pipeline = screen.host.pipeline
        self._first_stage = pipeline.stage(wanted.stage) if wanted is not None else pipeline.stages[-1]
        self.name = name
        self.is_starting = False
        """Whether a process was started for it, and has not begun yet."""
        self.is_reviewing = False
        """Whether what an interrupted planning has left is being reviewed here."""
        self.feed = ReleaseFeed(screen, name, self._take, self._miss)
        self.gates = ReleaseGates(screen, changed)
        self.runs = MemberRuns(screen, changed)
        self.planning: ReleasePlanning | None = None
        if wanted is not None:
            self.planning = ReleasePlanning(screen, wanted, self._hear, self._planned, lambda _error: changed())

    @property
    def release(self) -> Release | None:
        """The release, once it is in the ledger."""
        return self.feed.release

    def open(self) -> None:
        """Begin to plan it, or read it."""
        if self.planning is not None:
            self.planning.start()
        else:
            self.feed.poll()

    def poll(self) -> None:
        """Read what may have changed; nothing of a release that has ended."""
        if self._is_unwritten or self._is_refused or self.feed.is_over:
            return
        self.feed.poll()
        self.runs.poll(self.release)

    def refresh(self) -> None:
        """Read it and its gates again, and review what is not reviewed."""
        if self._is_refused:
            return
        self._review_rest()
        self.feed.poll()
        self.gates.read(self.release)

    def _review_rest(self) -> None:
        """Review what an interrupted planning has left; each review is seen as it comes."""
        if self.planning is not None or self.is_reviewing or self.release is None or not self.release.unreviewed:
            return
        self.is_reviewing = True
        engine, name = self._screen.engine, self.name
        self._screen.background(lambda: engine.releases.review(name), self._reviewed, self._not_reviewed)
        self._changed()

    def _reviewed(self, release: Release) -> None:
        self.is_reviewing = False
        self._planned(release)

    def _not_reviewed(self, error: PromoteError) -> None:
        self.is_reviewing = False
        self._screen.host.say(str(error), failed=True)
        self._changed()

    def take(self, release: Release) -> None:
        """Take the release as it is after something was asked of it from here."""
        self.is_starting = False
        self.feed.take(release)
        self._changed()

    @property
    def _is_unwritten(self) -> bool:
        """Whether it is being planned here and is not in the ledger yet."""
        planning = self.planning
        return planning is not None and planning.is_running and len(planning.candidates) < self._wanted_count

    @property
    def _is_refused(self) -> bool:
        """Whether it could not be planned: a release of its name that there may be is another one."""
        return self.planning is not None and isinstance(self.planning.error, UsageError)

    @property
    def _wanted_count(self) -> int:
        services = self._screen.host.pipeline.services
        return len(self.planning.wanted.services or services) if self.planning is not None else 0

    def _hear(self) -> None:
        if self._is_unwritten:
            self._changed()
        else:
            self.feed.poll()

    def _planned(self, release: Release) -> None:
        self.feed.take(release)
        self.gates.read(release)
        self._changed()

    def _take(self) -> None:
        release = self.feed.release
        is_first = self._summary is None
        self._summary = summarize_release(release, self.stage) if release is not None else None
        if is_first and self.planning is None:
            self.gates.read(release)
        self.runs.poll(release)
        self._changed()

    def _miss(self, _error: PromoteError) -> None:
        self._changed()

    @property
    def stage(self) -> Stage:
        """The stage that it goes into; before that is known, the one that it is planned for from here."""
        return self.feed.stage or self._first_stage

    def _places(self, stage: Stage) -> list[Aws]:
        """Return the accounts and regions that its members land in."""
        services = self._screen.host.pipeline.services
        members = [each.service for each in self.release.members] if self.release is not None else []
        targets = [each for service in services if service.name in members for each in service.targets]
        return [each.aws for each in targets if each.stage == stage.name] or [stage.aws]

    def view(self, *, read_only: bool, frame: int = 0) -> GuidedRelease:
        """Return it as it is drawn."""
        host, stage = self._screen.host, self.stage
        is_missed = self.feed.error is not None and not (self.planning is not None and self.release is None)
        return GuidedRelease(
            self.name,
            stage,
            self._places(stage),
            self._screen.now,
            host.glyphs,
            host.key_of,
            self.release,
            self._summary,
            self._view_planning(),
            self.gates.drafts,
            self.gates.overrides,
            self.gates.sign_offs,
            self._view_runs(),
            is_orphaned=self.feed.is_orphaned,
            is_starting=self.is_starting,
            is_reviewing=self.is_reviewing,
            read_only=read_only,
            trouble=self.feed.error if is_missed else None,
            frame=frame,
        )

    def _view_planning(self) -> Planning | None:
        planning = self.planning
        if planning is None or not (planning.is_running or planning.error is not None):
            return None
        services = planning.wanted.services or tuple(each.name for each in self._screen.host.pipeline.services)
        return Planning(services, planning.candidates, planning.error)

    def _view_runs(self) -> dict[str, RunView]:
        release = self.release
        if release is None:
            return {}
        found = {name: self.runs.view_of(run_of(progress)) for name, progress in release.progress.items()}
        return {name: view for name, view in found.items() if view is not None}
