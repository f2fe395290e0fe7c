"""Which runs a filter selects: `stage:prod who:ana since:2026-03` and words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from promote_tui.core.durations import parse_length, parse_utc_date
from promote_tui.core.filter_query import Query, Values, describe_misread, parse
from promote_tui.core.runs.events import RunKind
from promote_tui.core.runs.run import RunStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from promote_tui.core.runs.run import Run

FIELDS = ("service", "stage", "who", "status", "state", "kind", "release", "since", "until")
_BEGUN = re.compile(r"\d{1,6}[smhdw]?|\d{4}-(\d{1,2}(-\d{0,2})?)?")
"""A time, possibly typed only in part."""
_SAID = {"verified": "succeeded", "deployed": "succeeded", "live": "running", "deploying": "running"}
"""Other words for a status, as the screens have them."""


def parse_filter(text: str) -> Query:
    """Return the parts of what was typed."""
    return parse(text, FIELDS)


def describe_misfit(text: str, stages: Sequence[str]) -> str:
    """Return why a filter matches no run, or which part of it has no effect; empty where it is fine."""
    states = tuple(status.value for status in RunStatus)
    statuses = Values(states, (*_SAID, *(name.replace("_", "-") for name in states)))
    told = {"stage": Values(tuple(stages)), "status": statuses, "state": statuses, "kind": Values(get_args(RunKind))}
    return describe_misread(text, {name: told.get(name, Values()) for name in FIELDS}) or _no_time(parse_filter(text))


def _no_time(query: Query) -> str:
    values = [(name, value) for name in ("since", "until") for value in query.fields.get(name, ())]
    lost = next(((name, value) for name, value in values if not _BEGUN.fullmatch(value)), None)
    return f"{lost[0]}: {lost[1]} is not a time; use 2026-03, 2026-03-09 or 2d" if lost else ""


def fits(run: Run, query: Query, now: datetime) -> bool:
    """Tell whether a run matches; a value may be a prefix of what it means, as while it is being typed."""
    return all(_holds(run, word) for word in query.words) and all(
        any(_has(run, name, value, now) for value in values) for name, values in query.fields.items()
    )


def status_of(query: Query) -> RunStatus | None:
    """Return the one status that is asked for, where it is typed in full."""
    values = query.fields.get("status", query.fields.get("state", ()))
    known = {status.value: status for status in RunStatus}
    return known.get(_status(values[0])) if len(values) == 1 else None


def since_of(query: Query, now: datetime) -> datetime | None:
    """Return the beginning of the time that is asked for; None where a value is not a time (yet)."""
    begins = _times(query, "since", now)
    return min(begins, default=None)


def until_of(query: Query, now: datetime) -> datetime | None:
    """Return the end of the time that is asked for; None as in `since_of`."""
    ends = _times(query, "until", now, end=True)
    return max(ends, default=None)


def _times(query: Query, name: str, now: datetime, *, end: bool = False) -> list[datetime]:
    """Return the alternatives of a time; none where one of them is no time, and so fits every run."""
    found = [_time(value, now, end=end) for value in query.fields.get(name, ())]
    known = [moment for moment in found if moment is not None]
    return known if len(known) == len(found) else []


def _status(value: str) -> str:
    return _SAID.get(value, value.replace(" ", "_").replace("-", "_"))


def _holds(run: Run, word: str) -> bool:
    planned = run.planned
    texts = (
        run.service,
        run.stage,
        planned.subject,
        planned.who,
        planned.reason,
        run.kind,
        run.status.value,
        run.cause,
    )
    hashes = (run.id, run.to_commit, run.from_commit or "")
    return any(word in text.lower() for text in texts) or any(text.startswith(word) for text in hashes)


def _has(run: Run, name: str, value: str, now: datetime) -> bool:  # noqa: PLR0911 - one line a field
    match name:
        case "service":
            return run.service.lower().startswith(value)
        case "stage":
            return run.stage.lower().startswith(value)
        case "who":
            return run.planned.who.lower().startswith(value)
        case "kind":
            return run.kind.startswith(value)
        case "release":
            return run.planned.release.lower().startswith(value)
        case "status":
            return run.status.value.startswith(_status(value))
        case "since":
            begin = _time(value, now)
            return begin is None or run.started_at >= begin
        case _:
            end = _time(value, now, end=True)
            return end is None or run.started_at < end


def _time(value: str, now: datetime, *, end: bool = False) -> datetime | None:
    """Return the beginning (or the end) of a date in UTC, or `3d` ago; None for others: they narrow nothing yet."""
    ago = parse_length(value)
    try:
        return now - ago if ago is not None else parse_utc_date(value, end=end)
    except OverflowError:
        return None
