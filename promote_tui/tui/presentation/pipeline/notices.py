"""What happened in a cell that is not drift, and what keeps a promotion into it closed, each with its next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.cell_state import CellState
from promote_tui.core.gates.blocked_gates import sort_blocked_gates
from promote_tui.core.gates.decisions import describe_decision
from promote_tui.core.model.cells import Halfway, Unreported, stack_of
from promote_tui.core.package.artifact_diff import ALTERED_REMEDY, describe_altered
from promote_tui.core.text import advice
from promote_tui.core.traffic.model import TRAFFIC_REMEDY
from promote_tui.tui.presentation.lines import (
    gate_line,
)
from promote_tui.tui.presentation.next_steps import gate_step_words, join_steps, key_words
from promote_tui.tui.presentation.style import Role, ink, line, wrap
from promote_tui.tui.presentation.wording import without_options

if TYPE_CHECKING:
    from textual.content import Content

    from promote_tui.core.matrix import CellView
    from promote_tui.tui.presentation.pipeline.pane import CellPane


def next_line(words: Content, width: int) -> list[Content]:
    """Return the next step behind its label; nothing where there is none."""
    return wrap(line(ink("NEXT  ", "label"), words), width, 6) if words.plain else []


def notice_lines(pane: CellPane, width: int) -> list[Content]:
    """What happened here that is not drift: a failure, a run under way, a stack without its commit."""
    view, stack = pane.view, stack_of(pane.view.cell) if pane.view else None
    lines: list[Content] = []
    if pane.state is CellState.FAILED and stack is not None:
        lines += wrap(
            line(ink(pane.glyphs.failed, "bad"), " ", ink(_failure(pane, stack.status_name), "bad")), width, 2
        )
        told = pane.last is not None and bool(pane.last.cause)
        why = "" if told else f"{pane.key_of('app.open')} {pane.glyphs.arrow} see its events in the console"
        back = f"{pane.key_of('app.rollback')} {pane.glyphs.arrow} roll back"
        steps = back if view and view.unproved else advice(stack.status.remedy, why)
        lines += wrap(line(ink("NEXT  ", "label"), ink(steps)), width, 6) if steps else []
    if view is not None and isinstance(view.cell, Halfway) and pane.state is CellState.HALFWAY:
        lines += wrap(line(ink(pane.glyphs.failed, "bad"), " ", ink(str(view.cell.between), "bad")), width, 2)
        lines += wrap(line(ink("NEXT  ", "label"), ink(view.cell.stack.status.remedy)), width, 6)
    if pane.state is CellState.UNSETTLED and view is not None:
        lines += wrap(line(ink(pane.glyphs.unknown, "warn"), " ", ink(view.unsettled, "warn")), width, 2)
    if pane.state is CellState.RUNNING and stack is not None:
        who = f" by {pane.last.planned.who}, run {pane.last.id}" if pane.last and pane.last.live else ""
        lines += wrap(ink(f"{stack.name} is {stack.status_name}{who}", "live"), width)
    if view is not None and view.traffic is not None and pane.state is CellState.TRAFFIC:
        for detail in view.traffic.details:
            lines += wrap(line(ink(pane.glyphs.altered, "bad"), " ", ink(detail, "bad")), width, 2)
        lines += wrap(line(ink("NEXT  ", "label"), ink(TRAFFIC_REMEDY)), width, 6)
    if view is not None and view.altered and pane.state is CellState.ALTERED:
        words = ink(describe_altered(view.altered), "bad")
        lines += wrap(line(ink(pane.glyphs.altered, "bad"), " ", words), width, 2)
        lines += wrap(line(ink("NEXT  ", "label"), ink(ALTERED_REMEDY)), width, 6)
    lines += _decided(pane, view, width) if view is not None else []
    if view is not None and isinstance(view.cell, Unreported):
        lines += wrap(ink(view.cell.reason, "warn"), width)
        also = f"{pane.key_of('app.decide')} {pane.glyphs.arrow} adopt what runs there"
        lines += wrap(line(ink("NEXT  ", "label"), ink(advice(view.cell.remedy, also))), width, 6)
    return lines


def _decided(pane: CellPane, view: CellView, width: int) -> list[Content]:
    """What people have decided here, and what they have promised: a veto, a hold, a hotfix that has to come back."""
    found: list[tuple[str, str, Role]] = []
    found += [(pane.glyphs.veto, describe_decision("vetoed", view.veto), "bad")] if view.veto else []
    found += [(pane.glyphs.hold, describe_decision("on hold", view.hold), "warn")] if view.hold else []
    found += [(pane.glyphs.attention, view.external_update, "warn")] if view.external_update else []
    if view.external_update and isinstance(view.cell, Unreported) and pane.deployer is not None:
        found.append((" ", pane.deployer.keep_output, "muted"))
    found += [(pane.glyphs.attention, str(view.merge_back), "warn")] if view.merge_back else []
    return [
        each for sign, words, role in found for each in wrap(line(ink(sign, role), " ", ink(words, role)), width, 2)
    ]


def _failure(pane: CellPane, status: str) -> str:
    last = pane.last
    if last is not None and last.cause:
        return f"{last.cause} ({status})"
    return f"the stack is {status}"


def blocker_lines(pane: CellPane, width: int) -> list[Content]:
    """Return why nothing can be promoted here: why there is no draft, else its closed gates."""
    if pane.error is not None:
        remedy = without_options(pane.error.remedy, f"enter {pane.glyphs.arrow} choose a commit")
        step = pane.error.step if pane.error.step and pane.error.step.kind != "choose" else None  # enter, said above
        key = key_words(step, "pipeline", pane.key_of) if step else None
        words = join_steps(remedy, step, [key] if key else [])
        return [*wrap(ink(pane.error.cause, "warn"), width), *next_line(words, width)]
    lines: list[Content] = []
    for gate in sort_blocked_gates(pane.draft.gates) if pane.draft else ():
        lines += wrap(gate_line(gate, pane.glyphs), width, 16)
        next_ = gate_step_words(gate, "pipeline", pane.key_of)
        lines += wrap(line(" " * 16, next_), width, 16) if next_.plain else []
    return lines
