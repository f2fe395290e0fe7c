"""What stands under the list of drifts: the row under the cursor explained, else what can be done without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.presentation.drift import causes
from promote_tui.tui.presentation.drift.model import Kind
from promote_tui.tui.presentation.pipeline import pane as cell_pane
from promote_tui.tui.presentation.pipeline.detail import key_action, main_lines
from promote_tui.tui.presentation.style import BLANK, ink, rule

if TYPE_CHECKING:
    from textual.content import Content

    from promote_tui.tui.presentation.drift.model import DriftRow
    from promote_tui.tui.presentation.pipeline.pane import CellPane

NO_MATCH = "nothing matches the filter"
WHOLE = frozenset({Kind.STACK, Kind.CONFIG})
"""Kinds whose causes take the whole width of the pane."""
_KEYS = (
    ("app.pipeline", "see what runs where"),
    ("drift.detect_all", "detect manual changes in every stack"),
    ("drift.refresh", "read every stack again"),
)


def title(row: DriftRow | None, pane: CellPane, misfit: str, width: int) -> Content:
    """Return the title of a row; where there is none, why the filter leaves none."""
    if row is None:
        return rule(ink(misfit.partition(";")[0], "strong"), BLANK, width, pane.glyphs.rule)
    if row.kind in WHOLE:
        return causes.title(row, pane.now, pane.glyphs, width)
    return cell_pane.title(pane, width)


def explain(row: DriftRow, pane: CellPane, width: int, height: int) -> list[Content]:
    """Return what a drift comes from, and what can be done about it."""
    match row.kind:
        case Kind.STACK:
            return causes.stack_lines(row, pane, width)
        case Kind.TRAFFIC:
            return [*main_lines(pane, width, height), BLANK, *causes.traffic_lines(row, width)]
        case Kind.CONFIG:
            return causes.config_lines(row, pane.key_of("drift.diff"), pane.glyphs, width)
        case Kind.COMMIT:
            return _explain_commits(row, pane, width, height)
        case _:
            return main_lines(pane, width, height)


def _explain_commits(row: DriftRow, pane: CellPane, width: int, height: int) -> list[Content]:
    """Return the action, then what stands out among the commits, then what a promotion would bring."""
    found = causes.commit_lines(row, pane.now, pane.glyphs, width)
    action, *rest = main_lines(pane, width, height - len(found))
    return [action, *([BLANK, *found] if found else []), *rest]


def keys(pane: CellPane) -> list[Content]:
    """Return what can be done where nothing has drifted."""
    return [key_action(pane.key_of(name), words, pane.glyphs) for name, words in _KEYS]
