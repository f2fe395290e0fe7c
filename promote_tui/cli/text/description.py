"""What was deployed to a stage as text: a section for each part that there is something of, and what was not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.cli.text.narration import short_commit
from promote_tui.cli.text.runs import status_segment
from promote_tui.cli.text.style import Role, Segment, Style, table
from promote_tui.core.description import wording
from promote_tui.core.durations import age, utc_minute
from promote_tui.core.model.cells import stack_of
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promote_tui.core.description.failed_update import FailedUpdate
    from promote_tui.core.description.function_logs import FunctionLog, FunctionLogs
    from promote_tui.core.description.model import DescribedOutput, Description
    from promote_tui.core.model.log_lines import LogLine
    from promote_tui.core.model.stack_resources import StackResource
    from promote_tui.core.runs.run import Run

_NAME, _LINE, _LOG = 60, 1_000, 2_000
_INDENT = "  "


def description_lines(found: Description, style: Style) -> list[str]:
    """Return the head and the sections."""
    sections = (
        _outputs(found.outputs, style),
        _failure(found.failure, style) if found.failure else [],
        _resources(found, style),
        _deployments(found, style),
        _logs(found.logs, style) if found.logs else [],
        _not_read(found, style),
    )
    return [*_head(found, style), *(line for section in sections if section for line in ("", *section))]


def _head(found: Description, style: Style) -> Iterator[str]:
    stack = stack_of(found.cell)
    where = style.paint(clean(str(found.target), limit=2 * _NAME), "strong")
    yield f"{where} {style.sign('dot')} {clean(wording.describe_cell(found), limit=_LINE)}"
    if stack is None:
        return
    updated = f", updated {age(stack.updated_at, found.at)} ago" if stack.updated_at else ""
    role: Role = "bad" if stack.status.succeeded is False else "calm"
    yield style.paint(clean(f"{stack.status_name}{updated}", limit=_LINE), role)
    yield style.paint(clean(stack.id, limit=_LINE), "calm")


def _section(title: str, rows: Iterable[str], style: Style) -> list[str]:
    return [style.paint(title, "strong"), *(f"{_INDENT}{row}" for row in rows)]


def _outputs(outputs: tuple[DescribedOutput, ...], style: Style) -> list[str]:
    rows = [[Segment(clean(each.name, limit=_NAME)), Segment(clean(each.value, limit=_LINE))] for each in outputs]
    return _section("Outputs", table(rows, style), style) if rows else []


def _failure(failed: FailedUpdate, style: Style) -> list[str]:
    when = f"{utc_minute(failed.began_at)}, {wording.describe_actor(failed)}"
    rows = [clean(when, limit=_LINE)]
    if failed.cause:
        rows.append(style.paint(clean(f"root cause: {failed.cause}", limit=_LINE), "bad"))
    events = [
        [
            Segment(f"{event.at:%H:%M:%S}", "calm"),
            Segment(clean(event.logical_id, limit=_NAME)),
            Segment(clean(event.status, limit=_NAME), "bad"),
            Segment(clean(event.reason, limit=_LINE)),
        ]
        for event in failed.events
    ]
    step = [_next(failed.remedy, style)] if failed.remedy else []
    return _section("Last update failed", [*rows, *table(events, style), *step], style)


def _next(remedy: str, style: Style) -> str:
    return style.paint(f"next: {clean(remedy, limit=_LINE)}", "calm")


def _resources(found: Description, style: Style) -> list[str]:
    title = f"Resources ({wording.resource_count(found)})"
    rows = table([_resource(each) for each in found.resources], style)
    return _section(title, rows, style) if rows else []


def _resource(each: StackResource) -> list[Segment]:
    return [
        Segment(clean(each.status, limit=_NAME), "bad" if each.has_failed else "calm"),
        Segment(clean(each.path, limit=2 * _NAME)),
        Segment(clean(each.resource_type, limit=_NAME), "calm"),
        Segment(clean(each.reason or each.physical_id, limit=_LINE)),
    ]


def _deployments(found: Description, style: Style) -> list[str]:
    rows = table([_deployment(run, style) for run in found.deployments], style)
    more = [style.paint("older ones: promote-tui runs", "calm")] if found.has_older else []
    none = wording.describe_no_deployment(found)
    return _section("Deployments", [*rows, *more, *([none] if none else [])], style) if rows or none else []


def _deployment(run: Run, style: Style) -> list[Segment]:
    return [
        Segment(utc_minute(run.started_at), "calm"),
        status_segment(run, style),
        Segment(short_commit(run.to_commit)),
        Segment(run.kind, "calm" if run.kind == "normal" else "warn"),
        Segment(clean(run.id, limit=_NAME), "calm"),
        Segment(clean(wording.describe_deployment(run), limit=_LINE)),
    ]


def _logs(logs: FunctionLogs, style: Style) -> list[str]:
    rows = [line for log in logs.functions for line in _function(log, style)]
    left_out = wording.describe_left_out(logs)
    none = [] if rows else ["no function is known to read the logs of"]
    rest = [clean(left_out, limit=_LINE)] if left_out else []
    return _section(f"Logs ({wording.period(logs)})", [*none, *rows, *rest], style)


def _function(log: FunctionLog, style: Style) -> Iterator[str]:
    said = wording.describe_log(log)
    name = style.paint(clean(log.function, limit=2 * _NAME), "strong")
    yield f"{name}  {style.paint(clean(said, limit=_LINE), 'warn' if log.cause else 'calm')}" if said else name
    if log.cause and log.remedy:
        yield f"{_INDENT}{_next(log.remedy, style)}"
    if log.errors:
        yield f"{_INDENT}{style.paint('last errors', 'bad')}"
        yield from (f"{_INDENT}{_log_line(line)}" for line in log.errors)
        yield f"{_INDENT}all lines"
    yield from (f"{_INDENT}{_log_line(line)}" for line in log.lines)


def _log_line(line: LogLine) -> str:
    return f"{line.at:%H:%M:%S}  {clean(line.text, limit=_LOG)}"


def _not_read(found: Description, style: Style) -> list[str]:
    rows = []
    for missing in found.unread:
        sign = style.paint(style.sign("attention"), "warn")
        rows.append(f"{sign}  {missing.part}: {clean(missing.cause, limit=_LINE)}")
        rows += [f"   {_next(missing.remedy, style)}"] if missing.remedy else []
    return _section("Not read", rows, style) if rows else []
