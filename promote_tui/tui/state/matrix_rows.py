"""Which services the matrix shows, and in which order: by what is typed, and by what is read for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.filter_query import Query, describe_misread, parse
from promote_tui.core.matrix_filter import FIELDS, ORDERS, Row, matches_query, sort_rows, values
from promote_tui.core.model.cells import commit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from promote_tui.core.matrix_filter import Order
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.tui.state.context import ScreenContext


def in_promotion_order(marked: Collection[CellKey], pipeline: Pipeline) -> list[CellKey]:
    """Return the marked cells as they are promoted: a stage after the other, services from top to bottom."""
    services = [service.name for service in pipeline.services]
    stages = [stage.name for stage in pipeline.stages]
    return sorted(marked, key=lambda key: (stages.index(key[1]), services.index(key[0])))


class MatrixRows:
    """The filter and the order of a matrix; `changed` is called when branches have come that the filter may name."""

    def __init__(self, screen: ScreenContext, changed: Callable[[], object]) -> None:
        self._screen = screen
        self._changed = changed
        self.query = Query()
        self.misread = ""
        """Why the filter can fit nothing, whatever the services run."""
        self.order: Order = "name"
        self._branches: Mapping[tuple[str, str], Sequence[str]] = {}
        self._asked_branches = False

    def apply_filter(self, text: str) -> None:
        """Filter by what is typed."""
        self.query = parse(text, FIELDS)
        self.misread = describe_misread(text, values([stage.name for stage in self._screen.host.pipeline.stages]))
        self._read_branches()

    def clear(self) -> None:
        """Show every service."""
        self.query, self.misread = Query(), ""
        self.forget_branches()

    def next_order(self) -> None:
        """Sort by the next of name, staleness and drift."""
        self.order = ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)]

    def forget_branches(self) -> None:
        """Read the branches again when they are wanted next."""
        self._asked_branches = False

    def _read_branches(self) -> None:
        """Read which branches hold what is deployed, once a filter may be about them."""
        engine = self._screen.host.engine
        if self._asked_branches or engine is None or not (self.query.words or "branch" in self.query.fields):
            return
        self._asked_branches = True
        views = dict(self._screen.host.cells.views)
        wanted = {(key[0], sha) for key, view in views.items() if (sha := commit_of(view.cell))}
        self._screen.background(lambda: engine.commits.branches_holding(wanted), self._take_branches)

    def _take_branches(self, branches: Mapping[tuple[str, str], Sequence[str]]) -> None:
        self._branches = branches
        self._changed()

    def services(self) -> list[str]:
        """Return the services to show, in their order."""
        names = [service.name for service in self._screen.host.pipeline.services]
        if not self.query and self.order == "name":
            return sorted(names, key=str.lower)
        rows = [row for row in map(self._row, names) if matches_query(self.query, row)]
        return [row.service for row in sort_rows(rows, self.order)]

    def _row(self, service: str) -> Row:
        stages, views = self._screen.host.pipeline.stages, self._screen.host.cells.views
        branches = {sha: names for (name, sha), names in self._branches.items() if name == service}
        return Row(service, {stage.name: views.get((service, stage.name)) for stage in stages}, branches)
