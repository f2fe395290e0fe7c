"""What a promotion into a cell would bring or remove, what is deployed there, and its last runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.text import plural
from promote_tui.tui.presentation.lines import (
    commit_line,
    duration_of,
    from_to,
    head,
    outcome,
)
from promote_tui.tui.presentation.review.facts import is_unknown_base
from promote_tui.tui.presentation.style import BLANK, Role, ink, line, spread
from promote_tui.tui.presentation.wording import age

if TYPE_CHECKING:
    from datetime import datetime

    from textual.content import Content

    from promote_tui.core.runs.run import Run
    from promote_tui.tui.presentation.pipeline.pane import CellPane

_ROOM_FOR_LABELS, _ROOM_FOR_LABEL = 8, 3
"""Lines above which there is room for a label over each list, and over what is deployed."""


def commit_lines(pane: CellPane, width: int, room: int) -> list[Content]:
    """Return the commits that a promotion would remove and bring, and the one that is deployed."""
    draft = pane.draft
    if draft is None:
        return _deployed(pane, width, room)
    tall = room > _ROOM_FOR_LABELS
    lines: list[Content] = []
    for label, commits, role in (
        ("would remove", draft.removes, "warn"),
        ("would deploy", draft.brings, "plain"),
    ):
        if commits:
            lines += [BLANK] if lines and tall else []
            lines += _listed(
                label, [commit_line(it, pane.now, width, sha=_role(role)) for it in commits], room, tall=tall
            )
    return (lines or _nothing(pane)) + ([BLANK, *_deployed(pane, width, room)] if tall else [])


def _role(role: str) -> Role:
    return "warn" if role == "warn" else "plain"


def _listed(label: str, lines: list[Content], room: int, *, tall: bool) -> list[Content]:
    if tall:
        most = max(3, room // 2 - 2)
        more = [ink(f"and {plural(len(lines) - most, 'more commit')}", "muted")] if len(lines) > most else []
        return [head(label), *lines[:most], *more]
    if label == "would remove":
        return [ink(f"would remove {plural(len(lines), 'commit')}:", "warn"), *lines]
    return lines


def _nothing(pane: CellPane) -> list[Content]:
    if pane.draft is not None and is_unknown_base(pane.draft):
        return [ink("the changes are unknown", "warn")]
    return [ink(f"{pane.stage.name} already runs this code", "muted")]


def _deployed(pane: CellPane, width: int, room: int) -> list[Content]:
    commit = pane.view.commit if pane.view else None
    if commit is None:
        return []
    shown = commit_line(commit, pane.now, width)
    return [head("deployed"), shown] if room > _ROOM_FOR_LABEL else [shown]


def history_lines(pane: CellPane) -> list[Content]:
    """Return the newest runs of the cell."""
    if not pane.runs:
        return []
    rows = [
        spread(line(from_to(run, pane.glyphs), "  ", outcome(run, pane.glyphs)), _tail(run, pane.now), 71)
        for run in pane.runs[:4]
    ]
    return [BLANK, head("last runs here"), *rows]


def _tail(run: Run, now: datetime) -> Content:
    text = f"{duration_of(run, now):>6}  {run.planned.who[:8]:<8} {age(run.started_at, now):>4}"
    return ink(text, "muted")
