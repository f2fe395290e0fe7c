"""A release in one line of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import span
from promote_tui.core.releases.release import Release, ReleaseStatus
from promote_tui.core.text import plural
from promote_tui.tui.presentation.release.guided.heading import start_words
from promote_tui.tui.presentation.style import Role, fit, ink, line, spread
from promote_tui.tui.presentation.wording import age

if TYPE_CHECKING:
    from datetime import datetime

    from textual.content import Content

    from promote_tui.tui.presentation.glyphs import Glyphs

_NAME, _STATUS, _REST = 22, 14, 60
"""Cells of a name at least, of its status, and of all that stands behind a name."""
_ROLES: dict[ReleaseStatus, Role] = {
    ReleaseStatus.RUNNING: "live",
    ReleaseStatus.SCHEDULED: "live",
    ReleaseStatus.PAUSED: "warn",
    ReleaseStatus.PLANNED: "plain",
}


def status_words(status: ReleaseStatus) -> str:
    """Return how a release stands, in words."""
    words = {ReleaseStatus.PAUSED: "needs a person", ReleaseStatus.ROLLED_BACK: "rolled back"}
    return words.get(status, status.value)


def listed_release_line(release: Release, now: datetime, glyphs: Glyphs, width: int) -> Content:
    """Return `2026-11-30   needs a person   prod   6 services      ana  2h`; who planned it gives way first.

    One that waits for its time says that in place of the rest: `saturday   scheduled   prod   Tue 1 Dec 09:00 CET`.
    """
    left = _left(release, glyphs, width)
    at = release.confirmed.starts_at if release.confirmed else None
    if at is not None and release.status is ReleaseStatus.SCHEDULED:
        return line(left, ink(_start(at, now, width - left.cell_length), "live"))
    left = line(left, ink(plural(len(release.members), "service"), "muted"))
    since = ink(f"  {age(release.planned.at, now)} ", "muted")
    room = max(0, width - left.cell_length - since.cell_length - 1)
    who = ink(release.planned.who, "muted").truncate(room, ellipsis=True)
    return spread(left, line(who, since), width)


def _left(release: Release, glyphs: Glyphs, width: int) -> Content:
    """Return the name, how the release stands, and its stage."""
    role = _ROLES.get(release.status, "muted")
    signs = {ReleaseStatus.RUNNING: glyphs.running(), ReleaseStatus.DONE: glyphs.passed}
    return line(
        fit(ink(release.name, "strong"), max(_NAME, min(len(release.name), width - _REST))),
        " ",
        fit(ink(f"{signs.get(release.status, glyphs.dot)} {status_words(release.status)}", role), _STATUS + 2),
        " ",
        ink(release.stage),
        "  ",
    )


def _start(at: datetime, now: datetime, room: int) -> str:
    """Return when it starts, as much of that as there is room for, and never a part of a time."""
    whole = start_words(at)
    local = whole.partition(" (")[0]
    forms = (f"starts {whole}", f"starts {local}", local)
    return next((each for each in forms if len(each) <= room), f"in {span(at - now)}")
