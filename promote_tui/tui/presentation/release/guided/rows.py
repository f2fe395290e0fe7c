"""The waves of a release, a row for each service: what it would bring, how far it is, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.text import plural, short
from promote_tui.tui.presentation.release.guided.progress import progress_cells
from promote_tui.tui.presentation.release.issues import join_names
from promote_tui.tui.presentation.style import BLANK, Role, align_right, fit, ink, line, rule

if TYPE_CHECKING:
    from textual.content import Content

    from promote_tui.core.releases.review import MemberReview
    from promote_tui.tui.presentation.release.guided.model import GuidedRelease

_LEAST_NAME, _REST, _CHANGE = 12, 56, 18
"""Cells of a name at least, of what stands behind it, and of the commits in that."""


@dataclass(frozen=True, slots=True)
class GuidedRow:
    """A service of a release."""

    service: str


def name_width(guided: GuidedRelease, width: int) -> int:
    """Return the cells that the names get: all that there is, and no more than the longest one needs."""
    return max(_LEAST_NAME, min(guided.longest_name + 2, width - _REST))


def head_line(guided: GuidedRelease, width: int) -> Content:
    """Return the heads of the columns."""
    left = line(
        fit(ink("SERVICE", "label"), name_width(guided, width)),
        fit(ink(f"FROM {guided.glyphs.arrow} TO", "label"), _CHANGE),
    )
    if guided.is_unconfirmed:
        return line(left, ink("CMTS  CHANGES       GATES", "label"))
    return line(left, ink("STATE           RESOURCES  TIME", "label"))


def wave_line(guided: GuidedRelease, number: int, wave: tuple[str, ...], width: int) -> Content:
    """Return `WAVE 2  after catalog and identity ─────`."""
    release = guided.release
    needs = dict.fromkeys(need for name in wave for need in release.member(name).needs) if release else {}
    words = f"after {join_names([*needs], 3)}" if needs else "depends on nothing else of this release"
    left = line(ink(f"WAVE {number}", "strong"), "  ", ink(words, "muted"))
    return rule(left, BLANK, width, guided.glyphs.rule)


def row_line(guided: GuidedRelease, service: str, width: int, *, here: bool) -> Content:
    """Return a service as a row."""
    role: Role = "strong" if here else "plain" if service in guided.members else "muted"
    name = fit(ink(service, role), name_width(guided, width))
    if guided.release is None:
        return line(name, fit(_candidate(guided, service), width))
    change = fit(_from_to(guided, service), _CHANGE)
    if guided.is_unconfirmed and service in guided.members:
        return line(name, change, _planned(guided, service))
    return line(name, change, progress_cells(guided, service))


def _candidate(guided: GuidedRelease, service: str) -> Content:
    """Return how far the reading of a service is that may become a member."""
    found = guided.planning.candidates.get(service) if guided.planning else None
    if found is None:
        return ink("reading", "faint")
    if found.left_out is not None:
        return ink(found.left_out.reason, "muted")
    draft = found.draft
    return line(ink(draft.commit.short), ink("  read", "muted")) if draft is not None else BLANK


def _from_to(guided: GuidedRelease, service: str) -> Content:
    member = guided.release.member(service) if guided.release else None
    if member is None:
        return BLANK
    old = "never" if member.from_commit is None else short(member.from_commit) or "unknown"
    return line(ink(f"{old:<7}", "muted"), ink(f" {guided.glyphs.arrow} ", "faint"), ink(short(member.commit)))


def _planned(guided: GuidedRelease, service: str) -> Content:
    """Return `   4  ±1 ~3 +2      ✓ go`."""
    review = guided.review(service)
    if review is None:
        return ink(f"      {guided.glyphs.loading} packaging and reviewing", "faint")
    commits = align_right(ink(str(review.commits)), 4)
    return line(commits, "  ", fit(_changes(guided, review), 12), "  ", _gates(guided, service, review))


def _changes(guided: GuidedRelease, review: MemberReview) -> Content:
    glyphs, found = guided.glyphs, review.changes
    if review.unknown or review.problem:
        return ink("unknown", "warn")
    replaced = [each for each in found if each.replacement != "false"]
    counts: tuple[tuple[str, int, Role], ...] = (
        (glyphs.replaced, len(replaced), "strong bad" if any(each.loses_data for each in found) else "warn"),
        (glyphs.removed, sum(each.action == "remove" for each in found), "warn"),
        (glyphs.modified, sum(each.action == "modify" and each not in replaced for each in found), "muted"),
        (glyphs.added, sum(each.action == "add" for each in found), "muted"),
    )
    parts = [line(ink(f"{sign}{count}", role), " ") for sign, count, role in counts if count]
    return line(*parts) if parts else ink("code" if review.code else "nothing", "muted")


def _gates(guided: GuidedRelease, service: str, review: MemberReview) -> Content:
    blocked = guided.gates_blocking(service)
    if blocked:
        what = blocked[0].name if len(blocked) == 1 else plural(len(blocked), "gate")
        return ink(f"{guided.glyphs.failed} {what}", "warn")
    if review.problem:
        return ink(f"{guided.glyphs.attention} {review.problem}", "warn")
    if guided.overrides.get(service):
        return ink(f"{guided.glyphs.attention} overridden", "warn")
    one_way = ink("  one-way", "warn") if review.one_way and not review.unknown else BLANK
    return line(ink(guided.glyphs.passed, "good"), ink(" pass"), one_way)
