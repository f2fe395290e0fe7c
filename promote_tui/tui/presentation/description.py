"""What was deployed to a stage, on the screen: sections of rows, and all of the row under the cursor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.description import wording
from promote_tui.core.model.cells import stack_of
from promote_tui.core.text import advice, short
from promote_tui.tui.presentation.lines import outcome
from promote_tui.tui.presentation.style import BLANK, Role, fit, ink, line, rule, spread, wrap
from promote_tui.tui.presentation.wording import ago

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from textual.content import Content

    from promote_tui.core.description.failed_update import FailedUpdate
    from promote_tui.core.description.function_logs import FunctionLog
    from promote_tui.core.description.model import DescribedOutput, Description, Unread
    from promote_tui.core.model.log_lines import LogLine
    from promote_tui.core.model.stack_resources import StackResource
    from promote_tui.core.model.stack_status import StackEvent
    from promote_tui.core.runs.run import Run
    from promote_tui.tui.presentation.glyphs import Glyphs

_LEAST, _MOST = 10, 34
_LONGEST = 4_096


@dataclass(frozen=True, slots=True)
class DescriptionRow:
    """A thing in a section: a name in a column, and words; `key` tells it from all others.

    `copies` is what can be copied of it, `url` what a browser opens, and `run` what enter does.
    """

    key: tuple[str, ...]
    name: Content
    words: Content
    copies: tuple[tuple[str, str], ...] = ()
    url: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True)
class DescriptionSection:
    """A heading with its rows; one without rows says something by its note alone."""

    title: str
    note: str
    rows: tuple[DescriptionRow, ...]


def sections(found: Description, now: datetime, glyphs: Glyphs) -> Iterator[DescriptionSection]:
    """Yield the sections that there is something of, what is wrong first."""
    if found.unread:
        yield DescriptionSection("not read", "", tuple(_unread(each) for each in found.unread))
    if found.failure:
        when = ago(found.failure.began_at, now)
        yield DescriptionSection("last update failed", when, tuple(_failure(found.failure)))
    if found.outputs:
        yield DescriptionSection("outputs", "", tuple(_output(each) for each in found.outputs))
    yield from _logs(found)
    if found.deployments:
        more = "older ones are on Runs" if found.has_older else ""
        yield DescriptionSection("deployments", more, tuple(_deployment(run, now, glyphs) for run in found.deployments))
    elif none := wording.describe_no_deployment(found):
        yield DescriptionSection("deployments", none, ())
    if found.resources:
        yield DescriptionSection("resources", wording.resource_count(found), tuple(_resources(found.resources)))


def _unread(missing: Unread) -> DescriptionRow:
    words = advice(missing.cause, missing.remedy)
    copies = (("next step", missing.remedy),) if missing.remedy else ()
    return DescriptionRow(("unread", missing.part), ink(missing.part, "warn"), _long(words, "warn"), copies)


def _failure(failed: FailedUpdate) -> Iterator[DescriptionRow]:
    who = _long(wording.describe_actor(failed))
    yield DescriptionRow(("failure", "who"), ink("who", "muted"), who, run=failed.run)
    if failed.cause:
        said = str(failed.cause)
        words, copies = _long(said, "bad"), (("root cause", said),)
        yield DescriptionRow(("failure", "cause"), ink("root cause", "bad"), words, copies, run=failed.run)
    yield from (_event(event) for event in failed.events)
    if failed.remedy:
        yield DescriptionRow(("failure", "next"), ink("next", "muted"), _long(failed.remedy))


def _event(event: StackEvent) -> DescriptionRow:
    words = f"{event.logical_id} {event.status}: {event.reason}".rstrip(": ")
    return DescriptionRow(("event", event.id), ink(f"{event.at:%H:%M:%S}", "muted"), _long(words), (("event", words),))


def _output(found: DescribedOutput) -> DescriptionRow:
    role: Role = "live" if found.is_url else "plain"
    url = found.value if found.is_url else ""
    return DescriptionRow(
        ("output", found.name), ink(found.name), _long(found.value, role), ((found.name, found.value),), url
    )


def _resources(found: Sequence[StackResource]) -> Iterator[DescriptionRow]:
    status, kind = (max(map(len, each)) for each in zip(*((one.status, _kind(one)) for one in found), strict=True))
    yield from (_resource(each, status + 2, kind + 2) for each in found)


def _kind(found: StackResource) -> str:
    return found.resource_type.removeprefix("AWS::")


def _resource(found: StackResource, status_width: int, kind_width: int) -> DescriptionRow:
    role: Role = "bad" if found.has_failed else "muted"
    columns = fit(ink(found.status, role), status_width), fit(ink(_kind(found), "muted"), kind_width)
    words = line(*columns, _long(found.reason or found.physical_id))
    copies = (("physical id", found.physical_id), ("logical id", found.logical_id))
    return DescriptionRow(("resource", found.path), ink(found.path), words, tuple(each for each in copies if each[1]))


def _deployment(run: Run, now: datetime, glyphs: Glyphs) -> DescriptionRow:
    commit = ink(f"{short(run.to_commit) or 'unknown'}  ")
    kind = ink("" if run.kind == "normal" else f"{run.kind}  ", "warn")
    when = line(fit(ink(ago(run.started_at, now), "muted"), 9), outcome(run, glyphs))
    words = line(commit, kind, _long(wording.describe_deployment(run), "muted"))
    copies = (("hash", run.to_commit), ("run", run.id))
    return DescriptionRow(("run", run.id), when, words, tuple(each for each in copies if each[1]), run=run.id)


def _logs(found: Description) -> Iterator[DescriptionSection]:
    if found.logs is None:
        return
    when = wording.period(found.logs)
    for log in found.logs.functions:
        yield DescriptionSection("log", f"{log.function}  {when}", tuple(_log_rows(log)))
    left_out = wording.describe_left_out(found.logs)
    if left_out or not found.logs.functions:
        yield DescriptionSection("logs", left_out or "no function is known to read the logs of", ())


def _log_rows(log: FunctionLog) -> Iterator[DescriptionRow]:
    """Yield the last errors, then all lines; a line has its place in its key: two may be the same."""
    if log.cause:
        words = _long(advice(log.cause, log.remedy), "warn")
        yield DescriptionRow(("log", log.function), ink("not read", "warn"), words)
    elif said := wording.describe_log(log):
        yield DescriptionRow(("log", log.function), ink("log", "muted"), _long(said, "muted"))
    for kind, lines in (("error", log.errors), ("line", log.lines)):
        yield from (_log_row((kind, log.function, str(number)), each) for number, each in enumerate(lines))


def _log_row(key: tuple[str, ...], found: LogLine) -> DescriptionRow:
    is_error = key[0] == "error"
    name = line(ink(f"{found.at:%H:%M:%S}", "muted"), ink(" error" if is_error else "", "bad"))
    return DescriptionRow(key, name, _long(found.text, "bad" if is_error else "plain"), (("line", found.text),))


def _long(text: str, role: Role = "plain") -> Content:
    return ink(text, role, limit=_LONGEST)


def is_of_logs(row: DescriptionRow) -> bool:
    """Tell whether a row is of what a function logged."""
    return row.key[0] in {"log", "error", "line"}


def name_width(found: Sequence[DescriptionSection], width: int) -> int:
    """Return how wide the column of names is."""
    longest = max((row.name.cell_length for section in found for row in section.rows), default=0)
    return max(_LEAST, min(longest, _MOST, width // 3))


def section_line(section: DescriptionSection, glyphs: Glyphs, width: int) -> Content:
    """Return `RESOURCES 12 resources ─────`."""
    left = line(ink(section.title.upper(), "label"), ink(f" {section.note}" if section.note else "", "muted"))
    return rule(fit_at_most(left, width - 4), BLANK, width + 1, glyphs.rule).truncate(width)


def fit_at_most(content: Content, width: int) -> Content:
    """Return the content, cut where it is wider."""
    return content.truncate(max(1, width), ellipsis=True)


def row_line(row: DescriptionRow, at: int, width: int) -> Content:
    """Return a row in one line: the name in `at` cells, and as much of the words as there is room for."""
    return line(fit(row.name, at), "  ", fit_at_most(row.words, width - at - 2))


def heading(found: Description, now: datetime, glyphs: Glyphs, width: int) -> Content:
    """Return what the stage runs, how its stack stands, and how old what is shown is."""
    stack = stack_of(found.cell)
    disagrees = found.traffic is not None and found.traffic.agrees is False
    what = ink(wording.describe_cell(found), "strong bad" if disagrees else "strong")
    right = ink(f"read {ago(found.at, now)}", "muted")
    if stack is None:
        return spread(what, right, width)
    failed = stack.status.succeeded is False
    updated = f", updated {ago(stack.updated_at, now)}" if stack.updated_at else ""
    status = line(ink(stack.status_name, "bad" if failed else "muted"), ink(updated, "muted"))
    return spread(line(what, ink(f" {glyphs.dot} ", "faint"), status), right, width)


def detail(row: DescriptionRow, glyphs: Glyphs, width: int, height: int) -> list[Content]:
    """Return all of a row, as far as there is room."""
    lines = wrap(row.words, width)
    head = rule(fit_at_most(row.name, width - 4), BLANK, width + 1, glyphs.rule).truncate(width)
    return [head, *lines][:height]
