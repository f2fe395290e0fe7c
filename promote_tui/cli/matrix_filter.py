"""The filter of `status`: that of the matrix in the terminal UI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import UsageError
from promote_tui.core.matrix_filter import describe_misfit, facts_wanted, matches_query, parse_filter, rows_of
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.core.filter_query import Query
    from promote_tui.core.matrix import Snapshot
    from promote_tui.core.model.pipeline import Service
    from promote_tui.engine.engine import Engine


def read_filter(engine: Engine, typed: str) -> Query:
    """Return the parts of a filter; raises UsageError where it can select nothing, whatever the services run."""
    cause, _, remedy = describe_misfit(typed, engine.pipeline).partition("; ")
    if cause:
        raise UsageError("--filter", cause, remedy)
    return parse_filter(typed)


def select_rows(engine: Engine, query: Query, snapshot: Snapshot) -> Snapshot:
    """Return the matrix with the cells of those services only that a filter selects."""
    if not query:
        return snapshot
    facts = engine.commits.filter_facts(facts_wanted(query, snapshot.cells))
    rows = rows_of(engine.pipeline, snapshot.cells, facts)
    names = {row.service for row in rows if matches_query(query, row, facts.viewer)}
    return replace(snapshot, cells={key: view for key, view in snapshot.cells.items() if key[0] in names})


def is_shown(service: Service, query: Query, selected: Snapshot) -> bool:
    """Tell whether a service has a row in what a filter has selected."""
    return not query or any(name == service.name for name, _ in selected.cells)
