"""The drafts and plans of this session: one store makes, keeps, refreshes and deletes them, whatever screen asks."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.tui.state.cell_drafts import CellDrafts
from promote_tui.tui.state.draft_maker import DraftMaker
from promote_tui.tui.state.stored_draft import StoredDraft

if TYPE_CHECKING:
    from textual.signal import Signal

    from promote_tui.core.gates.options import Override
    from promote_tui.core.model.cells import Cell, CellKey
    from promote_tui.core.planning.plan import Draft
    from promote_tui.tui.state.context import AppContext

MOST = 4
"""How many are kept that no screen shows: each plan holds a work tree, of which a repository has eight."""


class DraftStore:
    """One draft a cell, with its plan: esc keeps it, and a packaging that was begun goes on.

    Every change is published by the cell's key. `by_cell` are the drafts that nothing is packaged for.
    """

    def __init__(self, app: AppContext) -> None:
        self._app = app
        self._stored: dict[CellKey, StoredDraft] = {}
        self.changed: Signal[CellKey] = app.make_signal("drafts")
        self.by_cell = CellDrafts(app)
        self._maker = DraftMaker(app, self.changed.publish)

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._stored)

    def find(self, key: CellKey) -> StoredDraft | None:
        """Return what is kept for a cell."""
        return self._stored.get(key)

    def holds(self, stored: StoredDraft) -> bool:
        """Tell whether it is still the one of its cell."""
        return self._stored.get(stored.key) is stored

    def open(
        self, key: CellKey, revision: str | None, draft: Draft | None, *, is_rollback: bool = False
    ) -> StoredDraft:
        """Return what is kept for the same commit, asked for again in the background; else a new one, begun."""
        self.sweep()
        stored = self._stored.get(key)
        fits = stored is not None and stored.is_rollback == is_rollback and stored.fits(revision, draft)
        if stored is None or stored.error or not fits:
            return self._begin(StoredDraft(key, revision, is_rollback), draft)
        stored.is_shown = stored.is_resumed = True
        if not stored.activity:
            self.refresh(stored)
        return stored

    def _begin(self, stored: StoredDraft, draft: Draft | None) -> StoredDraft:
        old = self._stored.get(stored.key)
        if old is not None:
            self._discard(old)
        self._stored[stored.key] = stored
        self.start_over(stored, draft)
        return stored

    def start_over(self, stored: StoredDraft, draft: Draft | None = None) -> None:
        """Discard what is known, or what follows from this draft, then read and package again."""
        self._stored[stored.key] = stored
        self._maker.start_over(stored, draft)

    def refresh(self, stored: StoredDraft, *, same: bool = False) -> None:
        """Read its draft again; `same`: for the commit that is on the screen, whatever would be promoted by now."""
        self._maker.read(stored, same=same)

    def override(self, stored: StoredDraft, given: Override) -> None:
        """Override a blocked gate with a person's reason, and ask the gates again."""
        stored.override(given)
        stored.is_reading = False
        self.refresh(stored, same=True)

    def leave(self, stored: StoredDraft) -> None:
        """Keep it for later, unless it failed or is too old; keep only a few."""
        if self.holds(stored):
            stored.is_shown = False
            if stored.error is not None:
                self._discard(stored)
            else:
                self._stored[stored.key] = self._stored.pop(stored.key)  # the last one left goes last
        self.sweep()

    def release(self, stored: StoredDraft) -> None:
        """Forget a plan that now belongs to a run: its runner deletes it."""
        if self.holds(stored):
            stored.abandoned.set()
            del self._stored[stored.key]

    def refresh_service(self, service: str) -> None:
        """Read again what is kept of a service: somebody has decided something about it."""
        for stored in [*self._stored.values()]:
            if stored.key[0] == service and not stored.is_handed_over:
                self.refresh(stored, same=True)

    def refresh_all(self, *, replan: bool) -> None:
        """Ask the gates of all that is kept again; `replan`: by other rules than those that it was planned by."""
        for stored in [each for each in self._stored.values() if not each.is_handed_over]:
            if not replan:
                self.refresh(stored, same=True)
            elif stored.is_shown:
                self.start_over(stored)
            else:
                self._discard(stored)

    def follow_cells(self, key: CellKey | None) -> None:
        """Compare with what the matrix has read since: a stage that has moved takes its plan with it."""
        cells = self._app.cells
        if key is None and (cells.is_reading or cells.trouble):
            return
        for stored in [*self._stored.values()]:
            view = cells.views.get(stored.key)
            is_news = key in {None, stored.key} and cells.generation > stored.generation
            if is_news and view is not None and stored.moved_to(view.cell):
                self._follow(stored, view.cell)
        self.sweep()

    def _follow(self, stored: StoredDraft, cell: Cell) -> None:
        if stored.is_handed_over or stored.error is not None:
            return
        if not stored.is_shown:
            self._discard(stored)
        elif stored.plan is None:
            self.start_over(stored)
        else:
            stored.error = stored.stale_error(cell)
            self.changed.publish(stored.key)

    def sweep(self) -> None:
        """Delete what has expired, and the oldest beyond a few; keep what is on a screen."""
        now = self._app.now()
        for stored in self._unshown():
            if stored.plan is not None and now >= stored.plan.expires_at:
                self._discard(stored)
        for stored in self._unshown()[:-MOST]:
            self._discard(stored)

    def _unshown(self) -> list[StoredDraft]:
        return [stored for stored in self._stored.values() if not stored.is_shown]

    def _discard(self, stored: StoredDraft) -> None:
        del self._stored[stored.key]
        self._maker.give_up(stored)

    def close(self) -> None:
        """Delete every plan at once, because the app is closing; keep those that a run may use."""
        for stored in self._stored.values():
            stored.abandoned.set()
            if stored.plan is not None and not stored.is_handed_over:
                with contextlib.suppress(PromoteError):  # `prune` finds what stays behind
                    self._app.the_engine.plans.discard(stored.plan)
        self._stored.clear()
