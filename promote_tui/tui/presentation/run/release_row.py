"""A release in the record of runs: one row, and all about it under the list."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from promote_tui.core.durations import duration
from promote_tui.core.releases.durations import describe_time, time_taken
from promote_tui.core.releases.outcome_words import with_remains
from promote_tui.core.releases.release import MemberState, ReleaseStatus
from promote_tui.core.text import list_first, plural
from promote_tui.tui.presentation.lines import pair
from promote_tui.tui.presentation.run.list import column_widths
from promote_tui.tui.presentation.style import Role, align_right, fit, ink, line, rule, spread
from promote_tui.tui.presentation.wording import exact_time

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from textual.content import Content

    from promote_tui.core.releases.history import ReleaseRuns
    from promote_tui.tui.presentation.glyphs import Glyphs

_KEYED = 12
_LOOKS: dict[ReleaseStatus, tuple[str, Role]] = {  # the name of a sign, and a role
    ReleaseStatus.PLANNED: ("never", "muted"),
    ReleaseStatus.SCHEDULED: ("never", "muted"),
    ReleaseStatus.PAUSED: ("attention", "warn"),
    ReleaseStatus.DONE: ("passed", "muted"),
    ReleaseStatus.STOPPED: ("attention", "warn"),
    ReleaseStatus.ROLLED_BACK: ("back", "bad"),
}


def release_line(entry: ReleaseRuns, now: datetime, glyphs: Glyphs, width: int, frame: int = 0) -> Content:
    """Return a release as a row in the columns of the runs: its name stands where a run and its service do."""
    sizes = column_widths(width)
    cells = (
        (ink(f"{entry.runs[0].started_at.astimezone():%H:%M}", "muted"), sizes[0]),
        (ink(entry.name, "strong"), sizes[1] + sizes[2]),
        (ink(entry.release.stage), sizes[3]),
        (ink(entry.count_words), sizes[4]),
        (ink("release", "warn"), sizes[5]),
        (ink(entry.who, "muted"), sizes[6]),
    )
    shown = [line(fit(cell, size - 1), " ") for cell, size in cells if size]
    short = "" if sizes[4] else f" {entry.verified} of {len(entry.release.members)}"
    taken = time_taken(entry.release, now)
    took = duration(taken.took) if taken is not None else ""
    told = line(*shown, status_words(entry, glyphs, frame), ink(short, "muted"))
    return spread(told, align_right(ink(took, "muted"), 6), width)


def status_words(entry: ReleaseRuns, glyphs: Glyphs, frame: int = 0) -> Content:
    """Return how a release stands, with its sign."""
    status = entry.release.status
    if status is ReleaseStatus.RUNNING:
        return ink(f"{glyphs.running(frame)} running", "live")
    sign, role = _LOOKS[status]
    return ink(f"{getattr(glyphs, sign)} {status.value.replace('_', ' ')}", role)


def release_detail(
    entry: ReleaseRuns, glyphs: Glyphs, key_of: Callable[[str], str], width: int, *, is_open: bool
) -> list[Content]:
    """Return what a release is, who let it begin, and how its services stand."""
    name = line(ink("release ", "muted"), ink(entry.name, "strong"), ink(f" {glyphs.dot} ", "faint"))
    title = rule(line(name, ink(entry.release.stage, "strong")), status_words(entry, glyphs), width, glyphs.rule)
    words = f"{'hide' if is_open else 'show'} its {plural(len(entry.runs), 'run')}"
    action = line(ink(key_of("rows.choose"), "strong"), ink(f" {glyphs.arrow} ", "muted"), ink(words))
    rows = [pair(key, ink(text), _KEYED) for key, text in _facts(entry) if text]
    return [title, action, *(fit(row, width) for row in rows)]


def _facts(entry: ReleaseRuns) -> list[tuple[str, str]]:
    release = entry.release
    reason = release.confirmed.reason if release.confirmed else ""
    return [
        ("by", entry.who),
        ("reason", reason or release.planned.reason),
        ("started", exact_time(entry.started_at)),
        ("ended", _ended(entry)),
        *_by_state(entry),
    ]


def _ended(entry: ReleaseRuns) -> str:
    if entry.ended_at is None:
        return ""
    taken = time_taken(entry.release, entry.ended_at)
    return exact_time(entry.ended_at) + (f", {describe_time(taken)}" if taken is not None else "")


def _by_state(entry: ReleaseRuns) -> list[tuple[str, str]]:
    """Return the services by how they stand, those that are done last."""
    found: dict[MemberState, list[str]] = defaultdict(list)
    for service, progress in entry.release.progress.items():
        found[progress.state].append(with_remains(service, progress))
    states = sorted(found, key=[*MemberState].index, reverse=True)
    return [(state.value.replace("_", " ")[:_KEYED], list_first(found[state], 6)) for state in states]


def release_copies(entry: ReleaseRuns) -> list[tuple[str, str]]:
    """Return a release's name, and the commands that show it and write its notes."""
    return [
        ("release", entry.name),
        ("command to see it", f"promote-tui release show {entry.name}"),
        ("command for its notes", f"promote-tui notes --release {entry.name}"),
    ]
