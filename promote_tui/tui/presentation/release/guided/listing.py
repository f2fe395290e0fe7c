"""A release in one line of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.releases.release import Release, ReleaseStatus
from promote_tui.core.text import plural
from promote_tui.tui.presentation.style import Role, fit, ink, line, spread
from promote_tui.tui.presentation.wording import age

if TYPE_CHECKING:
    from datetime import datetime

    from textual.content import Content

    from promote_tui.tui.presentation.glyphs import Glyphs

_NAME, _STATUS = 22, 14
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
    """Return `2026-11-30   needs a person   prod   6 services      ana  2h`."""
    role = _ROLES.get(release.status, "muted")
    signs = {ReleaseStatus.RUNNING: glyphs.running(), ReleaseStatus.DONE: glyphs.passed}
    left = line(
        fit(ink(release.name, "strong"), _NAME),
        " ",
        fit(ink(f"{signs.get(release.status, glyphs.dot)} {status_words(release.status)}", role), _STATUS + 2),
        " ",
        ink(release.stage),
        ink(f"  {plural(len(release.members), 'service')}", "muted"),
    )
    return spread(left, ink(f"{release.planned.who}  {age(release.planned.at, now)} ", "muted"), width)
