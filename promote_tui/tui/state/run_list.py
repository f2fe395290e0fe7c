"""The runs that fit a filter, read page by page, the live ones read again as they go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.releases.history import group_by_release
from promote_tui.core.runs import filters
from promote_tui.core.text import plural
from promote_tui.ports import RunFilter
from promote_tui.tui.background import ignore_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.filter_query import Query
    from promote_tui.core.releases.history import HistoryEntry
    from promote_tui.core.releases.release import Release
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.engine import Engine
    from promote_tui.tui.state.context import ScreenContext

PAGE = 50
_ENOUGH, _MOST_PAGES = 20, 10
"""A filter reads on until it has found so many runs, at most so many pages at once."""


class RunList:
    """Runs, newest first; `text` is the filter as it is typed now, `changed` is called when something has come."""

    def __init__(self, screen: ScreenContext, text: Callable[[], str], changed: Callable[[], object]) -> None:
        self._screen = screen
        self._text = text
        self._changed = changed
        self.runs: list[Run] = []
        self.releases: dict[str, Release] = {}
        """The releases of these runs, by name."""
        self.error: PromoteError | None = None
        self.is_read = False
        """Whether they were read once."""
        self.is_reading = False
        self._cursor: str | None = None
        self._total = ""
        self._ticket = 0

    @property
    def query(self) -> Query:
        """The filter as it is typed now."""
        return filters.parse_filter(self._text())

    @property
    def has_more(self) -> bool:
        """Whether there are older ones to read."""
        return self._cursor is not None

    @property
    def entries(self) -> tuple[HistoryEntry, ...]:
        """The runs, with those of a release as one entry."""
        return group_by_release(self.runs, self.releases)

    @property
    def why_no_match(self) -> str:
        """Why the filter can fit no run; empty where nothing is wrong with it."""
        return filters.describe_misfit(self._text(), [stage.name for stage in self._screen.host.pipeline.stages])

    def count_words(self) -> str:
        """Return `12 of 50+ runs`, or how many there are without a filter."""
        count = f"{len(self.runs)}{'+' if self.has_more else ''}"
        if self.query:
            return f"{count} of {self._total} runs" if self._total else f"{count} runs"
        return f"{count} runs" if self.has_more else plural(len(self.runs), "run")

    def drop_answers(self) -> int:
        """Hear no more of what was asked so far; return a number that stays until this is called again."""
        self._ticket += 1
        return self._ticket

    def is_newest(self, ticket: int) -> bool:
        """Tell whether nothing was asked since."""
        return ticket == self._ticket

    def read(self, *, more: bool = False) -> None:
        """Read the runs anew, as many as there are; or the next ones."""
        engine = self._screen.host.engine
        if engine is None:
            return
        ticket, query, now, wanted = self.drop_answers(), self.query, self._screen.now, self._wanted()
        self.is_reading = True
        begin = self._cursor if more else None
        at_least = _ENOUGH if more or query else max(_ENOUGH, len(self.runs))
        self._screen.background(
            lambda: _pages(engine, wanted, lambda run: filters.fits(run, query, now), begin, at_least),
            lambda page: self._take_page(ticket, *page, more=begin is not None),
            lambda error: self._fail(ticket, error),
        )

    def _wanted(self) -> RunFilter:
        """Return what the ledger itself can narrow; the rest is asked of each run."""
        query, pipeline, now = self.query, self._screen.host.pipeline, self._screen.now
        services, stages = query.fields.get("service", ()), query.fields.get("stage", ())
        return RunFilter(
            service=_only(services, [service.name for service in pipeline.services]),
            stage=_only(stages, [stage.name for stage in pipeline.stages]),
            status=filters.status_of(query),
            since=filters.since_of(query, now),
            until=filters.until_of(query, now),
        )

    def _take_page(
        self, ticket: int, runs: Sequence[Run], releases: Mapping[str, Release], cursor: str | None, *, more: bool
    ) -> None:
        """Take a page, behind those that are there where it goes on."""
        if not self.is_newest(ticket):
            return
        self.releases |= releases
        self.is_reading, self.is_read = False, True
        self.error, self._cursor = None, cursor
        self.runs = [*self.runs, *runs] if more else list(runs)
        if not self.query:
            self._total = f"{len(self.runs)}{'+' if self.has_more else ''}"
        self._changed()

    def _fail(self, ticket: int, error: PromoteError) -> None:
        if self.is_newest(ticket):
            self.is_reading, self.error = False, error
            self._changed()

    def update(self) -> None:
        """Read the live runs again, and hear of new ones; where that fails the whole list says so when it is read."""
        engine, ticket = self._screen.host.engine, self._ticket
        if engine is None or self.is_reading or not self.is_read:
            return
        live = tuple(run.id for run in self.runs if run.live)
        open_ones = tuple(name for name, release in self.releases.items() if release.ended is None)
        self._screen.background(
            lambda: _unfinished(engine, live, open_ones), lambda news: self._merge(ticket, *news), ignore_error
        )

    def _merge(self, ticket: int, runs: Sequence[Run], releases: Mapping[str, Release]) -> None:
        """Take how the live runs and releases stand, in their places; new ones come on top."""
        if not self.is_newest(ticket):
            return
        fresh, known = {run.id: run for run in runs}, {run.id for run in self.runs}
        new = [run for run in runs if run.id not in known and filters.fits(run, self.query, self._screen.now)]
        changed = new or any(fresh.get(run.id, run) != run for run in self.runs)
        changed = changed or any(self.releases.get(name) != release for name, release in releases.items())
        self.releases |= releases
        every = [*new, *(fresh.get(run.id, run) for run in self.runs)]
        self.runs = sorted(every, key=lambda run: (run.started_at, run.id), reverse=True)
        if changed:
            self._changed()


def _pages(
    engine: Engine, wanted: RunFilter, fits: Callable[[Run], bool], cursor: str | None, at_least: int
) -> tuple[list[Run], Mapping[str, Release], str | None]:
    """Return runs that fit, from a cursor on, with their releases, and where to go on (None: that was all)."""
    found: list[Run] = []
    for _ in range(_MOST_PAGES):
        page = engine.runs.page(wanted, cursor, PAGE)
        found += [run for run in page.runs if fits(run)]
        cursor = page.cursor
        if cursor is None or len(found) >= at_least:
            break
    return found, engine.releases.find_all(run.planned.release for run in found), cursor


def _unfinished(
    engine: Engine, live: tuple[str, ...], releases: tuple[str, ...]
) -> tuple[list[Run], Mapping[str, Release]]:
    """Return the runs that hold a lock, and those of `live` that do not any more, with their releases and these."""
    now = engine.runs.unfinished()
    ids = {run.id for run in now}
    runs = [*now, *(engine.runs.find(name) for name in live if name not in ids)]
    return runs, engine.releases.find_all((*releases, *(run.planned.release for run in runs)))


def _only(values: tuple[str, ...], names: list[str]) -> str | None:
    """Return the one name that is asked for, where it is one and written out."""
    return next((name for name in names if (name.lower(),) == values), None)
