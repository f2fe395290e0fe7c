"""The services that the matrix shows, in their order, and what has to be read to choose them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.filter_query import Query
from promote_tui.core.matrix_filter import (
    FactsWanted,
    FilterFacts,
    describe_misfit,
    facts_wanted,
    matches_query,
    parse_filter,
    rows_of,
)
from promote_tui.core.matrix_order import ORDERS, group_rows, sort_rows
from promote_tui.tui.presentation.pipeline.heads import count_behind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.matrix_filter import Row
    from promote_tui.core.matrix_order import Order
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.model.pipeline import Pipeline, Stage
    from promote_tui.tui.state.context import ScreenContext


def in_promotion_order(marked: Collection[CellKey], pipeline: Pipeline) -> list[CellKey]:
    """Return the marked cells as they are promoted: a stage after the other, services from top to bottom."""
    services = [service.name for service in pipeline.services]
    stages = [stage.name for stage in pipeline.stages]
    return sorted(marked, key=lambda key: (stages.index(key[1]), services.index(key[0])))


class MatrixRows:
    """The filter, the order and the groups of a matrix; `changed` is called when facts have come that it asks for."""

    def __init__(self, screen: ScreenContext, changed: Callable[[], object]) -> None:
        self._screen = screen
        self._changed = changed
        self.query = Query()
        self.misread = ""
        """Why the filter can fit nothing, whatever the services run."""
        self.order: Order = "name"
        self.is_grouped = False
        self._facts = FilterFacts()
        self._asked = FactsWanted()
        self._unanswered = 0

    @property
    def reading(self) -> str:
        """What is still being read of all that the filter may be about; empty where everything is known."""
        if self._screen.host.cells.is_reading:
            return "the stages are"
        return "what the filter asks about is" if self._unanswered else ""

    def apply_filter(self, text: str) -> None:
        """Filter by what is typed."""
        self.query = parse_filter(text)
        self.misread = describe_misfit(text, [stage.name for stage in self._screen.host.pipeline.stages])
        self.read_facts()

    def clear(self) -> None:
        """Show every service."""
        self.query, self.misread = Query(), ""
        self.forget_facts()

    def next_order(self) -> None:
        """Sort by the next of name, staleness and drift."""
        self.order = ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)]

    def forget_facts(self) -> None:
        """Read what filters ask for again when it is wanted next."""
        self._asked = FactsWanted()

    def read_facts(self) -> None:
        """Read what the filter asks to know and nobody has read yet: which branches, whose commits, who we are."""
        engine = self._screen.host.engine
        wanted = facts_wanted(self.query, self._screen.host.cells.views)
        missing = wanted.without(self._asked)
        if engine is None or not missing:
            return
        self._asked = self._asked.join(missing)
        self._unanswered += 1
        self._screen.background(lambda: engine.commits.filter_facts(missing), self._take_facts, self._take_trouble)

    def _take_facts(self, facts: FilterFacts) -> None:
        self._unanswered -= 1
        self._facts = self._facts.join(facts)
        self._changed()

    def _take_trouble(self, error: PromoteError) -> None:
        self._take_facts(FilterFacts())
        self._screen.host.say(str(error), failed=True)

    def group(self) -> None:
        """Group by owner, or not any more."""
        self.is_grouped = not self.is_grouped

    def stages(self) -> Sequence[Stage]:
        """Return the columns; `{user}` in their names is filled in once the engine is open."""
        return self._screen.host.pipeline.stages

    @property
    def most_lines(self) -> int:
        """How many lines all services take with the headings of their groups."""
        services = self._screen.host.pipeline.services
        return len(services) + (len({service.owner for service in services}) if self.is_grouped else 0)

    def count_behind(self, stage: str, services: Sequence[str]) -> int:
        """Return how many of the services that are shown lack commits in a stage.

        Of all of them it was counted before, as long as the matrix is that of an earlier start.
        """
        host = self._screen.host
        if host.cells.is_from_cache and not self.query:
            return host.totals().behind.get(stage, 0)
        return count_behind(host.cells.views.get((service, stage)) for service in services)

    def groups(self) -> list[tuple[str, list[str]]]:
        """Return the services to show, in their order, by group; without groups all of them in one without a name."""
        rows = self._rows()
        groups = group_rows(rows) if self.is_grouped else [("", rows)]
        return [(owner, [row.service for row in its]) for owner, its in groups]

    def _rows(self) -> list[Row]:
        host = self._screen.host
        rows = rows_of(host.pipeline, host.cells.views, self._facts)
        return sort_rows([row for row in rows if matches_query(self.query, row, self._facts.viewer)], self.order)
