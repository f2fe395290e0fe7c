"""What the releases wait for: an answer, somebody to resume them, and the sign-offs of their whole sets."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from promote_tui.core.identity import person
from promote_tui.core.inbox.item import InboxItem
from promote_tui.core.releases.next_commands import is_interrupted, next_commands
from promote_tui.core.releases.release import IN_TROUBLE, MemberState
from promote_tui.core.text import plural
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from promote_tui.core.inbox.item import Viewer
    from promote_tui.core.inbox.promotions import PendingPromotion
    from promote_tui.core.model.pipeline import Confirm
    from promote_tui.core.releases.release import Release

STILL_TO_COME = IN_TROUBLE | {MemberState.WAITING}
"""The members that sign-offs can still be wanted for."""


def release_items(
    release: Release, pending: Sequence[PendingPromotion], viewer: Viewer, *, confirm: Confirm, is_at_work: bool
) -> Iterator[InboxItem]:
    """Yield what a release waits for; `pending` are those of its members that are still to come.

    `confirm` is what its stage asks for; `is_at_work`: a process works on it.
    """
    if release.ended is not None:
        return
    if release.paused is not None or is_interrupted(release, is_at_work=is_at_work):
        command = next_commands(release, confirm, is_at_work=is_at_work)[0].command
        yield replace(_answer(release, viewer), command=command)
    yield from _approvals(release, pending, viewer)
    yield from _ticks(release, pending, viewer)


def _about(release: Release, viewer: Viewer) -> InboxItem:
    """Return an item about the release that says nothing yet."""
    by = {person(each.arn, viewer.trusted) for each in (release.planned, release.confirmed) if each}
    since, is_mine = release.planned.at, viewer.person in by
    return InboxItem("release", (), release.stage, "", "", since, is_mine, release=release.name)


def _answer(release: Release, viewer: Viewer) -> InboxItem:
    """Return that a release waits for a person: for an answer, or to be resumed."""
    about, paused = _about(release, viewer), release.paused
    if paused is not None:
        services = paused.services or release.in_state(*STILL_TO_COME)
        return replace(about, services=services, words=paused.words, since=paused.at)
    services = release.in_state(*STILL_TO_COME, MemberState.RUNNING, MemberState.ROLLING_BACK)
    words = "interrupted: no process works on it"
    return replace(about, services=services, words=words, since=_last_heard_of(release))


def _last_heard_of(release: Release) -> datetime | None:
    begun = release.worker or release.confirmed
    moments = [begun.at] if begun else []
    moments += [at for each in release.progress.values() for at in (each.started_at, each.ended_at) if at]
    return max(moments, default=None)


def _approvals(release: Release, pending: Sequence[PendingPromotion], viewer: Viewer) -> Iterator[InboxItem]:
    """Yield that approvals are missing which the viewer can give: not those of the own release."""
    promoter = person((release.confirmed or release.planned).arn, viewer.trusted)
    missing = {each.service: tally for each in pending if (tally := each.missing_approvals(promoter, viewer))}
    if missing:
        words = f"{next(iter(missing.values())).count_words}, {plural(len(missing), 'service')}"
        command = f"promote-tui release approve {release.name}"
        about = _about(release, viewer)
        yield replace(about, kind="approval", services=tuple(missing), words=words, command=command)


def _ticks(release: Release, pending: Sequence[PendingPromotion], viewer: Viewer) -> Iterator[InboxItem]:
    about = _about(release, viewer)
    for entry in dict.fromkeys(entry for each in pending for entry in each.missing_ticks()):
        services = tuple(each.service for each in pending if entry in each.missing_ticks())
        words = f"{entry}, {plural(len(services), 'service')}"
        command = f"promote-tui release check {release.name} {shlex.quote(entry)}"
        yield replace(about, kind="tick", services=services, words=words, command=command, entry=entry)
