"""The matrix and a service's commits as text: pure functions from core values to lines."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, assert_never

from promote_tui.cli import cell_words
from promote_tui.cli.text.style import BLANK, Role, Segment, Style, table
from promote_tui.core.durations import age
from promote_tui.core.git import relation
from promote_tui.core.git.relation import Unknown
from promote_tui.core.model.cells import (
    Deployed,
    Halfway,
    InProgress,
    Never,
    Unreachable,
    Unreported,
    commit_of,
    stack_of,
)
from promote_tui.core.text import advice, clean, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from promote_tui.core.matrix import CellView, Snapshot
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Commit, Pipeline, Service

SUBJECT = 72
"""Subjects are cut here, as git asks people to write them."""
NAME = 40
_NAMED = 3

_MARKS: Mapping[str, tuple[str, Role]] = {
    "failed": ("failed", "bad"),
    "half-way": ("failed", "bad"),
    "altered": ("altered", "bad"),
    "vetoed": ("veto", "bad"),
    "held": ("hold", "warn"),
    "diverged": ("diverged", "bad"),
    "login": ("unknown", "warn"),
    "unreachable": ("unknown", "warn"),
    "no commit": ("unknown", "warn"),
    "unknown": ("unknown", "warn"),
    "to reconcile": ("unknown", "warn"),
    "locked": ("locked", "busy"),
    "running": ("running", "busy"),
    "behind": ("behind", "warn"),
    "ahead": ("ahead", "warn"),
    "same": ("same", "good"),
    "none": ("same", "good"),
    "never": ("never", "calm"),
}
"""What a cell is, in the order of the summary: (sign, role)."""
_CALM = frozenset({"same", "none", "never"})


def matrix_lines(
    pipeline: Pipeline, services: Sequence[Service], snapshot: Snapshot, style: Style, keep_output: str
) -> list[str]:
    """Return the matrix: a summary, a row for each service, and what is out of the ordinary."""
    stages = [stage.name for stage in pipeline.stages]
    rows = [[Segment("SERVICE", "calm"), *(span for name in stages for span in _heading(name))]]
    for service in services:
        views = [snapshot.cells.get((service.name, name)) for name in stages]
        row = [span for view in views for span in _cell(view, style, snapshot.taken_at)]
        rows.append([Segment(clean(service.name, limit=NAME), "strong"), *row])
    remarks = _remarks(snapshot.cells.values(), keep_output)
    return [_summary(pipeline, snapshot, style), "", *table(rows, style), *(["", *remarks] if remarks else [])]


def _heading(stage: str) -> tuple[Segment, Segment, Segment]:
    return Segment(clean(stage.upper(), limit=NAME), "calm"), BLANK, BLANK


def _summary(pipeline: Pipeline, snapshot: Snapshot, style: Style) -> str:
    counts = Counter(kind(view) for view in snapshot.cells.values())
    regions = dict.fromkeys(stage.aws.region for stage in pipeline.stages)
    head = f"{clean(pipeline.project, limit=NAME)} {style.sign('dot')} {clean(', '.join(regions), limit=NAME)}"
    parts = [
        style.paint(f"{style.sign(sign)} {counts[word]} {word}", role)
        for word, (sign, role) in _MARKS.items()
        if counts[word] and word not in _CALM
    ]
    return "  ".join([style.paint(head, "strong"), *parts])


def kind(view: CellView) -> str:
    """Return the one word for the cell: what a person needs to know first."""
    cell = view.cell
    if view.unsettled and not isinstance(cell, Unreachable):
        return "to reconcile"
    match cell:
        case Unreachable(login=login):
            return "login" if login else "unreachable"
        case Unreported():
            return "no commit"
        case Halfway():
            return "half-way"
        case InProgress():
            return "running"
        case Never() | Deployed():
            return _settled(view)
        case _:
            assert_never(cell)


def _settled(view: CellView) -> str:
    if view.run:
        return "locked"
    if cell_words.last_attempt(view.cell) == "failed" or view.unproved:
        return "failed"
    if view.altered:
        return "altered"
    if view.veto or view.hold:
        return "vetoed" if view.veto else "held"
    return "never" if isinstance(view.cell, Never) else relation.name(view.relation)


def _cell(view: CellView | None, style: Style, now: datetime) -> tuple[Segment, Segment, Segment]:
    if view is None:
        return BLANK, BLANK, BLANK
    word = kind(view)
    sign, role = _MARKS[word]
    stack = stack_of(view.cell)
    when = age(stack.updated_at, now) if stack and stack.updated_at else ""
    head = Segment(f"{style.sign(sign)} {_name(view.cell, word)}", role)
    return head, Segment(_distance(view), "calm"), Segment(when, "calm", right=True)


def _name(cell: Cell, word: str) -> str:
    if word == "to reconcile":
        return "unknown"
    commit = commit_of(cell)
    if isinstance(cell, Unreported) and cell.says:
        return _ends(clean(cell.says), NAME)
    return clean(short(commit), limit=NAME) if commit else word


def _ends(text: str, limit: int) -> str:
    """Return the text in at most so many characters, cut in its middle: `-dirty` stands at the end."""
    tail = limit // 2
    return text if len(text) <= limit else f"{text[: limit - tail - 1]}…{text[-tail:]}"


def _distance(view: CellView) -> str:
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
