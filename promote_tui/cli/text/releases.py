"""Releases as text: the list, and the checklist of one, from its sign-offs to what can be done next."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from promote_tui.cli.text.release_members import member_segments
from promote_tui.cli.text.style import Role, Segment, Style, table
from promote_tui.core.durations import age, local_time, utc_minute
from promote_tui.core.releases.durations import describe_time, describe_work, time_taken
from promote_tui.core.releases.overview_words import summary_rows
from promote_tui.core.releases.release import ReleaseStatus
from promote_tui.core.text import clean, list_first, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from promote_tui.core.releases.next_commands import NextCommand
    from promote_tui.core.releases.overview_words import Concern
    from promote_tui.core.releases.release import Release
    from promote_tui.core.releases.sign_offs import ReleaseSignOff
    from promote_tui.engine.releases.details import ListedRelease, ReleaseDetails
    from promote_tui.ports import Clock

_LINE = 1_000
_STATUS: Mapping[ReleaseStatus, tuple[str, Role]] = {
    ReleaseStatus.PLANNED: ("never", "plain"),
    ReleaseStatus.SCHEDULED: ("hold", "busy"),
    ReleaseStatus.RUNNING: ("running", "busy"),
    ReleaseStatus.PAUSED: ("attention", "warn"),
    ReleaseStatus.DONE: ("passed", "good"),
    ReleaseStatus.STOPPED: ("failed", "warn"),
    ReleaseStatus.ROLLED_BACK: ("failed", "bad"),
}
_CONCERNS: Mapping[Concern, Role] = {"none": "plain", "attention": "warn", "danger": "bad"}


def release_table(found: Sequence[ListedRelease], style: Style, clock: Clock) -> list[str]:
    """Return the releases as a table."""
    words = ("RELEASE", "STATUS", "STAGE", "SERVICES", "DONE", "WHO", "AGE", "")
    head = [Segment(word, "calm") for word in words]
    return table([head, *(_listed(each, style, clock) for each in found)], style)


def _listed(found: ListedRelease, style: Style, clock: Clock) -> list[Segment]:
    release = found.release
    return [
        Segment(clean(release.name), "strong"),
        _status(release, style, interrupted=found.is_interrupted),
        Segment(clean(release.stage, limit=40)),
        Segment(str(len(release.members)), right=True),
        Segment(str(found.done), right=True),
        Segment(clean(release.planned.who, limit=40), "calm"),
        Segment(age(release.planned.at, clock.now()), "calm", right=True),
        _remark(found, clock),
    ]


def _remark(found: ListedRelease, clock: Clock) -> Segment:
    """Return what runs unproved, else when the release starts, else why it was planned."""
    if found.unproved:
        return Segment(f"{plural(found.unproved, 'service')} deployed, not proved", "warn")
    return Segment(_start(found.release, clock) or clean(found.release.planned.reason, limit=60), "calm")


def _status(release: Release, style: Style, *, interrupted: bool) -> Segment:
    if interrupted:
        return Segment(f"{style.sign('unknown')} interrupted", "warn")
    sign, role = _STATUS[release.status]
    return Segment(f"{style.sign(sign)} {release.status.value.replace('_', ' ')}", role)


def _start(release: Release, clock: Clock) -> str:
    """Return when a release that waits for its time starts."""
    starts_at = release.confirmed.starts_at if release.confirmed else None
    waits = starts_at is not None and release.status is ReleaseStatus.SCHEDULED
    return f"starts {local_time(clock.local(starts_at))}" if starts_at is not None and waits else ""


def checklist_lines(found: ReleaseDetails, style: Style, clock: Clock) -> list[str]:
    """Return the checklist of a release, to be read top to bottom; that of a planned one begins with its summary."""
    return [
        *_head(found, style),
        *_facts(found, clock, style),
        *(_summary(found, style) if found.release.status is ReleaseStatus.PLANNED else ()),
        *_sign_offs(found.sign_offs or (), style),
        *_waves(found.release, style),
        *_left_out(found.release, style),
        *next_lines(found.commands, style),
    ]


def _head(found: ReleaseDetails, style: Style) -> list[str]:
    release = found.release
    where = clean(f"release {release.name} {style.sign('arrow')} {release.stage}")
    status = _status(release, style, interrupted=found.is_interrupted)
    return table([[Segment(where, "strong"), status]], style)


def _facts(found: ReleaseDetails, clock: Clock, style: Style) -> list[str]:
    release, planned = found.release, found.release.planned
    confirmed = release.confirmed
    rows = (
        ("planned", f"{utc_minute(planned.at)} by {planned.who}, from {planned.source}"),
        ("reason", planned.reason),
        ("policy", planned.policy),
        ("confirmed", f"{utc_minute(confirmed.at)} by {confirmed.who}" if confirmed else ""),
        ("waits", _start(release, clock)),
        ("worker", _worker(found)),
        ("left", _left(found)),
        ("ended", _ended(release)),
        ("paused", release.paused.words if release.paused else ""),
    )
    return table(
        [[Segment(f"  {name}", "calm"), Segment(clean(words, limit=_LINE))] for name, words in rows if words], style
    )


def _left(found: ReleaseDetails) -> str:
    """Return how long what is left of a release takes."""
    goes_on = found.release.status in {ReleaseStatus.SCHEDULED, ReleaseStatus.RUNNING, ReleaseStatus.PAUSED}
    return describe_work(found.summary.expected_seconds) if goes_on else ""


def _ended(release: Release) -> str:
    """Return when a release has ended, and how long it took."""
    if release.ended is None:
        return ""
    taken = time_taken(release, release.ended.at)
    return utc_minute(release.ended.at) + (f", {describe_time(taken)}" if taken is not None else "")


def _worker(found: ReleaseDetails) -> str:
    if found.worker is not None:
        by = f" by {found.worker.who}" if found.worker.who else ""
        return f"a process on {found.worker.host} since {utc_minute(found.worker.since)}{by}"
    if not found.is_interrupted:
        return ""
    host = f" on {found.release.worker.host}" if found.release.worker else ""
    return f"interrupted: its process{host} is gone"


def _summary(found: ReleaseDetails, style: Style) -> list[str]:
    rows = [
        [Segment(f"  {row.name}", "calm"), Segment(clean(row.words, limit=_LINE), _CONCERNS[row.concern])]
        for row in summary_rows(found.summary)
    ]
    return _section("Summary", table(rows, style), style)


def _sign_offs(found: Sequence[ReleaseSignOff], style: Style) -> list[str]:
    rows = [
        [
            Segment(f"  {style.sign('passed' if each.is_given else 'never')}", "good" if each.is_given else "warn"),
            Segment(clean(each.name)),
            Segment(clean(each.words, limit=_LINE), "plain" if each.is_given else "warn"),
        ]
        for each in found
    ]
    return _section("Sign-offs", table(rows, style), style) if rows else []


def _waves(release: Release, style: Style) -> Iterator[str]:
    """Yield a line for each service, in the same columns in all waves, and a title above each wave."""
    waves = release.planned.waves
    rows = iter(table([member_segments(release, name, style) for wave in waves for name in wave], style))
    for number, wave in enumerate(waves, 1):
        after = list(dict.fromkeys(need for each in wave for need in release.member(each).needs))
        title = f"Wave {number}" + (f", after {list_first(after)}" if after else "")
        yield from _section(title, list(islice(rows, len(wave))), style)


def _left_out(release: Release, style: Style) -> list[str]:
    """Return the services that are no part of a release, each with why; the unchanged ones are counted."""
    reasons = [each for each in release.planned.left_out if not each.unchanged]
    unchanged = len(release.planned.left_out) - len(reasons)
    rows = [[Segment(f"  {clean(each.service)}", "calm"), Segment(clean(each.advice))] for each in reasons]
    counted = [f"  {plural(unchanged, 'service')} unchanged"] if unchanged else []
    lines = [*table(rows, style), *counted]
    return _section("Not part of it", lines, style) if lines else []


def next_lines(commands: Sequence[NextCommand], style: Style) -> list[str]:
    """Return what can be done next, as commands."""
    rows = [[Segment(f"  {clean(each.words)}", "calm"), Segment(clean(each.command))] for each in commands]
    return _section("Next", table(rows, style), style) if rows else []


def _section(title: str, lines: Sequence[str], style: Style) -> list[str]:
    return ["", style.paint(clean(title), "strong"), *lines]
