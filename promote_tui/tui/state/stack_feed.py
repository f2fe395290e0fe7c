"""What CloudFormation does in a run: its events since the last look, and what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.runs.run import Outcome
from promote_tui.core.stacks.progress import StackProgress, fold_progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.model.stack_status import StackEvent
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.runs.details import StackNews
    from promote_tui.tui.state.context import ScreenContext


class StackFeed:
    """Looks at the stack of a run while it changes, and once more after the run's end.

    `changed` is called for news, `failed` with why the stack could not be looked at.
    """

    def __init__(
        self,
        screen: ScreenContext,
        run: Callable[[], Run | None],
        changed: Callable[[], object],
        failed: Callable[[PromoteError], object],
    ) -> None:
        self._screen = screen
        self._run = run
        self._changed = changed
        self._failed = failed
        self.progress = StackProgress()
        self.trouble = ""
        """Why its events cannot be read."""
        self._events: list[StackEvent] = []
        self._ticket = 0
        self._looking = False
        self._looked = False
        """Whether the stack was read after the run's end."""

    @property
    def stack_id(self) -> str | None:
        """The id of the stack, once an event told it."""
        return self._events[-1].stack_id if self._events else None

    def look_anew(self) -> None:
        """Look again, although the run's end was seen: there is news of it."""
        self._looked = False
        self.look()

    def look(self) -> None:
        """Read what is new, where there may be something."""
        run = self._run()
        if run is None or not run.submitted or self._looking or self._looked:
            return
        self._looking = True
        self._ticket += 1
        engine, ticket, after = self._screen.engine, self._ticket, self._events[-1] if self._events else None
        ended = run.outcome is not Outcome.PENDING
        self._screen.background(
            lambda: engine.runs.stack_events(run, after), lambda news: self._take(ticket, news, ended=ended), self._fail
        )

    def _fail(self, error: PromoteError) -> None:
        self._looking = False
        self._failed(error)

    def _take(self, ticket: int, news: StackNews, *, ended: bool) -> None:
        """Take the events; `ended`: the run had a verdict when they were asked for."""
        if ticket != self._ticket:
            return
        self._looking, self._looked = False, ended
        changed = bool(news.events) or news.trouble != self.trouble
        self.trouble = news.trouble
        self._events += news.events
        if changed:
            self.progress = fold_progress(self._events)
            self._changed()
        run = self._run()
        if not ended and run is not None and run.outcome is not Outcome.PENDING:
            self.look()
