"""A diff line by line: signs and colours for what came and went, a rule for each file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.git.commits import path_in_service
from promote_tui.core.text import plural
from promote_tui.tui.presentation.commits.files import ServicePaths, path_line
from promote_tui.tui.presentation.lines import commit_line
from promote_tui.tui.presentation.style import (
    BLANK,
    CURSOR,
    Role,
    align_right,
    cut_middle,
    fit,
    ink,
    line,
    rule,
    spread,
)
from promote_tui.tui.presentation.wording import age

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from textual.content import Content

    from promote_tui.core.git.commits import CommitDifference
    from promote_tui.core.git.diff import LineKind, PatchLine
    from promote_tui.core.model.pipeline import Commit, FileChange, Service
    from promote_tui.tui.presentation.glyphs import Glyphs

GUTTER = 6
_WIDE = 60
"""From here on there is room for who wrote a commit."""
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


def is_worth_showing(found: PatchLine) -> bool:
    """Tell whether a line says more than the rule above its file: most of git's heads do not."""
    return found.kind != "meta" or not found.text.startswith(("index ", "--- ", "+++ "))


@dataclass(frozen=True, slots=True)
class DiffStyle:
    """How the lines of a service's diff are drawn: `numbers` stand before them where there is room."""

    service: Service
    glyphs: Glyphs
    numbers: bool


def row(found: PatchLine, look: DiffStyle, width: int, skip: int = 0) -> Content:
    """Return one line; `skip` characters of it are out of sight to the left."""
    if found.kind == "file":
        name = ink(cut_middle(path_in_service(look.service, found.path), max(8, width - 6)), "strong")
        return rule(name, BLANK, width, look.glyphs.rule)
    role = _ROLES[found.kind]
    if found.kind in {"hunk", "meta", "note"}:
        return line(" " * (GUTTER if look.numbers else 0), ink(found.text, role, limit=LONGEST))
    place = align_right(ink(f"{found.number or ''}", "faint"), GUTTER - 1) if look.numbers else BLANK
    text = found.text[: LONGEST + skip].expandtabs(4)[skip:]
    sign = ink(_SIGNS.get(found.kind, " "), role)
    return line(place, " " if look.numbers else "", sign, " ", ink(text, role, limit=LONGEST))


def commits(found: CommitDifference, glyphs: Glyphs, now: datetime, width: int, height: int) -> list[Content]:
    """Return a line for each commit that goes or comes, newest first, and how many more there are."""
    every: list[tuple[str, Role, Commit]] = [(glyphs.removed, "bad", each) for each in found.removes]
    every += [(glyphs.added, "good", each) for each in found.brings]
    shown = every if len(every) <= height else every[: height - 1]
    rows = [_commit(sign, role, each, now, width) for sign, role, each in shown]
    left = len(every) - len(shown)
    return [*rows, ink(f"  {left} more", "muted")] if left else rows


def _commit(sign: str, role: Role, commit: Commit, now: datetime, width: int) -> Content:
    if width >= _WIDE:
        return line(ink(sign, role), " ", commit_line(commit, now, width - 2, sha="muted"))
    words = line(ink(sign, role), " ", ink(commit.short, "muted"), " ", ink(commit.subject))
    return spread(words, line(" ", ink(age(commit.authored_at, now), "muted")), width)


@dataclass(frozen=True, slots=True)
class DiffTotals:
    """How much of a service differs; `cut`: the diff is longer than is read at once."""

    files: int
    added: int
    removed: int
    cut: bool


def heading(sums: DiffTotals, between: CommitDifference, glyphs: Glyphs, width: int) -> Content:
    """Return how much changed, in how many commits, and that not all of it is shown."""
    numbers = line(ink(f"   +{sums.added}", "good"), ink(f"  {glyphs.removed}{sums.removed}", "bad"))
    left = line(ink(plural(sums.files, "file"), "strong"), BLANK if sums.cut or not sums.files else numbers)
    if sums.cut:
        return spread(left, ink("longer than is read at once; the rest is read file by file", "warn"), width)
    return spread(left, _counts(between), width)


def _counts(between: CommitDifference) -> Content:
    brings, removes = len(between.brings), len(between.removes)
    came = ink(plural(brings, "commit") if brings else "", "muted")
    went = ink(f"removes {plural(removes, 'commit')}" if removes else "", "warn")
    return line(came, "  " if brings and removes else "", went)


def count_lines(lines: Iterable[PatchLine]) -> tuple[int, int]:
    """Return how many lines were added and removed."""
    counted = Counter(found.kind for found in lines)
    return counted["added"], counted["removed"]


def file_list(files: Sequence[FileChange], here: int, paths: ServicePaths, width: int, height: int) -> list[Content]:
    """Return the files for the pane beside the diff, the one in sight on the cursor's ground."""
    start = max(0, min(here - height // 2, len(files) - height))
    rows = []
    for at, change in enumerate(files[start : start + height], start):
        text = fit(path_line(paths, change.status, change.path, width), width)
        rows.append(text.stylize_before(CURSOR) if at == here else text)
    return rows
