"""A diff line by line: signs and colours for what came and went, a rule for each file."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from promote_tui.core.history import within
from promote_tui.core.text import plural
from promote_tui.tui.presentation.files import path_line
from promote_tui.tui.presentation.ink import (
    BLANK,
    CURSOR,
    Role,
    cut_middle,
    fit,
    ink,
    line,
    right_aligned,
    rule,
    spread,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textual.content import Content

    from promote_tui.core.model import FileChange, Service
    from promote_tui.core.patch import LineKind, PatchLine
    from promote_tui.tui.presentation.glyphs import Glyphs

GUTTER = 6
LONGEST = 2000
"""Characters of a line that are ever looked at."""

_ROLES: Mapping[LineKind, Role] = {
    "file": "strong",
    "meta": "faint",
    "hunk": "live",
    "added": "good",
    "removed": "bad",
    "same": "plain",
    "note": "faint",
}
_SIGNS: Mapping[LineKind, str] = {"added": "+", "removed": "-"}


def worth_showing(found: PatchLine) -> bool:
    """Tell whether a line says more than the rule above its file: most of git's heads do not."""
    return found.kind != "meta" or not found.text.startswith(("index ", "--- ", "+++ "))


def row(  # noqa: PLR0913 - a line is drawn from all this
    found: PatchLine, service: Service, glyphs: Glyphs, width: int, skip: int = 0, *, numbers: bool
) -> Content:
    """Return one line; `skip` characters of it are out of sight to the left."""
    if found.kind == "file":
        name = ink(cut_middle(within(service, found.path), max(8, width - 6)), "strong")
        return rule(name, BLANK, width, glyphs.rule)
    role = _ROLES[found.kind]
    if found.kind in {"hunk", "meta", "note"}:
        return line(" " * (GUTTER if numbers else 0), ink(found.text, role, limit=LONGEST))
    place = right_aligned(ink(f"{found.number or ''}", "faint"), GUTTER - 1) if numbers else BLANK
    text = found.text[: LONGEST + skip].expandtabs(4)[skip:]
    sign = ink(_SIGNS.get(found.kind, " "), role)
    return line(place, " " if numbers else "", sign, " ", ink(text, role, limit=LONGEST))


def heading(count: int, totals: tuple[int, int], glyphs: Glyphs, width: int, *, cut: bool) -> Content:
    """Return how much changed, and that not all of it is shown."""
    numbers = line(ink(f"   +{totals[0]}", "good"), ink(f"  {glyphs.removed}{totals[1]}", "bad"))
    left = line(ink(plural(count, "file"), "strong"), BLANK if cut or not count else numbers)
    return spread(left, ink("longer than is read at once; the rest is read file by file" if cut else "", "warn"), width)


def sums(lines: Iterable[PatchLine]) -> tuple[int, int]:
    """Return how many lines were added and removed."""
    counted = Counter(found.kind for found in lines)
    return counted["added"], counted["removed"]


def listed(files: Sequence[FileChange], here: int, service: Service, width: int, height: int) -> list[Content]:
    """Return the files for the pane beside the diff, the one in sight on the cursor's ground."""
    start = max(0, min(here - height // 2, len(files) - height))
    rows = []
    for at, change in enumerate(files[start : start + height], start):
        text = fit(path_line(service, change.status, change.path, width), width)
        rows.append(text.stylize_before(CURSOR) if at == here else text)
    return rows
