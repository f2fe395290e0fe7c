"""One sync after the other: fetching, opening the engine anew, working, and resting between two of them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from promote_tui.cli.context import CliContext
from promote_tui.cli.errors import INTERRUPTED, error_lines
from promote_tui.cli.follow import follow
from promote_tui.cli.text.plan import review_lines
from promote_tui.cli.text.sync import item_line, next_step_lines
from promote_tui.core.durations import duration
from promote_tui.core.errors import PromoteError
from promote_tui.core.sync.decision import Current, Failure, Unchanged, Undecided
from promote_tui.core.sync.pace import pause
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.planning.plan import Plan
    from promote_tui.core.sync.item import SyncItem
    from promote_tui.engine.sync.execution import SyncRequest
    from promote_tui.engine.sync.selection import SyncSelection


@dataclass(frozen=True, slots=True)
class Narrator:
    """Narrates a sync on stderr, and each of its runs to its end: the sync's watcher."""

    context: CliContext

    def begin(self, item: SyncItem) -> None:
        """Say that a commit's turn has come."""
        self.context.err.line(item_line(item, self.context.err.style))

    def step(self, words: str) -> None:
        """Say what is being done."""
        self.context.err.line(f"  {clean(words)}")

    def review(self, plan: Plan) -> None:
        """Print the review of a plan, as `promote` does."""
        err = self.context.err
        err.lines(["", *review_lines(plan.draft, plan, err.style, self.context.now), ""])

    def follow(self, run: str) -> None:
        """Narrate a run until it ends; Ctrl-C ends the sync, and the run goes on."""
        if follow(self.context, run) == INTERRUPTED:
            raise KeyboardInterrupt

    def settle(self, item: SyncItem) -> None:
        """Leave it to the end to say what became of everything."""


@dataclass(frozen=True, slots=True)
class NewsNarrator(Narrator):
    """Says on stdout what became of each item where that is news; `said` is what was said of each last."""

    said: dict[tuple[str, str], str] = field(default_factory=dict)

    def settle(self, item: SyncItem) -> None:
        """Print an item where it is not as it was."""
        style, key = self.context.out.style, (item.service, item.stage)
        line = item_line(item, style)
        is_quiet = isinstance(item.decision, Current | Unchanged)
        if line == self.said.get(key):
            return
        self.said[key] = line
        if not is_quiet:
            self.context.out.lines([line, *next_step_lines(item, style)])


def fetch_and_reopen(context: CliContext, wanted: SyncSelection) -> Mapping[str, PromoteError]:
    """Fetch, and open the engine by the configuration as it is then; return why by the repository where that failed."""
    unfetched, policy = context.engine.sync.fetch(wanted)
    for error in (*unfetched.values(), *([policy] if policy else [])):
        context.err.line(clean(str(error), limit=1_000))
    context.reopen()
    return unfetched


def sync_once(context: CliContext, wanted: SyncRequest, narrator: Narrator) -> tuple[SyncItem, ...]:
    """Deploy what is due, and return what became of everything."""
    context.check_writable("sync")
    unfetched = fetch_and_reopen(context, wanted.selection) if wanted.fetches else {}
    return context.engine.sync.execute(wanted, narrator, unfetched)


class SyncWatch:
    """Syncs again and again until it is told to stop; it keeps nothing but times to rest."""

    def __init__(self, context: CliContext, wanted: SyncRequest, interval: float) -> None:
        self._context, self._wanted, self._interval = context, wanted, interval
        self._narrator = NewsNarrator(context)
        self._clock = context.engine.clock  # of its own: an engine that cannot be opened must not end the watch
        self._resting = RestingCommits(interval)
        self._failures = 0

    def run(self) -> NoReturn:
        """Sync, rest, and sync again; only a signal ends it."""
        while True:
            self._failures = 0 if self._round() else self._failures + 1
            seconds = pause(self._interval, self._failures, chance())
            if self._failures:
                self._context.err.line(f"next sync in {duration(seconds)}")
            self._clock.sleep(seconds)

    def _round(self) -> bool:
        """Sync once, and say what is new; False where nothing is known."""
        try:
            wanted = self._wanted.without(self._resting.at(self._clock.monotonic()))
            items = sync_once(self._context, wanted, self._narrator)
        except PromoteError as error:
            self._context.err.lines(error_lines(error))
            self._context.reopen()
            return False
        self._resting.note(items, self._clock.monotonic())
        return not items or any(not isinstance(item.decision, Undecided) for item in items)


class RestingCommits:
    """Commits whose deploy could not even begin: each rests longer after each failure, and holds up no other."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._until: dict[tuple[str, str, str], tuple[float, int]] = {}

    def at(self, now: float) -> frozenset[tuple[str, str, str]]:
        """Return (service, stage, commit) of those that rest at a time."""
        return frozenset(key for key, (until, _) in self._until.items() if until > now)

    def note(self, items: tuple[SyncItem, ...], now: float) -> None:
        """Let those rest that have failed now, and forget those that are gone."""
        keys = {(item.service, item.stage, item.commit.sha): item for item in items if item.commit}
        self._until = {key: rest for key, rest in self._until.items() if key in keys}
        for key, item in keys.items():
            if isinstance(item.decision, Failure) and not item.decision.run:
                failures = self._until.get(key, (0.0, 0))[1] + 1
                self._until[key] = now + pause(self._interval, failures, chance()), failures


def chance() -> float:
    """Return a number from 0 to 1 that nobody knows beforehand."""
    return random.random()  # noqa: S311 - it spreads work, it protects nothing
