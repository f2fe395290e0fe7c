"""The line that sums the matrix up, and what can be copied, opened and compared of the cell under the cursor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.links import console_url
from promote_tui.core.model import Unreachable
from promote_tui.core.snapshot import CellView
from promote_tui.core.text import plural
from promote_tui.tui.presentation.cells import commit_of, stack_of, state_of, tally
from promote_tui.tui.presentation.filtering import Order, updated
from promote_tui.tui.presentation.ink import ink, line, spread
from promote_tui.tui.presentation.words import age

if TYPE_CHECKING:
    from datetime import datetime

    from textual.content import Content

    from promote_tui.tui.presentation.detail import Pane
    from promote_tui.tui.presentation.glyphs import Glyphs


@dataclass(frozen=True, slots=True)
class Facts:
    """All cells, a list a service; the name of the last stage, the order of the rows, how many cells are marked."""

    rows: Sequence[Sequence[CellView | None]]
    last_stage: str
    order: Order
    marked: int


def summary_line(facts: Facts, now: datetime, glyphs: Glyphs, width: int, frame: int = 0) -> Content:
    """Return what wants attention, worst first, and at the right how old the last stage's oldest deploy is."""
    states = Counter(state_of(view) for row in facts.rows for view in row)
    right = _right(facts, now, glyphs, wide=width >= 110)  # noqa: PLR2004 - the wide screen
    return spread(tally(states, glyphs, width - right.cell_length - 2, frame), right, width)


def _right(facts: Facts, now: datetime, glyphs: Glyphs, *, wide: bool) -> Content:
    if facts.marked:
        return line(ink(glyphs.mark, "live"), ink(f" {facts.marked} marked", "strong"))
    stamps = [stamp for row in facts.rows if row and (stamp := updated(row[-1])) is not None]
    oldest = ink(f"oldest {facts.last_stage} {age(min(stamps), now)}" if stamps else "", "muted")
    by = "" if facts.order == "name" else f"by {facts.order}"
    if not wide:
        return ink(by, "muted") if by else oldest
    count = plural(len(facts.rows), "service")
    return line(oldest, "    ", ink(f"{count} {by}".rstrip(), "muted"))


def copies(pane: Pane) -> list[tuple[str, str]]:
    """Return the hashes, the names and the command of a cell."""
    found: list[tuple[str, str]] = []
    sha = commit_of(pane.view.cell) if pane.view else None
    if sha:
        found.append((f"hash on {pane.stage.name}", sha))
    if pane.draft is not None and pane.draft.commit.sha != sha:
        found.append(("hash that would come", pane.draft.commit.sha))
    if pane.view is not None:
        found.append(("stack's name", pane.view.cell.target.stack))
        if isinstance(pane.view.cell, Unreachable) and pane.view.cell.remedy:
            found.append(("next step", pane.view.cell.remedy))
    found.append(("command", f"promote-tui promote {pane.service} --to {pane.stage.name}"))
    return found


def opens(pane: Pane) -> list[tuple[str, str]]:
    """Return the CloudFormation console's page of the stack."""
    stack = stack_of(pane.view.cell) if pane.view else None
    if pane.view is None or stack is None:
        return []
    return [("stack", console_url(pane.view.cell.target.aws.region, stack.id))]


def why_no_diff(pane: Pane) -> str:
    """Return why there is no difference to show; empty where there is one."""
    if pane.draft is None:
        return pane.error.cause if pane.error else "not read yet"
    if pane.draft.deployed is None and commit_of(pane.draft.cell):
        return f"what runs in {pane.stage.name} is not in this clone"
    if pane.draft.deployed is not None and pane.draft.deployed.sha == pane.draft.commit.sha:
        return f"{pane.stage.name} runs that commit already"
    return ""
