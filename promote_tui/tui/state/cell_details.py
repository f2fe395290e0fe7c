"""What is known of the cell under a cursor: read once the cursor rests there, and again after each refresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import UsageError
from promote_tui.core.model.cells import Unreachable
from promote_tui.tui.presentation.pipeline.pane import CellPane
from promote_tui.tui.timers import call_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.matrix import CellView
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.planning.plan import Draft
    from promote_tui.tui.state.cell_drafts import CellDraft
    from promote_tui.tui.state.context import ScreenContext

_RESTING = 0.15


class CellDetails:
    """Follows the `cursor` of a screen; `changed` is called when something has come for the cell it stands on."""

    def __init__(
        self, screen: ScreenContext, cursor: Callable[[], CellKey | None], changed: Callable[[], object]
    ) -> None:
        self._screen = screen
        self._app = screen.host
        self._cursor = cursor
        self._changed = changed
        self._moves = 0
        self._refresh = 0

    def follow(self) -> None:
        """Subscribe to what is read; call it once the screen is mounted."""
        self._screen.hear(self._app.drafts.by_cell.changed, self._heard)

    def _heard(self, key: CellKey) -> None:
        if key == self._cursor():
            self._changed()

    def of(self, key: CellKey) -> CellDraft | None:
        """Return what was read of a cell since the matrix was read."""
        return self._app.drafts.by_cell.find_detailed(key)

    def draft(self, key: CellKey | None) -> Draft | None:
        """Return what a promotion into a cell would bring, where that was read."""
        found = self.of(key) if key else None
        return found.draft if found else None

    def has_no_commit(self, key: CellKey) -> bool:
        """Tell whether no commit suggests itself for a cell: one has to be chosen."""
        found = self.of(key)
        return found is not None and isinstance(found.trouble, UsageError)

    def after_refresh(self) -> None:
        """Read the cell again, once the matrix was."""
        if self._refresh != self._app.cells.generation and not self._app.cells.is_reading:
            self._refresh = self._app.cells.generation
            self.after_move()

    def after_move(self) -> None:
        """Read the cell once the cursor rests on it."""
        self._moves += 1
        moves = self._moves
        call_after(self._screen, _RESTING, lambda: self._read() if moves == self._moves else None)

    def _read(self) -> None:
        key = self._cursor()
        view = self._app.cells.views.get(key) if key else None
        if self._app.engine is None or key is None or view is None or isinstance(view.cell, Unreachable):
            return
        self._app.drafts.by_cell.read_detailed(key)

    def _next_cells(self, key: CellKey) -> list[tuple[str, CellView]]:
        """Return the stages that come after a cell's, with their cells."""
        views = self._app.cells.views
        after = [stage.name for stage in self._app.pipeline.stages if stage.after == key[1]]
        return [(name, view) for name in after if (view := views.get((key[0], name))) is not None]

    def pane(self, key: CellKey, *, with_next: bool = False, marked: int = 0) -> CellPane:
        """Return all that is known of a cell, to be drawn; `with_next` also of the stages after it."""
        app, found = self._app, self.of(key)
        return CellPane(
            key[0],
            app.pipeline.stage(key[1]),
            app.cells.views.get(key),
            app.now(),
            app.glyphs,
            found.draft if found else None,
            found.trouble if found else None,
            (found.runs if found else None) or (),
            app.cells.trouble if not app.cells.is_reading else None,
            self._next_cells(key) if with_next else (),
            app.key_of,
            marked,
            app.engine.deployer if app.engine else None,
        )
