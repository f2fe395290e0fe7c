"""The line that sums the matrix up, and what can be copied, opened and compared of the cell under the cursor."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

from promote_tui.core.cell_state import CellState, state_of
from promote_tui.core.matrix_order import Order, updated_at
from promote_tui.core.model.cells import Unreachable, commit_of, stack_of
from promote_tui.core.text import plural
from promote_tui.core.value import Value
from promote_tui.tui.lazy import Lazy
from promote_tui.tui.presentation.pipeline.heads import count_behind
from promote_tui.tui.presentation.pipeline.tally import tally
from promote_tui.tui.presentation.style import BLANK, ink, line, spread
from promote_tui.tui.presentation.widths import WIDE
from promote_tui.tui.presentation.wording import age

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.content import Content

    from promote_tui.core.matrix import CellView
    from promote_tui.tui.presentation.glyphs import Glyphs
    from promote_tui.tui.presentation.pipeline.pane import CellPane

_CONSOLE_URL: Lazy[Callable[[str, str], str]] = Lazy("promote_tui.core.git.links:console_url")


class MatrixTotals(Value):
    """What all cells come to: how many are in each state, when the last stage's oldest deploy was, what is behind.

    `behind` is how many services lack commits, by the stage that lacks them.
    """

    states: Counter[CellState]
    oldest: datetime | None
    behind: Mapping[str, int]


class SummaryContext(Value):
    """What else the summary says: how many services, the last stage's name, the order of rows, the marked cells."""

    services: int
    last_stage: str
    order: Order
    marked: int


def count_totals(stages: Sequence[str], rows: Sequence[Sequence[CellView | None]]) -> MatrixTotals:
    """Return what the cells come to, given as a list a service, in the order of the stages."""
    stamps = [stamp for row in rows if row and (stamp := updated_at(row[-1])) is not None]
    behind = {name: count_behind(row[at] for row in rows) for at, name in enumerate(stages)}
    return MatrixTotals(Counter(state_of(view) for row in rows for view in row), min(stamps, default=None), behind)


def encode_totals(found: MatrixTotals) -> dict[str, Any]:
    """Return the facts as they are kept for the next start."""
    oldest = found.oldest.isoformat() if found.oldest else None
    states = {state.value: count for state, count in found.states.items()}
    return {"states": states, "oldest": oldest, "behind": dict(found.behind)}


def decode_totals(kept: Mapping[str, Any]) -> MatrixTotals | None:
    """Return the facts that were kept; None where they cannot be read any more."""
    try:
        states = Counter({CellState(name): int(count) for name, count in kept["states"].items()})
        behind = {str(name): int(count) for name, count in kept["behind"].items()}
        return MatrixTotals(states, datetime.fromisoformat(kept["oldest"]) if kept["oldest"] else None, behind)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def summary_line(found: MatrixTotals, around: SummaryContext, now: datetime, glyphs: Glyphs, width: int) -> Content:
    """Return what wants attention, worst first, and at the right how old the last stage's oldest deploy is.

    That age gives way where the counts need its room: then their last words, never a count.
    """
    right = _right(found, around, now, glyphs, wide=width >= WIDE)
    counts = tally(found.states, glyphs, 10 * width)
    is_age = not around.marked and around.order == "name" and width < WIDE
    if is_age and counts.cell_length + right.cell_length + 2 > width:
        right = BLANK
    return spread(tally(found.states, glyphs, width - right.cell_length - 2), right, width)


def _right(found: MatrixTotals, around: SummaryContext, now: datetime, glyphs: Glyphs, *, wide: bool) -> Content:
    if around.marked:
        return line(ink(glyphs.mark, "live"), ink(f" {around.marked} marked", "strong"))
    oldest = ink(f"oldest {around.last_stage} {age(found.oldest, now)}" if found.oldest else "", "muted")
    by = "" if around.order == "name" else f"by {around.order}"
    if not wide:
        return ink(by, "muted") if by else oldest
    count = plural(around.services, "service")
    return line(oldest, "    ", ink(f"{count} {by}".rstrip(), "muted"))


def copy_items(pane: CellPane) -> list[tuple[str, str]]:
    """Return the hashes, the names and the command of a cell."""
    found: list[tuple[str, str]] = []
    sha = commit_of(pane.view.cell) if pane.view else None
    if sha:
        found.append((f"hash on {pane.stage.name}", sha))
    if pane.draft is not None and pane.draft.commit.sha != sha:
        found.append(("hash that p would deploy", pane.draft.commit.sha))
    if pane.view is not None:
        found.append(("stack's name", pane.view.cell.target.stack))
        if isinstance(pane.view.cell, Unreachable) and pane.view.cell.remedy:
            found.append(("next step", pane.view.cell.remedy))
    found.append(("command", f"promote-tui promote {pane.service} --to {pane.stage.name}"))
    return found


def web_pages(pane: CellPane) -> list[tuple[str, str]]:
    """Return the CloudFormation console's page of the stack."""
    stack = stack_of(pane.view.cell) if pane.view else None
    if pane.view is None or stack is None:
        return []
    return [("stack", _CONSOLE_URL.load()(pane.view.cell.target.aws.region, stack.id))]


def why_no_diff(pane: CellPane) -> str:
    """Return why there is no difference to show; empty where there is one."""
    if pane.draft is None:
        return pane.error.cause if pane.error else "not read yet"
    if pane.draft.deployed is None and commit_of(pane.draft.cell):
        return f"what runs in {pane.stage.name} is not in this clone"
    if pane.draft.deployed is not None and pane.draft.deployed.sha == pane.draft.commit.sha:
        return f"{pane.stage.name} runs that commit already"
    return ""
