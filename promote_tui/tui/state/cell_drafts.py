"""What a promotion into each cell would bring, read a few at a time, and kept until that may have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from promote_tui.core.errors import PromoteError
from promote_tui.core.value import Value
from promote_tui.tui.lazy import Lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.signal import Signal

    from promote_tui.core.matrix import CellView
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.planning.plan import Draft
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.engine import Engine
    from promote_tui.ports import RunFilter
    from promote_tui.tui.state.context import AppContext

    Views: TypeAlias = tuple[CellView | None, CellView | None]

_RUN_FILTER: Lazy[type[RunFilter]] = Lazy("promote_tui.ports:RunFilter")

AT_ONCE = 4
"""How many drafts of a list are read at the same time."""
_RECENT = 4


class CellDraft(Value):
    """The draft of a cell, or why there is none; `runs` are the newest ones there, None where they were not asked for.

    `refresh` is the one of the matrix that it was read after, `views` what the cell and the one before said then.
    """

    refresh: int
    views: Views
    draft: Draft | None = None
    error: PromoteError | None = None
    runs: Sequence[Run] | None = None
    runs_error: PromoteError | None = None

    @property
    def trouble(self) -> PromoteError | None:
        """Why something of it is not there."""
        return self.error or self.runs_error


class CellDrafts:
    """The newest draft of each cell; `changed` says whose has come."""

    def __init__(self, app: AppContext) -> None:
        self._app = app
        self._found: dict[CellKey, CellDraft] = {}
        self._reading: set[tuple[CellKey, bool]] = set()
        self._forgotten = 0
        self.changed: Signal[CellKey] = app.make_signal("cell-drafts")

    def views_of(self, key: CellKey) -> Views:
        """Return what a cell and the one before say now."""
        views, after = self._app.cells.views, self._app.pipeline.stage(key[1]).after
        return views.get(key), views.get((key[0], after)) if after else None

    def of(self, key: CellKey) -> CellDraft | None:
        """Return the draft of a cell, as long as its stacks say what they said then."""
        found = self._found.get(key)
        return found if found is not None and found.views == self.views_of(key) else None

    def find_detailed(self, key: CellKey) -> CellDraft | None:
        """Return the draft of a cell with its runs, as long as the matrix was not read again."""
        found = self._found.get(key)
        is_new = found is not None and found.runs is not None and found.refresh == self._app.cells.last_refresh
        return found if is_new else None

    def read(self, keys: Iterable[CellKey]) -> None:
        """Begin to read what is missing, in this order, as long as there is room."""
        for key in keys:
            if sum(not detailed for _key, detailed in self._reading) >= AT_ONCE:
                return
            if self.of(key) is None:
                self._read(key, detailed=False)

    def read_detailed(self, key: CellKey) -> None:
        """Begin to read the draft of a cell with its newest runs, where it is missing."""
        if self.find_detailed(key) is None:
            self._read(key, detailed=True)

    def _read(self, key: CellKey, *, detailed: bool) -> None:
        if (key, detailed) in self._reading:
            return
        self._reading.add((key, detailed))
        engine, asked = self._app.the_engine, self._forgotten
        refresh, views = self._app.cells.last_refresh, self.views_of(key)

        def take(found: CellDraft) -> None:
            self._reading.discard((key, detailed))
            if asked == self._forgotten:
                self._keep(key, found)
            self.changed.publish(key)

        def failed(error: PromoteError) -> None:
            take(CellDraft(refresh, views, error=error, runs=() if detailed else None))

        work = _read_detailed if detailed else _read_draft
        self._app.background.run(self._app, lambda: work(engine, key, refresh, views), take, failed)

    def _keep(self, key: CellKey, found: CellDraft) -> None:
        """File a draft, unless a newer one that says more is there already."""
        now = self._found.get(key)
        if now is None or found.runs is not None or now.runs is None or self.find_detailed(key) is None:
            self._found[key] = found

    def forget(self) -> None:
        """Forget everything, so that it is read again."""
        self._forgotten += 1
        self._found.clear()


def _read_draft(engine: Engine, key: CellKey, refresh: int, views: Views) -> CellDraft:
    try:
        return CellDraft(refresh, views, engine.plans.draft(*key))
    except PromoteError as error:
        return CellDraft(refresh, views, error=error)


def _read_detailed(engine: Engine, key: CellKey, refresh: int, views: Views) -> CellDraft:
    """Return the draft for a cell and the newest runs there; what cannot be had is left out, with its reason."""
    found = _read_draft(engine, key, refresh, views)
    try:
        runs = engine.runs.page(_RUN_FILTER.load()(service=key[0], stage=key[1]), limit=_RECENT).runs
    except PromoteError as why:
        return CellDraft(refresh, views, found.draft, found.error, (), why)
    return CellDraft(refresh, views, found.draft, found.error, runs)
