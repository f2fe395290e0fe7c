"""The values that a deploy is given, by name and source, beside those of the stage before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.text import plural
from promote_tui.tui.presentation.lines import head
from promote_tui.tui.presentation.style import BLANK, Role, ink, line, spread

if TYPE_CHECKING:
    from textual.content import Content

    from promote_tui.core.parameters.listing import PlannedValue, ValueComparison
    from promote_tui.core.planning.plan import Draft

_ROLES: dict[ValueComparison, Role] = {"added": "warn", "absent": "warn", "differs": "plain"}


def given_values(draft: Draft, width: int) -> list[Content]:
    """Return the lines under a head of their own; none where the deploy is given nothing."""
    if not draft.values:
        return []
    given = sum(value.compared != "absent" for value in draft.values)
    at = max(len(value.name) for value in draft.values)
    rows = [_row(value, min(at, width // 3), width) for value in draft.values]
    return [BLANK, head("parameters and environment", ink(plural(given, "value"), "muted")), *rows]


def _row(value: PlannedValue, at: int, width: int) -> Content:
    name = ink(f"{value.name:<{at}}", "muted" if value.compared == "absent" else "plain")
    compared = ink(value.compared_words, _ROLES.get(value.compared, "muted"))
    return spread(line(ink(f"{value.kind:<6}", "muted"), name, "  ", ink(value.source, "muted")), compared, width)
