"""The resources of a stack while CloudFormation works on it, and how they ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.durations import duration
from promote_tui.core.stacks.progress import ResourceRow, StackPhase, StackProgress
from promote_tui.tui.presentation.style import BLANK, Role, fit, ink, line, spread, wrap

if TYPE_CHECKING:
    from datetime import datetime

    from textual.content import Content

    from promote_tui.tui.presentation.glyphs import Glyphs

_LEAST = 2
"""Lines of the head and of one row."""
_ENDED = {StackPhase.DONE, StackPhase.ROLLED_BACK, StackPhase.FAILED}


@dataclass(frozen=True, slots=True)
class RunStyle:
    """When and with which characters something is drawn; `frame` is the animation's."""

    now: datetime
    glyphs: Glyphs
    frame: int = 0


def bar(share: float, glyphs: Glyphs, width: int) -> Content:
    """Return `▰▰▰▱▱`: how much of something is done."""
    full = round(max(0.0, min(1.0, share)) * width)
    return line(ink(glyphs.bar_full * full, "live"), ink(glyphs.bar_empty * (width - full), "faint"))


def resource_lines(stack: StackProgress, trouble: str, look: RunStyle, width: int, height: int) -> list[Content]:
    """Return the resources below each other, in at most `height` lines; what does not fit is counted."""
    if trouble and not stack.rows:
        return [ink("RESOURCES", "label"), *wrap(ink(trouble, "warn"), width)][: max(2, height)]
    if not stack.rows or height < _LEAST:
        return []
    room = height - 1
    kept = [row for row in stack.rows if row.state != "rolled back" or stack.phase not in _ENDED]
    shown = kept if len(kept) <= room and len(kept) == len(stack.rows) else kept[: room - 1]
    lines = [_head(stack, look.glyphs), *(_line(row, look, width) for row in shown)]
    left = len(stack.rows) - len(shown)
    return [*lines, ink(f"  {left} {_rest(stack, shown=bool(shown))}", "faint")] if left else lines


def _rest(stack: StackProgress, *, shown: bool) -> str:
    more = "more " if shown else ""
    if stack.phase is StackPhase.ROLLED_BACK:
        return f"{more}rolled back"
    return f"{more}finished before" if any(row.state == "done" for row in stack.rows) else f"{more}under way"


def _head(stack: StackProgress, glyphs: Glyphs) -> Content:
    if stack.phase in _ENDED:
        return line(ink("RESOURCES", "label"), ink(f"  {len(stack.rows)}", "strong"))
    if stack.total is None:
        return line(ink("RESOURCES", "label"), ink(f"  {stack.finished} finished", "strong"))
    share = bar(_settled(stack) / stack.total, glyphs, 12) if stack.total else BLANK
    words = "undone" if stack.phase is StackPhase.ROLLING_BACK else "finished"
    return line(ink("RESOURCES", "label"), ink(f"  {_settled(stack)} of {stack.total} {words}  ", "strong"), share)


def _settled(stack: StackProgress) -> int:
    if stack.phase is StackPhase.ROLLING_BACK:
        return sum(row.undoing and row.state != "running" for row in stack.rows)
    return stack.finished


def _line(row: ResourceRow, look: RunStyle, width: int) -> Content:
    mark, role = _mark(row, look)
    note = ink("  replacement", "bad") if row.replaced and row.state in {"running", "done"} else BLANK
    right = _right(row, look.now)
    room = width - right.cell_length - note.cell_length - 3
    name = ink(row.logical_id, role).truncate(max(8, room), ellipsis=True)
    return spread(line(mark, " ", name, note), right, width)


def _mark(row: ResourceRow, look: RunStyle) -> tuple[Content, Role]:
    glyphs = look.glyphs
    match row.state:
        case "running":
            return ink(glyphs.running(look.frame), "warn" if row.undoing else "live"), "plain"
        case "done":
            return ink(glyphs.passed, "good"), "muted"
        case "failed":
            return ink(glyphs.failed, "bad"), "strong"
        case _:
            return ink(glyphs.back, "warn"), "muted"


def _right(row: ResourceRow, now: datetime) -> Content:
    if row.state in {"failed", "cancelled", "rolled back"}:
        return ink(row.state, "bad" if row.state == "failed" else "muted")
    if row.seconds is None:
        words = f"undoing {duration((now - row.since).total_seconds())}" if row.undoing else ""
        return ink(words or duration((now - row.since).total_seconds()), "plain")
    return ink(duration(row.seconds), "muted")


def resource_line(stack: StackProgress, trouble: str, look: RunStyle, width: int) -> list[Content]:
    """Return the resources in one line, for a screen that is narrow; none where nothing is known."""
    if trouble and not stack.rows:
        return [fit(line(ink("RESOURCES  ", "label"), ink(trouble, "warn")), width)]
    if not stack.rows:
        return []
    parts: list[Content] = [_head(stack, look.glyphs)]
    for row in stack.rows:
        if row.state in {"running", "failed"}:
            mark, role = _mark(row, look)
            time = (
                BLANK
                if row.seconds is not None
                else ink(f" {duration((look.now - row.since).total_seconds())}", "muted")
            )
            parts.append(line("  ", mark, " ", ink(row.logical_id, role), time))
    back = sum(row.state in {"cancelled", "rolled back"} for row in stack.rows)
    if back:
        parts.append(ink(f"  {look.glyphs.back} {back} rolled back", "muted"))
    return [fit(line(*parts), width)]


def short_type(name: str) -> str:
    """Return a resource's type without the part that all have: `Lambda::Function`."""
    return name.removeprefix("AWS::")
