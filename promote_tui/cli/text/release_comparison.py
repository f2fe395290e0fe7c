"""Two releases beside each other as text: a line a service, with the commits that lie between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.cli.text.status import commit_segments
from promote_tui.cli.text.style import Role, Segment, Style, table
from promote_tui.core.text import clean, short

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from promote_tui.core.model.pipeline import Commit
    from promote_tui.core.releases.comparison import ComparedAs, ReleaseComparison, ServiceComparison

_LOOKS: Mapping[ComparedAs, tuple[str, Role]] = {
    "added": ("add", "good"),
    "left": ("remove", "warn"),
    "same": ("same", "calm"),
    "newer": ("ahead", "good"),
    "older": ("behind", "warn"),
    "diverged": ("diverged", "bad"),
    "unknown": ("unknown", "warn"),
}
_NAME = 40


def comparison_lines(found: ReleaseComparison, style: Style, now: datetime) -> list[str]:
    """Return the services of both releases, then the commits of each that differs."""
    head = f"release {clean(found.first, limit=_NAME)} {style.sign('arrow')} {clean(found.second, limit=_NAME)}"
    rows = [[Segment(word, "calm") for word in ("SERVICE", "IS", "FROM", "TO", "COMMITS")]]
    rows += [_row(each, style) for each in found.services]
    return [style.paint(head, "strong"), "", *table(rows, style), *_commits(found, style, now)]


def _row(each: ServiceComparison, style: Style) -> list[Segment]:
    sign, role = _LOOKS[each.compared_as]
    first, second = (clean(short(sha or ""), limit=_NAME) for sha in (each.first, each.second))
    return [
        Segment(clean(each.service, limit=_NAME), "strong"),
        Segment(f"{style.sign(sign)} {each.compared_as}", role),
        Segment(first, "calm"),
        Segment(second),
        Segment(_distance(each), "calm"),
    ]


def _distance(each: ServiceComparison) -> str:
    if each.unknown:
        return clean(each.unknown)
    brings, removes = len(each.commits.brings), len(each.commits.removes)
    return f"{f'-{removes}' if removes else ''}{f'+{brings}' if brings else ''}"


def _commits(found: ReleaseComparison, style: Style, now: datetime) -> list[str]:
    lines: list[str] = []
    for each in found.services:
        rows = [_commit("+", commit, now) for commit in each.commits.brings]
        rows += [_commit("-", commit, now) for commit in each.commits.removes]
        if rows:
            lines += ["", style.paint(clean(each.service, limit=_NAME), "strong"), *table(rows, style)]
    return lines


def _commit(sign: str, commit: Commit, now: datetime) -> list[Segment]:
    return [Segment(f"  {sign}", "good" if sign == "+" else "warn"), *commit_segments(commit, now)]
