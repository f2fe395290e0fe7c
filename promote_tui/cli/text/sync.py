"""What a sync does, as text: a line for each service and stage, with why, and the next step below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.cli.text.style import Role, Segment, Style, table
from promote_tui.core.sync.decision import (
    Current,
    Deploy,
    Failure,
    Regression,
    Superseded,
    SyncDecision,
    Unchanged,
    Undecided,
    Waiting,
    remedy_of,
)
from promote_tui.core.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.sync.item import SyncItem

_NAME, _LINE = 60, 300
_LOOKS: dict[type[SyncDecision], tuple[str, Role, str]] = {
    Current: ("same", "calm", "nothing to do"),
    Unchanged: ("same", "calm", "unchanged"),
    Deploy: ("arrow", "busy", "deploy"),
    Waiting: ("hold", "warn", "waits"),
    Undecided: ("unknown", "warn", "unknown"),
    Regression: ("diverged", "bad", "would go back"),
    Superseded: ("dot", "calm", "superseded"),
    Failure: ("failed", "bad", "failed"),
}


def item_lines(items: Sequence[SyncItem], style: Style) -> list[str]:
    """Return what is to be said of these items; those with nothing to do are counted in the last line."""
    told = [item for item in items if not isinstance(item.decision, Current | Unchanged)]
    rows = table([_row(item, style) for item in told], style)
    lines = [line for row, item in zip(rows, told, strict=True) for line in (row, *next_step_lines(item, style))]
    return [*lines, *_quiet(items)]


def item_line(item: SyncItem, style: Style) -> str:
    """Return one item in a line."""
    return table([_row(item, style)], style)[0]


def _row(item: SyncItem, style: Style) -> list[Segment]:
    sign, role, word = _LOOKS[type(item.decision)]
    if isinstance(item.decision, Deploy) and item.decision.run:
        sign, role, word = "passed", "good", "deployed"
    return [
        Segment(style.sign(sign), role),
        Segment(clean(f"{item.service} {item.stage}", limit=_NAME), "strong"),
        Segment(word, role),
        Segment(item.commit.short if item.commit else ""),
        Segment(clean(item.source, limit=_NAME), "calm"),
        Segment(clean(item.decision.reason, limit=_LINE)),
    ]


def next_step_lines(item: SyncItem, style: Style) -> list[str]:
    """Return the next step in a line; none where there is none to take."""
    remedy = clean(remedy_of(item.decision), limit=_LINE)
    return [style.paint(f"   next: {remedy}", "calm")] if remedy else []


def _quiet(items: Sequence[SyncItem]) -> list[str]:
    current = sum(isinstance(item.decision, Current) for item in items)
    unchanged = sum(isinstance(item.decision, Unchanged) for item in items)
    parts = [f"{plural(current, 'target')} with nothing to do"] if current else []
    parts += [f"{plural(unchanged, 'target')} unchanged"] if unchanged else []
    return [", ".join(parts)] if parts else []
