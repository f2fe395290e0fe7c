"""From events to the release that they tell of."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from promote_tui.core.releases.events import (
    Answered,
    MemberEnded,
    MemberHeld,
    MemberReviewed,
    MemberStarted,
    ProcessStarted,
    ReleaseConfirmed,
    ReleaseEnded,
    ReleaseEvent,
    ReleasePaused,
    ReleasePlanned,
    UnknownReleaseEvent,
)
from promote_tui.core.releases.release import IN_TROUBLE, MemberProgress, MemberState, Release
from promote_tui.core.releases.remains import can_be_taken_back, remains_after_end, remains_after_hold
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime

_PROMOTED = {
    "verified": MemberState.VERIFIED,
    "unchanged": MemberState.UNCHANGED,
}


def fold_release(events: Iterable[ReleaseEvent]) -> Release | None:
    """Return the release that these events make, in their order; None before it was planned."""
    release: Release | None = None
    for event in events:
        if release is not None:
            release = apply_event(release, event)
        elif isinstance(event, ReleasePlanned):
            release = Release(event, {}, {member.service: MemberProgress() for member in event.members})
    return release


def apply_event(release: Release, event: ReleaseEvent) -> Release:  # noqa: PLR0911 - one arm a kind of event
    """Return the release after one more event."""
    match event:
        case ReleasePlanned():
            return release
        case MemberReviewed():
            return _reviewed(release, event)
        case ReleaseConfirmed():
            return replace(_unpaused(release, event.at), confirmed=event)
        case ProcessStarted():
            before = _unpaused(release, event.at)
            return replace(before, worker=event, attempts=release.attempts + 1, is_left=False)
        case MemberStarted() | MemberEnded() | MemberHeld():
            return _moved(release, event)
        case ReleasePaused():
            return replace(release, paused=event, is_left=True)
        case Answered():
            return _answered(replace(_unpaused(release, event.at), answers=(*release.answers, event)), event)
        case ReleaseEnded():
            return replace(_unpaused(release, event.at), ended=event, is_left=True)
        case UnknownReleaseEvent():
            return replace(release, unknown_events=release.unknown_events + 1)
        case _:
            assert_never(event)


def _unpaused(release: Release, at: datetime) -> Release:
    """Return the release as it goes on, or ends, at a moment: it has waited until then, if it did."""
    waited = (at - release.paused.at).total_seconds() if release.paused is not None else 0.0
    return replace(release, paused=None, waited_seconds=release.waited_seconds + max(0.0, waited))


def _reviewed(release: Release, event: MemberReviewed) -> Release:
    """Return the release with a review, unless it was confirmed before: whoever confirmed it has not seen that."""
    if release.confirmed is not None:
        return release
    return replace(release, reviews=release.reviews | {event.service: event.review})


def _moved(release: Release, event: MemberStarted | MemberEnded | MemberHeld) -> Release:
    if event.service not in release.progress:
        return release
    before = release.progress[event.service]
    match event:
        case MemberStarted():
            after = _started(before, event)
        case MemberEnded():
            after = _ended(before, event)
        case MemberHeld():
            after = _held(before, event)
        case _:
            assert_never(event)
    if release.rolls_back and after.state in {MemberState.VERIFIED, MemberState.FAILED, MemberState.HELD}:
        after = _taken_back(after)  # it was at work when a person wanted all of it back
    return replace(release, progress=release.progress | {event.service: after})


def _held(before: MemberProgress, event: MemberHeld) -> MemberProgress:
    remains = remains_after_hold(before.remains, event)
    held = replace(before, cause=event.cause, remedy=event.remedy, why=event.why, losses=event.losses, remains=remains)
    if before.state is MemberState.ROLLING_BACK:
        return replace(held, state=MemberState.ROLLBACK_FAILED, rollback="", found=event.found)
    return replace(held, state=MemberState.HELD, run="", now=event.review, found=event.found)


def _started(before: MemberProgress, event: MemberStarted) -> MemberProgress:
    if event.purpose == "rollback":
        return replace(before, state=MemberState.ROLLING_BACK, rollback=event.run, why=None, losses=())
    begun = replace(before, state=MemberState.RUNNING, run=event.run, started_at=event.at, ended_at=None)
    return replace(begun, cause="", remedy="", why=None, losses=())


def _ended(before: MemberProgress, event: MemberEnded) -> MemberProgress:
    if event.outcome == "interrupted":
        again = MemberState.TO_ROLL_BACK if event.purpose == "rollback" else MemberState.WAITING
        return replace(before, state=again)
    if event.purpose == "rollback":
        is_back = event.outcome in {"verified", "unchanged"}
        state = MemberState.ROLLED_BACK if is_back else MemberState.ROLLBACK_FAILED
    else:
        state = _PROMOTED.get(event.outcome, MemberState.FAILED)
    remains = remains_after_end(before.remains, event)
    return replace(before, state=state, cause=event.cause, remedy=event.remedy, ended_at=event.at, remains=remains)


def _answered(release: Release, event: Answered) -> Release:
    match event.answer:
        case "go":
            return replace(release, go_until=_next_wave(release))
        case "retry":
            return _with(release, event.services, _retried)
        case "skip":
            return _with(release, _with_dependants(release, event.services), lambda before: _skipped(before, event))
        case "roll_back":
            back = _with(release, event.services, _to_roll_back)
            after = _with_dependants(back, event.services) - {*event.services}
            return _with(back, after, lambda before: _skipped(before, event))
        case "roll_back_all":
            again = replace(release, rolls_back=True, stops=False, ended=None)
            return _with(again, release.progress, _taken_back)
        case "stop":
            return replace(release, stops=True)
        case _:
            assert_never(event.answer)


def _next_wave(release: Release) -> int:
    """Return the wave that a go lets begin: that of the first service that waits, where waves were skipped."""
    waiting = release.in_state(MemberState.WAITING)
    return max(release.go_until + 1, release.wave_of(waiting[0]) if waiting else 0)


def _with(release: Release, services: Collection[str], change: Callable[[MemberProgress], MemberProgress]) -> Release:
    changed = {name: change(before) for name, before in release.progress.items() if name in services}
    return replace(release, progress=release.progress | changed)


def _retried(before: MemberProgress) -> MemberProgress:
    if before.state not in IN_TROUBLE:
        return before
    agreed = (*before.agreed, before.found) if before.why == "moved" else before.agreed
    tried = replace(before, cause="", remedy="")  # it was in trouble, and waits for another look
    if before.state is MemberState.ROLLBACK_FAILED:
        return replace(tried, state=MemberState.TO_ROLL_BACK, agreed=agreed)
    return replace(tried, state=MemberState.WAITING, accepted=before.now or before.accepted, now=None, agreed=agreed)


def _with_dependants(release: Release, services: Collection[str]) -> set[str]:
    known = [service for service in services if service in release.progress]
    return {each for service in known for each in (service, *release.dependants(service))}


def _skipped(before: MemberProgress, event: Answered) -> MemberProgress:
    if before.state not in IN_TROUBLE | {MemberState.WAITING}:
        return before
    return replace(before, state=MemberState.SKIPPED, reason=event.reason)


def _to_roll_back(before: MemberProgress) -> MemberProgress:
    if not can_be_taken_back(before):
        return before
    losses = before.losses if before.state is MemberState.ROLLBACK_FAILED else ()  # else those of a promotion
    return replace(before, state=MemberState.TO_ROLL_BACK, losses=losses)


def _taken_back(before: MemberProgress) -> MemberProgress:
    """Return the member where all of the release is rolled back: what is held and has brought nothing is skipped."""
    after = _to_roll_back(before)
    return replace(after, state=MemberState.SKIPPED) if after.state is MemberState.HELD else after
