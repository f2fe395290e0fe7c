"""The checklist of a release from top to bottom: its commits, its sign-offs, and the rules for a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.releases.durations import describe_work
from promote_tui.core.releases.overview_words import summary_rows
from promote_tui.core.text import plural
from promote_tui.tui.presentation.style import BLANK, Role, ink, line, spread, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.content import Content

    from promote_tui.core.releases.overview_words import Concern, SummaryRow
    from promote_tui.core.releases.sign_offs import ReleaseSignOff
    from promote_tui.tui.presentation.release.guided.model import GuidedRelease

_ROLES: dict[Concern, Role] = {"none": "plain", "attention": "warn", "danger": "bad"}
_SAID_ELSEWHERE = frozenset({"blocked", "approvals", "services"})
"""Rows of the summary that the box of blockers and the heading say, as it stands now."""
_KEY = 13
_ON_FAILURE = "nothing new starts, then it asks: retry, skip, roll back or stop"


def checklist_lines(guided: GuidedRelease, width: int) -> list[Content]:
    """Return everything that is to be read before the release begins."""
    if guided.release is None or guided.summary is None:
        return [ink("the set is fixed once every service was read", "muted")]
    return [*_summary(guided, width), BLANK, *_sign_offs(guided, width), BLANK, *_failure(guided, width)]


def first_of_checklist(guided: GuidedRelease, width: int, room: int) -> list[Content]:
    """Return as much of the checklist as there is room for, with how to see the rest."""
    lines = checklist_lines(guided, width)
    if len(lines) <= room:
        return lines
    kept = lines[: max(0, room - 1)]
    key = line(ink(guided.key("release.summary"), "strong"), ink(" shows all", "muted"))
    return [*kept, spread(ink(f"{plural(len(lines) - len(kept), 'more line')}", "muted"), key, width)]


def _summary(guided: GuidedRelease, width: int) -> Iterator[Content]:
    yield ink("SUMMARY", "label")
    rows = summary_rows(guided.summary) if guided.summary is not None else ()
    for row in rows:
        if row.name not in _SAID_ELSEWHERE:
            yield from _row(row, width)


def _row(row: SummaryRow, width: int) -> list[Content]:
    words = ink(row.words, _ROLES[row.concern])
    return wrap(line(ink(f"{row.name:<{_KEY}}", "muted"), words), width, _KEY)


def _sign_offs(guided: GuidedRelease, width: int) -> Iterator[Content]:
    rules = guided.stage.rules
    if rules.approvals is None and not rules.checklist:
        yield line(ink("SIGN-OFFS", "label"), ink(f"  {guided.stage.name} asks for none", "muted"))
        return
    given = sum(each.is_given for each in guided.sign_offs)
    yield spread(ink("SIGN-OFFS", "label"), ink(f"{given} of {len(guided.sign_offs)}", "muted"), width)
    for each in guided.sign_offs:
        yield from _sign_off(guided, each, width)


def _sign_off(guided: GuidedRelease, found: ReleaseSignOff, width: int) -> list[Content]:
    """Return `○ QA signed off  missing for orders   t`: with who has signed, or the key that does."""
    sign = ink(guided.glyphs.passed, "good") if found.is_given else ink(guided.glyphs.never, "warn")
    key = guided.key("release.approve" if found.kind == "approvals" else "release.tick")
    does = BLANK if found.is_given else ink(f"  {key}", "strong")
    return wrap(line(sign, " ", ink(found.name), does, ink(f"  {found.words}", "muted")), width, 2)


def _failure(guided: GuidedRelease, width: int) -> list[Content]:
    waves = guided.stage.release
    at_once = f"{waves.parallel} at the same time" if waves.parallel > 1 else "one after another"
    between = "each wave waits for a go" if waves.between_waves == "ask" else "the next wave follows by itself"
    return [
        ink("WAVES", "label"),
        *wrap(ink(f"{at_once}; {between}", "muted"), width),
        BLANK,
        ink("ON FAILURE", "label"),
        *wrap(ink(_ON_FAILURE, "muted"), width),
    ]


def brief_lines(guided: GuidedRelease, width: int) -> list[Content]:
    """Return the checklist in two lines, for a screen that has no room beside the waves."""
    summary = guided.summary
    if guided.release is None or summary is None:
        return []
    counts = f"{plural(summary.commits, 'commit')}, {summary.modified} modified {summary.added} added"
    first: list[Content | str] = [ink(counts), ink(f", {summary.removed} removed", "muted")]
    if summary.losses:
        first.append(ink(f"   data at risk: {len(summary.losses)}", "strong bad"))
    about = ink(describe_work(summary.expected_seconds), "muted")
    way = f"rollback safe for {len(summary.safe)} of {summary.services}"
    return [
        spread(line(*first), about, width),
        spread(_counts(guided), ink(way, "warn" if summary.one_way else "muted"), width),
    ]


def _counts(guided: GuidedRelease) -> Content:
    given, every = sum(each.is_given for each in guided.sign_offs), len(guided.sign_offs)
    signed = ink(f"sign-offs {given} of {every}   ", "muted" if given == every else "warn") if every else BLANK
    return line(signed, ink(guided.key("release.summary"), "strong"), ink(" shows more", "muted"))
