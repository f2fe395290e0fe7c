"""What all cells come to: counted, or from an earlier start until the first is read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.presentation.pipeline.summary import count_totals, decode_totals, encode_totals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from promote_tui.core.matrix import CellView, Snapshot
    from promote_tui.core.model.cells import CellKey
    from promote_tui.startup.matrix_cache import CachedMatrix
    from promote_tui.tui.presentation.pipeline.summary import MatrixTotals
    from promote_tui.tui.state.context import AppContext

    Keep = Callable[[Snapshot, Mapping[str, Any]], None]


class TotalsCounter:
    """Counts the cells, and keeps the count with a refresh for the next start."""

    def __init__(self, source: AppContext, cached: CachedMatrix | None, keep: Keep | None) -> None:
        self._source = source
        self._cached = cached
        self._keep = keep

    def totals(self) -> MatrixTotals:
        """Return the totals of all cells."""
        cells, kept = self._source.cells, self._cached
        if kept is not None and cells.is_from_cache and (noted := decode_totals(kept.headline)) is not None:
            return noted
        return self._count(cells.views)

    def keep(self, snapshot: Snapshot) -> None:
        """Keep a refresh for the next start, with what it comes to; blocks."""
        if self._keep is not None:
            self._keep(snapshot, encode_totals(self._count(snapshot.cells)))

    def _count(self, views: Mapping[CellKey, CellView]) -> MatrixTotals:
        pipeline = self._source.pipeline
        stages = [stage.name for stage in pipeline.stages]
        return count_totals(stages, [[views.get((one.name, stage)) for stage in stages] for one in pipeline.services])
