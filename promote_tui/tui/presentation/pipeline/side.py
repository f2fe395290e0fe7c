"""The right side under the matrix, on wide screens: the stack, the gates and the next stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from promote_tui.core.cell_state import state_of
from promote_tui.core.gates.blocked_gates import put_blocked_gates_first
from promote_tui.core.model.cells import stack_of
from promote_tui.tui.presentation.lines import (
    gate_line,
    head,
    pair,
    pair_of,
)
from promote_tui.tui.presentation.pipeline.pane import CellPane, state_words
from promote_tui.tui.presentation.pipeline.states import glyph_of
from promote_tui.tui.presentation.style import BLANK, ink, line, wrap
from promote_tui.tui.presentation.wording import exact_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.traffic.model import Traffic


LEFT = 71
"""Cells of the left side, where there is a right one."""
_BETWEEN = 4


def beside(left: Sequence[Content], pane: CellPane, width: int, height: int) -> list[Content]:
    """Return the left side with the right one beside it, in so many lines, a rail between them; the rest is cut."""
    room = width - LEFT - _BETWEEN
    rail, pad = Content.styled(pane.glyphs.rail, "$panel"), [BLANK] * height
    pairs = zip([*left, *pad][:height], [*side_lines(pane, room), *pad][:height], strict=True)
    return [line(one.truncate(LEFT, pad=True), " ", rail, "  ", two.truncate(room, pad=True)) for one, two in pairs]


def side_lines(pane: CellPane, width: int) -> list[Content]:
    """Return the lines of the right side on wide screens: the stack and the gates."""
    view = pane.view
    if view is None:
        return []
    target = view.cell.target
    stack = stack_of(view.cell)
    lines = [head("stack"), pair("name", ink(target.stack))]
    if stack is not None:
        lines.append(pair("status", ink(stack.status_name)))
        if stack.updated_at is not None:
            lines += wrap(pair("updated", ink(exact_time(stack.updated_at))), width, 12)
    if view.altered is not None:
        code = ink(f"{len(view.altered)} altered", "bad") if view.altered else ink("as deployed")
        lines.append(pair("code", code))
    if view.traffic is not None and (view.traffic.aliases or view.traffic.unread):
        lines += wrap(pair("traffic", _traffic_words(view.traffic)), width, 12)
    lines.append(pair("account", ink(f"{target.aws.account} {pane.glyphs.dot} {target.aws.region}")))
    return [*lines, *_gates(pane, width), *_next_stages(pane, width)]


def _traffic_words(traffic: Traffic) -> Content:
    if traffic.agrees is False:
        return ink(traffic.headline.removeprefix("traffic "), "bad")
    return ink(f"not checked: {traffic.unread}", "warn") if traffic.unread else ink("on the deployed code")


def _next_stages(pane: CellPane, width: int) -> list[Content]:
    if not pane.after:
        return []
    lines = [BLANK, head("next stage" if len(pane.after) == 1 else "next stages")]
    for name, view in pane.after:
        mark = line(glyph_of(state_of(view), pane.glyphs), " ", ink(name, "muted"))
        lines += wrap(pair_of(mark, ink(state_words(view))), width, 12)
    return lines


def _gates(pane: CellPane, width: int) -> list[Content]:
    if pane.draft is None:
        return []
    lines = [BLANK, head(f"gates to {pane.stage.name}")]
    for gate in put_blocked_gates_first(pane.draft.gates):
        lines += wrap(gate_line(gate, pane.glyphs), width, 16)
    return lines
