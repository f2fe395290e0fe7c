"""The filter of `status`: that of the matrix in the terminal UI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import UsageError
from promote_tui.core.filter_query import Query
from promote_tui.core.matrix import Snapshot
from promote_tui.core.matrix_filter import describe_misfit, facts_wanted, matches_query, parse_filter, rows_of
from promote_tui.core.matrix_order import group_rows
from promote_tui.core.model.pipeline import Pipeline, SavedView, Service
from promote_tui.core.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.engine.engine import Engine


class Wanted(Value):
    """Which services are shown, and whether they are grouped by owner."""

    query: Query
    is_grouped: bool = False


class Selection(Value):
    """The services that are shown, by owner where they are grouped, and their cells."""

    groups: tuple[tuple[str, tuple[Service, ...]], ...]
    snapshot: Snapshot

    @property
    def services(self) -> tuple[Service, ...]:
        """All of them, in their order."""
        return tuple(service for _, its in self.groups for service in its)


def read_filter(pipeline: Pipeline, typed: str, view: str | None) -> Wanted:
    """Return what a filter and a saved view want together.

    Raises UsageError where there is no such view, or the filter can select nothing, whatever the services run.
    """
    saved = pipeline.saved_view(view) if view else SavedView("")
    cause, _, remedy = describe_misfit(typed, [stage.name for stage in pipeline.stages]).partition("; ")
    if cause:
        raise UsageError("--filter", cause, remedy)
    return Wanted(parse_filter(f"{saved.filter} {typed}"), bool(saved.group_by))


def select_services(engine: Engine, wanted: Wanted, services: Sequence[Service], snapshot: Snapshot) -> Selection:
    """Return those of the services that are wanted, with their cells alone."""
    if not wanted.query and not wanted.is_grouped:
        return Selection((("", tuple(services)),), snapshot)
    facts = engine.commits.filter_facts(facts_wanted(wanted.query, snapshot.cells))
    known = {service.name: service for service in services}
    rows = [
        row
        for row in rows_of(engine.pipeline, snapshot.cells, facts)
        if row.service in known and matches_query(wanted.query, row, facts.viewer)
    ]
    groups = group_rows(rows) if wanted.is_grouped else [("", rows)]
    cells = {key: view for key, view in snapshot.cells.items() if any(key[0] == row.service for row in rows)}
    return Selection(
        tuple((owner, tuple(known[row.service] for row in its)) for owner, its in groups),
        replace(snapshot, cells=cells),
    )
