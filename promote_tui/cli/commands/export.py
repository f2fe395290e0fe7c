"""`runs export` and `metrics`: the record for others, with what it does not hold."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from promote_tui.cli import json_output, moments
from promote_tui.cli.click_types import Leaf, as_json, services_of, with_session
from promote_tui.cli.text.style import Span, table
from promote_tui.core.durations import span
from promote_tui.core.errors import UsageError
from promote_tui.core.runs.dora import DEFINITIONS
from promote_tui.core.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from promote_tui.cli.context import Session
    from promote_tui.cli.text.style import Style
    from promote_tui.core.runs.dora import Metrics
    from promote_tui.core.runs.run import Run
    from promote_tui.ports import RunFilter

_COLUMNS = (
    *("id", "kind", "service", "stage", "from", "to", "who", "arn"),
    *("reason", "started_at", "ended_at", "status", "overrides", "policy"),
    *("account", "region", "stack", "subject", "outcome", "cause", "still_on", "rollback"),
    *("gates", "host", "config", "artifacts"),
)
_ACTIVE = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
"""What spreadsheets take for the beginning of a formula, in both widths."""
_DAYS = 90


def as_csv(runs: Sequence[Run], missing: Sequence[str]) -> str:
    """Return a row a run, and one of the kind `gap` for each thing that is missing (RFC 4180)."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(_row(run) for run in runs)
    writer.writerows({"kind": "gap", "reason": _inert(words)} for words in missing)
    return out.getvalue()


def _row(run: Run) -> dict[str, str]:
    told = json_output.exported(run)
    told["overrides"] = "; ".join(f"{each['gate']}: {each['reason']}" for each in told["overrides"])
    told["gates"] = "; ".join(
        f"{each['name']} {'open' if each['passed'] else 'closed'}: {each['reason']}" for each in told["gates"]
    )
    told["from"] = told["from"] or ("unknown" if told["from_unknown"] else "")
    return {name: _inert(str(told[name] or "")) for name in _COLUMNS}


def _inert(value: str) -> str:
    """Return a value that no spreadsheet takes for a formula."""
    return f"'{value}" if value.lstrip().startswith(_ACTIVE) else value


def export(session: Session, runs: Sequence[Run], wanted: RunFilter, form: str) -> int:
    """Print all the runs that a filter wants, and what they leave out; the same is said on stderr."""
    journalled = sum(not session.engine.events(run) for run in _journalled(session.engine.pipeline.project))
    missing = [clean(words, limit=1_000) for words in session.engine.gaps(runs, wanted, journalled)]
    if form == "json":
        session.json({"runs": [json_output.exported(run) for run in runs], "gaps": missing})
    else:
        session.out.text(as_csv(runs, missing))
    session.err.lines(f"not in it: {words}" for words in missing)
    return 0


def _journalled(project: str) -> Collection[str]:
    """Return the runs of a project that were written down without the team's ledger."""
    from promote_tui.bootstrap import open_glass  # noqa: PLC0415 - boto3 and git, which `-h` does without

    return open_glass(project).contents().runs.keys()


@click.command(cls=Leaf)
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option("--stage", metavar="G", help="The stage (default: the last one).")
@click.option("--since", metavar="T", help=f"From when on: 30d, 2026-03-01 (default: {_DAYS} days before the end).")
@click.option("--until", metavar="T", help="Until when (default: now); a date is included.")
@as_json
@with_session
def metrics(  # noqa: PLR0913 - one parameter an option
    session: Session,
    services: tuple[str, ...],
    *,
    stage: str | None,
    since: str | None,
    until: str | None,
    as_json: bool,
) -> int:
    """Show the four DORA figures of a stage, with their definitions."""
    names = [service.name for service in services_of(session.engine, services)]
    where, now = stage or session.engine.pipeline.stages[-1].name, session.now
    end = min(moments.until(until, now), now) if until else now
    begin = moments.since(since, now) if since else end - timedelta(days=_DAYS)
    if begin >= end:
        raise UsageError("metrics", "the time ends before it begins", "let --since be before --until")
    found = session.engine.metrics(names, where, begin, end)
    if as_json:
        session.json({"stage": where, "services": names, **json_output.metrics(found)})
    else:
        session.out.lines(_lines(found, where, session.out.style))
    return 0


def _lines(found: Metrics, stage: str, style: Style) -> list[str]:
    counts = dict(found.counts)
    head = f"{clean(stage)}, {found.since:%Y-%m-%d} to {found.until:%Y-%m-%d}"
    rate = f"{found.failure_rate:.0%}" if found.failure_rate is not None else "none"
    restored = f"{plural(counts['restored'], 'failure')}, {counts['not_restored']} not restored yet"
    rows = [
        ("deployment frequency", f"{found.per_week:.1f} a week", plural(counts["deployments"], "deployment")),
        ("lead time", _spread(found.lead), plural(counts["commits"], "commit")),
        ("change failure rate", rate, f"{counts['failed']} of {counts['deployed']} deployed"),
        ("time to restore", _spread(found.restore), restored),
    ]
    spans = [[Span(name), Span(value, "strong"), Span(behind, "calm")] for name, value, behind in rows]
    words = [f"{name.replace('_', ' ')}: {what}" for name, what in DEFINITIONS.items()]
    left = [f"left out: {clean(what, limit=400)}" for what in found.left_out]
    return [style.paint(head, "strong"), "", *table(spans, style), "", *words, *([""] if left else []), *left]


def _spread(seconds: tuple[float, float] | None) -> str:
    if seconds is None:
        return "none"
    middle, high = (span(timedelta(seconds=each)) for each in seconds)
    return f"{middle} (90% within {high})"
