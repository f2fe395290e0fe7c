"""The top of a release: where it goes, and how it stands in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import local_time
from promote_tui.core.releases.durations import describe_time, describe_work, time_taken
from promote_tui.core.releases.release import MemberState, ReleaseStatus
from promote_tui.core.releases.remains import verified_services
from promote_tui.core.text import list_first, plural
from promote_tui.tui.presentation.release.guided.issues import find_blockers
from promote_tui.tui.presentation.run.resources import bar
from promote_tui.tui.presentation.style import BLANK, Role, ink, line, spread

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual.content import Content

    from promote_tui.core.model.pipeline import Aws
    from promote_tui.core.releases.release import Release
    from promote_tui.tui.presentation.release.guided.model import GuidedRelease

_BAR, _ROOM_FOR_BAR = 10, 100


def place_words(places: Sequence[Aws]) -> tuple[str, str]:
    """Return the account and the region, or how many there are of each."""
    accounts, regions = dict.fromkeys(each.account for each in places), dict.fromkeys(each.region for each in places)
    account = next(iter(accounts), "") if len(accounts) < 2 else f"{len(accounts)} accounts"  # noqa: PLR2004 - one
    return account, next(iter(regions), "") if len(regions) < 2 else f"{len(regions)} regions"  # noqa: PLR2004 - one


def place_line(guided: GuidedRelease) -> Content:
    """Return `prod  333333333333  eu-west-1`, for the bar on top; empty before it is known."""
    if guided.is_unknown:
        return ink("")
    account, region = place_words(guided.places)
    return line(ink(guided.stage.name, "strong"), ink(f"  {account}  {region}", "muted"))


def start_words(at: datetime) -> str:
    """Return when something starts, the time here first: `Tue 1 Dec 09:00 CET (08:00 UTC)`."""
    return local_time(at.astimezone())


def heading_line(guided: GuidedRelease, width: int) -> Content:
    """Return what the release is, with how it stands at the end."""
    release = guided.release
    what = ink(guided.name, "strong")
    if not guided.is_unknown:
        what = line(what, ink("  to ", "muted"), ink(guided.stage.name, "strong"))
    if release is not None:
        by = f"  by {release.planned.who}" + (f": {release.planned.reason}" if release.planned.reason else "")
        what = line(what, ink(by, "muted"))
    return spread(what, standing(guided, width), width)


def standing(guided: GuidedRelease, width: int) -> Content:
    """Return how the release stands: `! no-go  2 things are missing`, `◐ wave 2 of 3  5 of 12 done`."""
    glyphs, release = guided.glyphs, guided.release
    if guided.trouble is not None:
        return ink(f"{glyphs.unknown} cannot be read", "strong warn")
    if guided.is_starting:
        return ink(f"{glyphs.running(guided.frame)} starting", "strong live")
    if release is None or (guided.is_unconfirmed and guided.planning is not None and guided.planning.error is None):
        return _planning(guided)
    if guided.is_orphaned:
        return ink(f"{glyphs.unknown} its process is gone", "strong warn")
    if guided.is_unconfirmed:
        return _go(guided)
    return _of_status(guided, release, width)


def _planning(guided: GuidedRelease) -> Content:
    planning, running = guided.planning, guided.glyphs.running(guided.frame)
    if planning is None:
        return ink("reading", "muted")
    if planning.error is not None:
        return ink(f"{guided.glyphs.failed} not planned", "strong bad")
    if guided.release is None:
        read = f"{len(planning.candidates)} of {plural(len(planning.services), 'service')} read"
        return line(ink(f"{running} planning", "strong live"), ink(f"   {read}", "muted"))
    done = len(guided.members) - len(guided.members_to_review)
    reviewed = f"   {done} of {plural(len(guided.members), 'service')} reviewed"
    return line(ink(f"{running} planning", "strong live"), ink(reviewed, "muted"))


def _go(guided: GuidedRelease) -> Content:
    missing = find_blockers(guided)
    if not missing:
        waves = len({guided.release.wave_of(name) for name in guided.members}) if guided.release else 0
        many = f"   {plural(len(guided.members), 'service')} in {plural(waves, 'wave')}"
        return line(ink(f"{guided.glyphs.passed} go", "strong good"), ink(many, "muted"))
    count = "1 thing is missing" if len(missing) == 1 else f"{len(missing)} things are missing"
    return line(ink(f"{guided.glyphs.attention} no-go", "strong warn"), ink(f"   {count}", "muted"))


def _of_status(guided: GuidedRelease, release: Release, width: int) -> Content:
    glyphs = guided.glyphs
    match release.status:
        case ReleaseStatus.RUNNING:
            return _running(guided, release, width)
        case ReleaseStatus.SCHEDULED:
            at = release.confirmed.starts_at if release.confirmed else None
            return ink(f"{glyphs.never} starts {start_words(at) if at else ''}", "strong live")
        case ReleaseStatus.PAUSED:
            return _paused(guided, release)
        case ReleaseStatus.DONE:
            return ink(f"{glyphs.passed} done{_took(guided, release)}", "strong good")
        case ReleaseStatus.ROLLED_BACK:
            return ink(f"{glyphs.back} rolled back{_took(guided, release)}", "strong warn")
        case _:
            return ink(f"{glyphs.failed} stopped{_took(guided, release)}", "strong warn")


def _took(guided: GuidedRelease, release: Release) -> str:
    taken = time_taken(release, guided.now)
    return f"   {describe_time(taken)}" if taken is not None else ""


def _paused(guided: GuidedRelease, release: Release) -> Content:
    why = release.paused.why if release.paused is not None else "failure"
    if why == "go":
        return ink(f"{guided.glyphs.attention} wave {guided.next_wave} waits for its go", "strong warn")
    if why == "credentials":
        return ink(f"{guided.glyphs.attention} its credentials end too soon", "strong warn")
    return ink(f"{guided.glyphs.failed} in trouble: {list_first(guided.in_trouble, 2)}", "strong bad")


def _running(guided: GuidedRelease, release: Release, width: int) -> Content:
    done, every = len({*guided.members} & {*verified_services(release)}), len(guided.members)
    words = f"   {done} of {every} done"
    work = describe_work(guided.summary.expected_seconds) if guided.summary else ""
    left = f"   {work}" if work else ""
    share = line(bar(done / max(1, every), guided.glyphs, _BAR), "  ") if width >= _ROOM_FOR_BAR else BLANK
    role: Role = "strong bad" if guided.in_trouble else "strong live"
    doing = ink(f"{guided.glyphs.running(guided.frame)} {_doing(release)}", role)
    return line(share, doing, ink(words + left, "muted"))


def _doing(release: Release) -> str:
    if release.stops:
        return "stopping"
    back = release.in_state(MemberState.ROLLING_BACK, MemberState.TO_ROLL_BACK)
    if back:
        return f"rolling back {list_first(back, 2)}"
    at_work = release.in_state(MemberState.RUNNING) or release.in_state(MemberState.WAITING)
    return f"wave {release.wave_of(at_work[0])} of {len(release.planned.waves)}" if at_work else "finishing"
