"""The four DORA figures as text, with their definitions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.cli.text.style import Segment, table
from promote_tui.core.durations import span
from promote_tui.core.runs.dora import DEFINITIONS
from promote_tui.core.text import clean, plural

if TYPE_CHECKING:
    from promote_tui.cli.text.style import Style
    from promote_tui.core.runs.dora import Metrics


def metric_lines(found: Metrics, stage: str, style: Style) -> list[str]:
    """Return a row for each figure: its base, its meaning, and what is left out."""
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
    cells = [[Segment(name), Segment(value, "strong"), Segment(behind, "calm")] for name, value, behind in rows]
    words = [f"{name.replace('_', ' ')}: {what}" for name, what in DEFINITIONS.items()]
    left = [f"left out: {clean(what, limit=400)}" for what in found.left_out]
    return [style.paint(head, "strong"), "", *table(cells, style), "", *words, *([""] if left else []), *left]


def _spread(seconds: tuple[float, float] | None) -> str:
    if seconds is None:
        return "none"
    middle, high = (span(timedelta(seconds=each)) for each in seconds)
    return f"{middle} (90% within {high})"
