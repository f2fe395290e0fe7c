"""Which rows of the matrix are shown, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from promote_tui.core.cell_state import CellState, drift_of, state_of
from promote_tui.core.filter_query import Values
from promote_tui.core.git.relation import counts
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import commit_of, reported_text, stack_of
from promote_tui.core.model.stack_status import STATUSES
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from datetime import datetime

    from promote_tui.core.filter_query import Query

FIELDS = ("service", "stage", "branch", "commit", "state", "drift", "who")
"""What a filter of the matrix can be about, as in `stage:prod state:failed`."""
Order: TypeAlias = Literal["name", "staleness", "drift"]
ORDERS: tuple[Order, ...] = get_args(Order)
_DRIFTS = {CellState.SAME, CellState.BEHIND, CellState.AHEAD, CellState.DIVERGED, CellState.UNKNOWN}
STATES = Values(
    tuple(one.filter_word for one in CellState), tuple(name.lower() for name in STATUSES), "a stack's status"
)
_LEAST = 2
"""Letters that a word needs before it is looked for in hashes and states."""


def values(stages: Sequence[str]) -> dict[str, Values]:
    """Return what each field of a filter can be about, for these stages."""
    drifts = Values(tuple(one.filter_word for one in CellState if one in _DRIFTS))
    told = {"stage": Values(tuple(stages)), "state": STATES, "drift": drifts}
    return {name: told.get(name, Values()) for name in FIELDS}


class Row(Value):
    """A service with its cells by stage; `branches` are those that hold a deployed commit, where they were read."""

    service: str
    cells: Mapping[str, CellView | None]
    branches: Mapping[str, Sequence[str]]

    def branches_of(self, view: CellView | None) -> Sequence[str]:
        """Return the branches that hold what a cell runs."""
        sha = commit_of(view.cell) if view else None
        return self.branches.get(sha, ()) if sha else ()


def matches_query(query: Query, row: Row) -> bool:
    """Tell whether a row is shown: all words fit it, and one of its cells has all the fields."""
    named = query.fields.get("service")
    if named and not any(name in row.service.lower() for name in named):
        return False
    about_cells = {name: values for name, values in query.fields.items() if name != "service"}
    if about_cells and not any(_has(about_cells, stage, view, row) for stage, view in row.cells.items()):
        return False
    return all(_fits(word, row) for word in query.words)


def _has(fields: Mapping[str, Sequence[str]], stage: str, view: CellView | None, row: Row) -> bool:
    return all(any(_says(name, value, stage, view, row) for value in values) for name, values in fields.items())


def _says(name: str, value: str, stage: str, view: CellView | None, row: Row) -> bool:
    state = state_of(view)
    match name:
        case "stage":
            return stage.lower().startswith(value)
        case "commit":
            return _sha(view).startswith(value)
        case "branch":
            return any(value in branch.lower() for branch in row.branches_of(view))
        case "drift":
            return view is not None and _drift(view).startswith(value)
        case "who":
            return view is not None and view.commit is not None and value in view.commit.author.lower()
        case _:
            return state.filter_word.startswith(value) or _status(view).startswith(value)


def _drift(view: CellView) -> str:
    """Return how a cell stands to the stage before, in trouble or not; empty where there is nothing to compare."""
    state = drift_of(view)
    return state.filter_word if state in _DRIFTS else ""


def _fits(word: str, row: Row) -> bool:
    if word in row.service.lower():
        return True
    if len(word) < _LEAST:
        return False
    return any(
        _sha(view).startswith(word)
        or state_of(view).filter_word.startswith(word)
        or any(word in branch.lower() for branch in row.branches_of(view))
        for view in row.cells.values()
    )


def _sha(view: CellView | None) -> str:
    return (commit_of(view.cell) or reported_text(view.cell)) if view else ""


def _status(view: CellView | None) -> str:
    stack = stack_of(view.cell) if view else None
    return stack.status_name.lower() if stack else ""


def sort_rows(rows: Sequence[Row], order: Order) -> list[Row]:
    """Return the rows by name, or with those on top whose last stage is the oldest, or that are furthest apart."""
    named = sorted(rows, key=lambda row: row.service.lower())
    if order == "staleness":
        return sorted(named, key=_oldest)
    if order == "drift":
        return sorted(named, key=_apart, reverse=True)
    return named


def _oldest(row: Row) -> tuple[int, float]:
    """Return what puts the last stage's oldest update first, and what was never deployed last."""
    stamps = [updated_at(view) for view in list(row.cells.values())[-1:]]
    known = [stamp.timestamp() for stamp in stamps if stamp is not None]
    return (0, known[0]) if known else (1, 0.0)


def updated_at(view: CellView | None) -> datetime | None:
    """Return when a cell's stack was updated last."""
    stack = stack_of(view.cell) if view else None
    return stack.updated_at if stack else None


def _apart(row: Row) -> int:
    return sum(sum(counts(view.relation)) for view in row.cells.values() if view is not None)
