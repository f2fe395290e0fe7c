"""What `doctor` found, and how a stage's checks ended, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.cli.text.style import Role, Segment, table
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.cli.text.style import Style
    from promote_tui.core.gates.decisions import Decision
    from promote_tui.ports import ToolCheck

_NAME = 26
_SIGNS: Mapping[bool | None, tuple[str, Role]] = {
    True: ("passed", "good"),
    False: ("failed", "bad"),
    None: ("attention", "warn"),
}


def tool_lines(found: ToolCheck, style: Style) -> list[str]:
    """Return a check of `doctor`, with its remedy below it."""
    sign, role = _SIGNS[found.ok]
    name = clean(found.name).ljust(_NAME)  # each line stands alone: the next check may take its time
    row = [Segment(style.sign(sign), role), Segment(name), Segment(clean(found.found, limit=1_000), "calm")]
    return [*table([row], style), *([f"   {clean(found.remedy)}"] if found.remedy else [])]


def check_end(made: Decision, style: Style) -> str:
    """Return how one of a stage's checks ended."""
    word, role = _SIGNS[made.passed]
    because = f": {clean(made.reason, limit=500)}" if made.reason else ""
    return style.paint(f"{style.sign(word)} {clean(made.item)} {word}{because}", role)
