"""Which rows of the drift screen a filter shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.cell_state import CellState
from promote_tui.core.filter_query import Values, parse
from promote_tui.core.filter_query import describe_misread as misread_by
from promote_tui.core.git.relation import name
from promote_tui.core.model.cells import Halfway, Unreachable, Unreported, commit_of
from promote_tui.tui.presentation.drift.model import DriftRow, Kind, has_failed, is_drift

if TYPE_CHECKING:
    from collections.abc import Sequence


FIELDS = ("service", "stage", "commit", "state", "drift", "who")
"""What a filter can be about here, as in the matrix."""
_STATES = (
    *("same", "ahead", "behind", "diverged", "unknown", "never", "stack", "config", "traffic"),
    *(
        "trouble",
        CellState.FAILED.filter_word,
        CellState.HALFWAY.filter_word,
        CellState.UNREPORTED.filter_word,
        "stuck",
        "not read",
        CellState.LOGIN.filter_word,
        CellState.UNREACHABLE.filter_word,
    ),
)
_DRIFTS = ("commit", "config", "stack", "traffic", "hotfix", *_STATES[:6])


def misread(text: str, stages: Sequence[str]) -> str:
    """Return why a filter can fit no row, whatever has drifted; empty where nothing is wrong with it."""
    told = {"stage": Values(tuple(stages)), "state": Values(_STATES), "drift": Values(_DRIFTS)}
    return misread_by(text, {name: told.get(name, Values()) for name in FIELDS})


def is_shown(row: DriftRow, text: str) -> bool:
    """Tell whether a filter keeps the row: words, and fields such as `stage:prod drift:behind`."""
    query = parse(text, FIELDS)
    return all(_fits(word, row) for word in query.words) and all(
        any(_says(name, value, row) for value in values) for name, values in query.fields.items()
    )


def _fits(word: str, row: DriftRow) -> bool:
    if word in row.service.lower() or row.stage.lower().startswith(word):
        return True
    return len(word) > 1 and (_says("commit", word, row) or _says("state", word, row))


def _says(field: str, value: str, row: DriftRow) -> bool:
    commit = row.view.commit
    match field:
        case "service":
            return value in row.service.lower()
        case "stage":
            return row.stage.lower().startswith(value)
        case "commit":
            return (commit_of(row.view.cell) or "").startswith(value)
        case "who":
            return commit is not None and value in commit.author.lower()
        case "drift":
            return _drifts(row, value)
        case _:
            return _state(row).startswith(value) or row.kind.value.startswith(value)


def _drifts(row: DriftRow, value: str) -> bool:
    if row.kind in {Kind.STACK, Kind.CONFIG, Kind.TRAFFIC}:
        return is_drift(row) and row.kind.value.startswith(value)
    hotfix = row.commits is not None and bool(row.commits.hotfixes) and "hotfix".startswith(value)
    return row.kind is Kind.COMMIT and (_state(row).startswith(value) or "commit".startswith(value) or hotfix)


def _state(row: DriftRow) -> str:
    cell = row.view.cell
    match row.kind:
        case Kind.COMMIT:
            relation = name(row.view.relation)
            return "never" if relation == "none" else relation
        case Kind.STACK | Kind.CONFIG | Kind.TRAFFIC:
            return str(row.kind.value)
        case Kind.TROUBLE:
            if isinstance(cell, Halfway):
                return CellState.HALFWAY.filter_word
            if has_failed(row):
                return CellState.FAILED.filter_word
            return CellState.UNREPORTED.filter_word if isinstance(cell, Unreported) else "stuck"
        case _:
            login = isinstance(cell, Unreachable) and cell.login
            return (CellState.LOGIN if login else CellState.UNREACHABLE).filter_word
