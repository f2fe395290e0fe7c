"""The matrix and a service's commits as text: pure functions from core values to lines."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeAlias

from promote_tui.cli import cell_words
from promote_tui.cli.text.style import BLANK, Role, Segment, Style, table
from promote_tui.core.cell_state import AT_REST, CellState, state_of
from promote_tui.core.durations import age
from promote_tui.core.git import relation
from promote_tui.core.git.relation import Unknown
from promote_tui.core.model.cells import (
    Unreported,
    commit_of,
    stack_of,
)
from promote_tui.core.state_display import DISPLAYS
from promote_tui.core.text import advice, clean, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from promote_tui.core.matrix import CellView, Snapshot
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Commit, Pipeline, Service
    from promote_tui.core.state_display import Tone

SUBJECT = 72
"""Subjects are cut here, as git asks people to write them."""
NAME = 40
_NAMED = 3

_ROLES: Mapping[Tone, Role] = {
    "good": "good",
    "warn": "warn",
    "bad": "bad",
    "live": "busy",
    "calm": "calm",
    "faint": "calm",
}


ServiceGroups: TypeAlias = "Sequence[tuple[str, Sequence[Service]]]"
"""Services by owner; one group alone without a name is no group."""


def matrix_lines(
    pipeline: Pipeline, groups: ServiceGroups, snapshot: Snapshot, style: Style, keep_output: str
) -> list[str]:
    """Return the matrix: a summary, a row for each service, and what is out of the ordinary."""
    stages = [stage.name for stage in pipeline.stages]
    rows = [[Segment("SERVICE", "calm"), *(span for name in stages for span in _heading(name))]]
    for owner, services in groups:
        is_named = bool(owner) or len(groups) > 1
        rows += [[Segment(clean(owner, limit=NAME) or "no owner", "calm")]] if is_named else []
        rows += [_row(service.name, stages, snapshot, style) for service in services]
    remarks = _remarks(snapshot.cells.values(), keep_output)
    return [_summary(pipeline, snapshot, style), "", *table(rows, style), *(["", *remarks] if remarks else [])]


def _row(service: str, stages: Sequence[str], snapshot: Snapshot, style: Style) -> list[Segment]:
    views = [snapshot.cells.get((service, name)) for name in stages]
    cells = [span for view in views for span in _cell(view, style, snapshot.taken_at)]
    return [Segment(clean(service, limit=NAME), "strong"), *cells]


def _heading(stage: str) -> tuple[Segment, Segment, Segment]:
    return Segment(clean(stage.upper(), limit=NAME), "calm"), BLANK, BLANK


def _summary(pipeline: Pipeline, snapshot: Snapshot, style: Style) -> str:
    counts = Counter(state_of(view) for view in snapshot.cells.values())
    regions = dict.fromkeys(stage.aws.region for stage in pipeline.stages)
    head = f"{clean(pipeline.project, limit=NAME)} {style.sign('dot')} {clean(', '.join(regions), limit=NAME)}"
    parts = [
        style.paint(f"{style.sign(DISPLAYS[state].sign)} {counts[state]} {state.value}", _ROLES[DISPLAYS[state].tone])
        for state in CellState
        if counts[state] and state not in AT_REST
    ]
    return "  ".join([style.paint(head, "strong"), *parts])


def _cell(view: CellView | None, style: Style, now: datetime) -> tuple[Segment, Segment, Segment]:
    if view is None:
        return BLANK, BLANK, BLANK
    state = state_of(view)
    shown = DISPLAYS[state]
    stack = stack_of(view.cell)
    when = age(stack.updated_at, now) if stack and stack.updated_at else ""
    head = Segment(f"{style.sign(shown.sign)} {_name(view.cell, state)}", _ROLES[shown.tone])
    return head, Segment(_distance(view), "calm"), Segment(when, "calm", right=True)


def _name(cell: Cell, state: CellState) -> str:
    if state is CellState.UNSETTLED:
        return DISPLAYS[state].name
    commit = commit_of(cell)
    if isinstance(cell, Unreported) and cell.says:
        return _ends(clean(cell.says), NAME)
    return clean(short(commit), limit=NAME) if commit else state.value


def _ends(text: str, limit: int) -> str:
    """Return the text in at most so many characters, cut in its middle: `-dirty` stands at the end."""
    tail = limit // 2
    return text if len(text) <= limit else f"{text[: limit - tail - 1]}…{text[-tail:]}"


def _distance(view: CellView) -> str:
    if view.traffic is not None and view.traffic.agrees is False:
        return view.traffic.headline
    ahead, behind = relation.counts(view.relation)
    if isinstance(view.relation, Unknown):
        return "?"
    return f"{f'-{behind}' if behind else ''}{f'+{ahead}' if ahead else ''}"


def _remarks(views: Iterable[CellView], keep_output: str) -> list[str]:
    """Return what there is to say, each thing once with the cells that it is true of."""
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for view in views:
        for reason, remedy in cell_words.remarks(view, keep_output):
            places[reason, remedy].append(clean(str(view.cell.target), limit=2 * NAME))
    return [f"{_listed(where)}: {clean(advice(reason, remedy))}" for (reason, remedy), where in places.items()]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def log_lines(commits: Sequence[Commit], stages: Mapping[str, Sequence[str]], style: Style, now: datetime) -> list[str]:
    """Return a service's commits; `stages` maps a full hash to the stages that run it."""
    head = [Segment(word, "calm") for word in ("STAGE", "COMMIT", "SUBJECT", "WHO", "AGE")]
    return table([head, *(_log_row(commit, stages.get(commit.sha, ()), now) for commit in commits)], style)


def _log_row(commit: Commit, stages: Sequence[str], now: datetime) -> list[Segment]:
    running = Segment(clean(" ".join(name.upper() for name in stages), limit=NAME), "good")
    return [running, *commit_segments(commit, now)]


def commit_segments(commit: Commit, now: datetime) -> tuple[Segment, ...]:
    """Return a commit as columns: hash, subject, author, age."""
    return (
        Segment(commit.short, "strong"),
        Segment(clean(commit.subject, limit=SUBJECT)),
        Segment(clean(commit.author, limit=NAME), "calm"),
        Segment(age(commit.authored_at, now), "calm", right=True),
    )
