"""The past as text: the matrix of a moment, and how a commit came to a stage."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from promote_tui.cli.text.style import BLANK, Role, Segment, Style, table
from promote_tui.core.durations import age, utc_minute
from promote_tui.core.gates.decisions import describe_decision
from promote_tui.core.runs.stack_record import arrived_at
from promote_tui.core.runs.verification import NotVerified
from promote_tui.core.text import clean, list_first, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from promote_tui.core.history.past_matrix import PastCell, PastMatrix
    from promote_tui.core.model.pipeline import Pipeline, Service

_NAME = 40
_LINE = 1_000


def past_matrix_lines(pipeline: Pipeline, services: Sequence[Service], found: PastMatrix, style: Style) -> list[str]:
    """Return the matrix of a moment: a row for each service, what was decided, and what is unknown."""
    stages = [stage.name for stage in pipeline.stages]
    rows = [[Segment("SERVICE", "calm"), *(span for name in stages for span in _heading(name))]]
    for service in services:
        cells = [found.cells[service.name, name] for name in stages]
        row = [span for cell in cells for span in _cell(cell, style, found.at)]
        rows.append([Segment(clean(service.name, limit=_NAME), "strong"), *row])
    head = f"{clean(pipeline.project, limit=_NAME)} {style.sign('dot')} at {utc_minute(found.at)}, by the record"
    remarks = _grouped(found.cells.values())
    return [style.paint(head, "strong"), "", *table(rows, style), *(["", *remarks] if remarks else [])]


def _heading(stage: str) -> tuple[Segment, Segment]:
    return Segment(clean(stage.upper(), limit=_NAME), "calm"), BLANK


def _cell(cell: PastCell, style: Style, at: datetime) -> tuple[Segment, Segment]:
    sign, role = _look(cell)
    record = cell.record
    name = short(record.commit) if record.commit else "never" if record.commit is None else "unknown"
    when = age(arrived_at(record.brought), at) if record.commit and record.brought else ""
    return Segment(f"{style.sign(sign)} {clean(name, limit=_NAME)}", role), Segment(when, "calm", right=True)


def _look(cell: PastCell) -> tuple[str, Role]:
    if cell.veto is not None:
        return "veto", "bad"
    if cell.record.running is not None:
        return "running", "busy"
    if cell.hold is not None:
        return "hold", "warn"
    if cell.record.commit is None:
        return "never", "calm"
    if not cell.record.commit:
        return "unknown", "warn"
    return ("same", "good") if cell.is_verified else ("attention", "warn")


def _grouped(cells: Iterable[PastCell]) -> list[str]:
    """Return what there is to say, each thing once with the cells that it was true of."""
    places: dict[str, list[str]] = defaultdict(list)
    for cell in cells:
        for words in _remarks(cell):
            places[words].append(clean(str(cell.target), limit=2 * _NAME))
    return [f"{list_first(where)}: {clean(words, limit=_LINE)}" for words, where in places.items()]


def _remarks(cell: PastCell) -> Iterator[str]:
    record = cell.record
    if record.unknown:
        yield record.unknown
    if record.running is not None:
        run = record.running
        yield f"run {run.id} was at work, to {short(run.to_commit)}, by {run.planned.who}"
    if isinstance(cell.verification, NotVerified):
        yield f"not verified: {cell.verification.reason}"
    if cell.veto is not None:
        yield describe_decision("vetoed", cell.veto)
    yield from _gate_remarks(cell)


def _gate_remarks(cell: PastCell) -> Iterator[str]:
    """Yield each gate that was blocked, and in one line those that passed."""
    about = f" for {short(cell.candidate)}" if cell.candidate else ""
    for gate in cell.gates:
        if not gate.passed:
            yield f"{gate.name} blocked{about}: {gate.reason}"
    passed = [gate.name for gate in cell.gates if gate.passed]
    if passed:
        yield f"passed{about}: {', '.join(passed)}"
