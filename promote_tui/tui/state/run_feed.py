"""A run as it goes on: its events folded, its log read to the end, and whether its runner lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.runs.fold import apply, fold
from promote_tui.core.runs.run import Outcome, Run
from promote_tui.engine.log_tail import LogTail
from promote_tui.tui.background import ignore_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from promote_tui.core.runs.typical_duration import TypicalDuration
    from promote_tui.ports import Recorded
    from promote_tui.tui.state.context import ScreenContext

_ASK_ALIVE_AFTER = 10
"""Polls without news until it is asked whether the runner lives."""


@dataclass(frozen=True, slots=True)
class RunNews:
    """What a run has added since the last time, its log in raw lines; `alive` is None where it was not asked."""

    events: Sequence[Recorded]
    lines: Sequence[bytes]
    alive: bool | None = None


class RunFeed:
    """Polls a run until there is nothing more to read of it.

    - `heard` is called with the new events, and with the run as it was before.
    - `failed` is called with the reason why it cannot be read now.
    - `changed` is called when something else has come.
    """

    def __init__(
        self,
        screen: ScreenContext,
        run: str,
        heard: Callable[[RunNews, Run | None], object],
        failed: Callable[[PromoteError], object],
        changed: Callable[[], object],
    ) -> None:
        self._screen = screen
        self._heard = heard
        self._failed = failed
        self._changed = changed
        self.name = run
        """The run's id; until it was read perhaps the beginning of it."""
        self.run: Run | None = None
        self.tail: LogTail | None = None
        self.usual: TypicalDuration | None = None
        """How long such a run usually takes."""
        self.error: PromoteError | None = None
        self.is_over = False
        self.quiet = 0
        """Polls since the last news."""
        self._seq = 0
        self._alive: bool | None = None
        self._polling = False

    @property
    def is_orphaned(self) -> bool:
        """Whether the runner is gone, and the run has no verdict."""
        return self._alive is False and self.run is not None and self.run.outcome is Outcome.PENDING

    @property
    def has_log(self) -> bool:
        """Whether there is a log on this machine."""
        return self.tail is not None and self.tail.there

    def poll(self) -> None:
        """Read what is new, unless that is being done, or there is nothing more to come."""
        if self._polling or self.is_over:
            return
        self._polling = True
        engine, name, seq, known = self._screen.engine, self.name, self._seq, self.run
        asks = self.quiet >= _ASK_ALIVE_AFTER and known is not None

        def work() -> RunNews:
            run = name if known else engine.runs.find(name).id  # a beginning of an id is enough
            events = engine.runs.events(run, seq)
            tail = self.tail = self.tail or LogTail(engine.runs.log_file(run))
            lines = tail.read(last=not (known and known.live))
            return RunNews(events, lines, engine.runs.is_alive(known) if asks and known else None)

        self._screen.background(work, self._take, self._fail)

    def poll_anew(self) -> None:
        """Go on although the run was over, or its runner gone: something was asked of it."""
        self.is_over, self._alive, self.quiet = False, None, 0

    def _fail(self, error: PromoteError) -> None:
        self._polling, self.error = False, error
        self._failed(error)

    def _take(self, news: RunNews) -> None:
        before = self.run
        self._polling, self.error = False, None
        for recorded in news.events:
            self._seq = recorded.seq
            self.run = apply(self.run, recorded.event) if self.run else fold([recorded.event])
        if self.run is None:
            self.error = PromoteError(self.name, "there is no such run", "see 4 Runs")
        else:
            self.name = self.run.id
        is_news = bool(news.events or news.lines)
        self.quiet = 0 if is_news else self.quiet + 1
        self._alive = news.alive if news.alive is not None else None if news.events else self._alive
        self.is_over = self.run is not None and not self.run.live and not is_news
        if before is None and self.run is not None:
            self._read_usual(self.run)
        self._heard(news, before)
        if self.tail is not None and self.tail.more:
            self.poll()

    def _read_usual(self, run: Run) -> None:
        engine = self._screen.engine

        def take(usual: TypicalDuration | None) -> None:
            self.usual = usual
            self._changed()

        # the run itself is read from the same ledger, and says what is wrong with it
        self._screen.background(lambda: engine.runs.typical_duration(run), take, ignore_error)
