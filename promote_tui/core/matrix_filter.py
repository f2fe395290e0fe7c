"""Which rows of the matrix a filter selects, and what has to be read for that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from promote_tui.core.cell_state import CellState, drift_of, state_of
from promote_tui.core.filter_query import Values, describe_misread, parse
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import commit_of, reported_text, stack_of
from promote_tui.core.model.stack_status import STATUSES
from promote_tui.core.value import Value, field

if TYPE_CHECKING:
    from collections.abc import Collection

    from promote_tui.core.filter_query import Query
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.model.pipeline import Pipeline

FIELDS = ("service", "stage", "owner", "branch", "commit", "state", "drift", "who", "who-waits")
"""What a filter of the matrix can be about, as in `stage:prod state:failed`."""
MINE = "mine"
"""The word that stands for: I own it, or I am an author of commits that wait."""
FLAGS = (MINE,)
_DRIFTS = {CellState.SAME, CellState.BEHIND, CellState.AHEAD, CellState.DIVERGED, CellState.UNKNOWN}
STATES = Values(
    tuple(one.filter_word for one in CellState), tuple(name.lower() for name in STATUSES), "a stack's status"
)
_LEAST = 2
"""Letters that a word needs before it is looked for in hashes and states."""


CommitRange: TypeAlias = tuple[str, str, str]
"""(service, what a stage runs, what the stage before it runs)."""


def parse_filter(text: str) -> Query:
    """Return the parts of what was typed."""
    return parse(text, FIELDS, FLAGS)


def describe_misfit(text: str, stages: Sequence[str]) -> str:
    """Return why a filter can select no row, whatever the services run; empty where it is fine."""
    drifts = Values(tuple(one.filter_word for one in CellState if one in _DRIFTS))
    told = {"stage": Values(tuple(stages)), "state": STATES, "drift": drifts}
    return describe_misread(text, {name: told.get(name, Values()) for name in FIELDS}, FLAGS)


class FilterFacts(Value):
    """What a filter may need besides the cells; what was not read is left out.

    `branches` are those that hold a (service, commit), `authors` those of the commits that wait. `viewer` are the names
    of the person at the keyboard.
    """

    branches: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    authors: Mapping[CommitRange, Sequence[str]] = field(default_factory=dict)
    viewer: frozenset[str] = frozenset()

    def join(self, more: FilterFacts) -> FilterFacts:
        """Return these facts and others; what was read later counts."""
        branches, authors = {**self.branches, **more.branches}, {**self.authors, **more.authors}
        return FilterFacts(branches, authors, more.viewer or self.viewer)


class FactsWanted(Value):
    """What is to be read for a filter."""

    branches: frozenset[tuple[str, str]] = frozenset()
    authors: frozenset[CommitRange] = frozenset()
    viewer: bool = False

    def __bool__(self) -> bool:
        """Tell whether anything is to be read."""
        return bool(self.branches or self.authors or self.viewer)

    def without(self, known: FactsWanted) -> FactsWanted:
        """Return what is wanted and not known yet."""
        branches, authors = self.branches - known.branches, self.authors - known.authors
        return FactsWanted(branches, authors, self.viewer and not known.viewer)

    def join(self, more: FactsWanted) -> FactsWanted:
        """Return what either of them wants."""
        return FactsWanted(self.branches | more.branches, self.authors | more.authors, self.viewer or more.viewer)


def facts_wanted(query: Query, views: Mapping[CellKey, CellView]) -> FactsWanted:
    """Return what is to be read for a filter: nothing that it does not ask for."""
    is_mine = MINE in query.flags
    branches = {(key[0], sha) for key, view in views.items() if (sha := commit_of(view.cell))}
    return FactsWanted(
        frozenset(branches) if query.words or "branch" in query.fields else frozenset(),
        frozenset(waiting_ranges(views).values()) if is_mine or "who-waits" in query.fields else frozenset(),
        is_mine,
    )


def waiting_ranges(views: Mapping[CellKey, CellView]) -> dict[CellKey, CommitRange]:
    """Return the range of commits that waits, for each cell that is behind."""
    found: dict[CellKey, CommitRange] = {}
    for (service, stage), view in views.items():
        before = views.get((service, view.against)) if view.against else None
        base, head = commit_of(view.cell), commit_of(before.cell) if before else None
        if base and head and view.is_behind:
            found[service, stage] = service, base, head
    return found


class Row(Value):
    """A service with its cells by stage.

    `branches` are those that hold a deployed commit, `waiting` the authors of the commits that wait for a stage, where
    they were read. `owners` are all names of who owns it.
    """

    service: str
    cells: Mapping[str, CellView | None]
    branches: Mapping[str, Sequence[str]] = field(default_factory=dict)
    waiting: Mapping[str, Sequence[str]] = field(default_factory=dict)
    owners: tuple[str, ...] = ()

    @property
    def owner(self) -> str:
        """The owner as the configuration names them; empty where there is none."""
        return next(iter(self.owners), "")

    def branches_of(self, view: CellView | None) -> Sequence[str]:
        """Return the branches that hold what a cell runs."""
        sha = commit_of(view.cell) if view else None
        return self.branches.get(sha, ()) if sha else ()


def rows_of(pipeline: Pipeline, views: Mapping[CellKey, CellView], facts: FilterFacts) -> list[Row]:
    """Return a row for each service, in the order of the configuration; no cell is looked at before it is asked for."""
    stages = tuple(stage.name for stage in pipeline.stages)
    branches: dict[str, dict[str, Sequence[str]]] = {}
    for (name, sha), names in facts.branches.items():
        branches.setdefault(name, {})[sha] = names
    waiting: dict[str, dict[str, Sequence[str]]] = {}
    for (name, stage), span in (waiting_ranges(views) if facts.authors else {}).items():
        waiting.setdefault(name, {})[stage] = facts.authors.get(span, ())
    return [
        Row(
            service.name,
            _StageCells(service.name, stages, views),
            branches.get(service.name, {}),
            waiting.get(service.name, {}),
            pipeline.owners(service),
        )
        for service in pipeline.services
    ]


class _StageCells(Mapping[str, CellView | None]):
    """A service's cells by stage, each read from the matrix when it is asked for: an order by name wants none."""

    def __init__(self, service: str, stages: tuple[str, ...], views: Mapping[CellKey, CellView]) -> None:
        self._service = service
        self._stages = stages
        self._views = views

    def __getitem__(self, stage: str) -> CellView | None:
        if stage not in self._stages:
            raise KeyError(stage)
        return self._views.get((self._service, stage))

    def __iter__(self) -> Iterator[str]:
        return iter(self._stages)

    def __len__(self) -> int:
        return len(self._stages)


def matches_query(query: Query, row: Row, viewer: Collection[str] = ()) -> bool:
    """Tell whether a row is shown: all words fit it, and one of its cells has all the fields.

    `viewer` are the names of the person at the keyboard, in lower case.
    """
    if not all(_is_about(name, query.fields.get(name, ()), row) for name in ("service", "owner")):
        return False
    about_cells = {name: values for name, values in query.fields.items() if name not in {"service", "owner"}}
    if about_cells and not any(_has(about_cells, stage, view, row) for stage, view in row.cells.items()):
        return False
    return (MINE not in query.flags or _is_mine(row, viewer)) and all(_fits(word, row) for word in query.words)


def _is_about(name: str, values: Sequence[str], row: Row) -> bool:
    names = row.owners if name == "owner" else (row.service,)
    return not values or any(value in each.lower() for value in values for each in names)


def _is_mine(row: Row, viewer: Collection[str]) -> bool:
    authors = (author for waiting in row.waiting.values() for author in waiting)
    return any(name.lower() in viewer for name in (*row.owners, *authors))


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
        case "who" | "who-waits":
            return any(value in author.lower() for author in _authors(name, stage, view, row))
        case _:
            return state.filter_word.startswith(value) or _status(view).startswith(value)


def _authors(name: str, stage: str, view: CellView | None, row: Row) -> Sequence[str]:
    """Return who wrote what runs in a stage, or what waits for it."""
    if name == "who-waits":
        return row.waiting.get(stage, ())
    return (view.commit.author,) if view and view.commit else ()


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
