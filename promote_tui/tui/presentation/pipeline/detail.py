"""What stands under the matrix: the cell under the cursor, in words; its first line is always the action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.cell_state import CellState
from promote_tui.core.model.cells import Unreachable
from promote_tui.core.text import plural
from promote_tui.tui.presentation.lines import (
    gate_count,
)
from promote_tui.tui.presentation.next_steps import error_step_words
from promote_tui.tui.presentation.pipeline.notices import blocker_lines, next_line, notice_lines
from promote_tui.tui.presentation.pipeline.promotion import commit_lines, history_lines
from promote_tui.tui.presentation.style import BLANK, ink, line, spread, wrap
from promote_tui.tui.presentation.wording import confirmation_words

if TYPE_CHECKING:
    from textual.content import Content

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.planning.plan import Draft
    from promote_tui.tui.presentation.glyphs import Glyphs
    from promote_tui.tui.presentation.pipeline.pane import CellPane


_ROOM_FOR_GAP, _ROOM_FOR_HISTORY = 8, 14
"""Lines above which there is room for a blank line below the notes, and for the last runs."""


def main_lines(pane: CellPane, width: int, height: int) -> list[Content]:
    """Return the lines of the left, or only, side: the action, why, and what a promotion would bring."""
    if pane.trouble is not None:
        return _trouble(pane.trouble, pane, width)
    view = pane.view
    if view is None:
        return [ink("reading the stack", "muted")]
    if isinstance(view.cell, Unreachable):
        return _unreachable(view.cell, pane, width)
    notes = [*notice_lines(pane, width), *blocker_lines(pane, width)]
    action = _marked(pane) if pane.marked else _action(pane, width)
    lines = [action, BLANK, *notes, *([BLANK] if notes and height > _ROOM_FOR_GAP else [])]
    history = history_lines(pane) if height > _ROOM_FOR_HISTORY else []
    return [*lines, *commit_lines(pane, width, height - len(lines)), *history]


def _trouble(error: PromoteError, pane: CellPane, width: int) -> list[Content]:
    return [
        key_action(pane.key_of("pipeline.refresh"), "try again", pane.glyphs),
        BLANK,
        *wrap(ink(f"{error.subject}: {error.cause}", "bad"), width),
        *next_line(error_step_words(error, "pipeline", pane.key_of), width),
    ]


def key_action(key: str, words: str, glyphs: Glyphs) -> Content:
    """Return `p → promote 3f2a9c1 to staging`."""
    return line(ink(key, "strong"), ink(f" {glyphs.arrow} ", "muted"), ink(words, "strong"))


def _unreachable(cell: Unreachable, pane: CellPane, width: int) -> list[Content]:
    """Return the key that helps, what it comes to, and why the stage cannot be read."""
    after = BLANK
    if cell.login:
        action = key_action(pane.key_of("app.login"), "log in", pane.glyphs)
    else:
        action = key_action(pane.key_of("pipeline.refresh"), "read it again", pane.glyphs)
        after = line(ink("   once you have done this: ", "muted"), ink(cell.remedy)) if cell.remedy else BLANK
    return [*wrap(line(action, after), width, 4), BLANK, *wrap(ink(cell.reason, "warn"), width)]


def _action(pane: CellPane, width: int) -> Content:
    if pane.state is CellState.UNSETTLED and pane.view is not None:
        return key_action(pane.key_of("app.runs"), f"open run {pane.view.run} and reconcile it", pane.glyphs)
    if pane.state is CellState.RUNNING:
        return key_action(pane.key_of("app.runs"), "watch it in Runs", pane.glyphs)
    if pane.draft is None and pane.error is None:
        words = ink("   finding the commit", "muted")
        return line(key_action(pane.key_of("pipeline.promote"), f"promote to {pane.stage.name}", pane.glyphs), words)
    if pane.draft is None:
        return key_action(pane.key_of("pipeline.promote"), f"choose a commit for {pane.stage.name}", pane.glyphs)
    return _promotion(pane, pane.draft, width)


def _marked(pane: CellPane) -> Content:
    words = f"review the {plural(pane.marked, 'marked cell')}"
    how = f"   one by one; {pane.key_of('pipeline.clear')} clears the marks"
    return line(
        key_action(pane.key_of("pipeline.promote"), words, pane.glyphs), ink(how.replace("escape", "esc"), "muted")
    )


def _promotion(pane: CellPane, draft: Draft, width: int) -> Content:
    closed = any(not gate.passed for gate in draft.gates)
    verb, join = ("review", "for") if closed else ("promote", "to")
    if not closed and draft.deployed is not None and draft.deployed.sha == draft.commit.sha:
        verb = "redeploy"
    left = key_action(
        pane.key_of("pipeline.promote"), f"{verb} {draft.commit.short} {join} {draft.target.stage}", pane.glyphs
    )
    how = "" if closed else confirmation_words(draft.confirm)
    return spread(line(left, "   ", ink(how, "muted")), gate_count(draft.gates, pane.glyphs), width)
