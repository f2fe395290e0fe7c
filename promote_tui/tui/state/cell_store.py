"""The cells of the matrix, across refreshes that may overtake each other."""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING

from msgspec import Struct, field

from promote_tui.core.value import replace
from promote_tui.tui.state.view_merge import is_same_deploy, keep_checks, merge_views

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping
    from datetime import datetime

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.matrix import CellView, Snapshot
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.runs.run import Run


class CellStore(Struct):
    """The newest view of each cell; what belongs to an older refresh than the newest is dropped.

    What was remembered from an earlier start is shown until the stack itself has been read.
    """

    views: MutableMapping[CellKey, CellView] = field(default_factory=dict)
    taken_at: datetime | None = None
    generation: int = 0
    is_reading: bool = False
    trouble: PromoteError | None = None
    is_from_cache: bool = False
    """Whether all of it is still from an earlier start."""

    def show_cached(self, views: Mapping[CellKey, CellView], taken_at: datetime) -> None:
        """Begin with what an earlier start read; `views` is only asked for the cells that are shown."""
        self.views = ChainMap({}, views)  # type: ignore[arg-type]
        self.taken_at, self.is_from_cache = taken_at, True

    @property
    def last_refresh(self) -> int:
        """The number of the newest refresh that has ended."""
        return self.generation - 1 if self.is_reading else self.generation

    def begin(self) -> int:
        """Return the number of a new refresh."""
        self.generation += 1
        self.is_reading = True
        return self.generation

    def accept(self, generation: int, key: CellKey, view: CellView) -> bool:
        """Store one cell; return False if a newer refresh has begun."""
        if generation != self.generation:
            return False
        self.is_from_cache = False
        self.views[key] = merge_views(self.views.get(key), view)
        return True

    def complete(self, generation: int, snapshot: Snapshot) -> bool:
        """Store a whole refresh; return False if a newer one has begun."""
        if generation != self.generation:
            return False
        self.views = {key: keep_checks(self.views.get(key), view) for key, view in snapshot.cells.items()}
        self.taken_at, self.is_reading, self.trouble, self.is_from_cache = snapshot.taken_at, False, None, False
        return True

    def is_still_unproved(self, run: Run) -> bool:
        """Tell whether what a run left unproved still runs there, as far as was read since the run ended."""
        view = self.views.get((run.service, run.stage))
        if view is None or self.taken_at is None or self.is_reading:
            return True
        return view.unproved or (run.ended_at or run.started_at) >= self.taken_at

    def may_be_held(self, run: Run) -> bool:
        """Tell whether the stage of a run may be on hold, as far as was read since the run ended."""
        view = self.views.get((run.service, run.stage))
        if view is None or self.taken_at is None or self.is_reading:
            return True
        return view.hold is not None or (run.ended_at or run.started_at) >= self.taken_at

    def check(self, snapshot: Snapshot) -> None:
        """Store what a check found, for every stack that was not updated since."""
        for key, view in snapshot.cells.items():
            now = self.views.get(key)
            if now is not None and is_same_deploy(now, view):
                self.views[key] = replace(
                    now, altered=view.altered, traffic=view.traffic, verification=view.verification
                )

    def fail(self, generation: int, error: PromoteError) -> bool:
        """Store why a refresh failed; keep what was known before."""
        if generation != self.generation:
            return False
        self.is_reading, self.trouble = False, error
        return True
