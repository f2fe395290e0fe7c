"""An event of a release in a line: when, and what happened."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from promote_tui.core.durations import duration, utc_minute
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
)
from promote_tui.core.text import advice, clean, join_words, plural

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from promote_tui.cli.text.narration import Told
    from promote_tui.cli.text.style import Style
    from promote_tui.core.releases.events import AnswerKind, MemberOutcome

_LINE = 2_000
_OUTCOMES: Mapping[MemberOutcome, Told] = {
    "verified": ("verified", "good"),
    "unchanged": ("runs there already", "good"),
    "failed": ("failed", "bad"),
    "rolled_back": ("failed and was rolled back", "bad"),
    "not_submitted": ("was not deployed", "bad"),
    "unknown": ("ended, nobody knows how", "warn"),
    "interrupted": ("had not begun", "warn"),
}
_ANSWERS: Mapping[AnswerKind, str] = {
    "go": "let the next wave begin",
    "retry": "retries",
    "skip": "skips",
    "roll_back": "rolls back",
    "roll_back_all": "rolls back the whole release",
    "stop": "stopped it",
}


def narrate_release(event: ReleaseEvent, began: datetime, style: Style) -> str:
    """Return an event in a line, with the time since the release's process began."""
    since = duration((event.at - began).total_seconds())
    words, role = release_event_words(event)
    return f"{style.paint(f'{since:>6}', 'calm')}  {style.paint(clean(words, limit=_LINE), role)}"


@functools.singledispatch
def release_event_words(_event: ReleaseEvent) -> Told:
    """Return what happened, in words; what is not registered below is an event of a newer version."""
    return "an event of a newer version of promote-tui", "warn"


@release_event_words.register(ReleasePlanned)
def _(event: ReleasePlanned) -> Told:
    count, waves = plural(len(event.members), "service"), plural(len(event.waves), "wave")
    return f"release {event.name} planned by {event.who}: {count} into {event.stage} in {waves}", "plain"


@release_event_words.register(MemberReviewed)
def _(event: MemberReviewed) -> Told:
    return f"{event.service} reviewed: {plural(event.review.commits, 'commit')}", "plain"


@release_event_words.register(ReleaseConfirmed)
def _(event: ReleaseConfirmed) -> Told:
    until = f", to start {utc_minute(event.starts_at)}" if event.starts_at else ""
    return f"confirmed by {event.who}{until}", "plain"


@release_event_words.register(ProcessStarted)
def _(event: ProcessStarted) -> Told:
    return f"process {event.process.pid} on {event.host} works on it", "plain"


@release_event_words.register(MemberStarted)
def _(event: MemberStarted) -> Told:
    word = "promotion" if event.purpose == "promotion" else "rollback"
    return f"{event.service}: {word} begins (run {event.run})", "busy"


@release_event_words.register(MemberEnded)
def _(event: MemberEnded) -> Told:
    words, role = _OUTCOMES[event.outcome]
    told = f"rollback {words}" if event.purpose == "rollback" else words
    return advice(f"{event.service}: {told}" + (f": {event.cause}" if event.cause else ""), event.remedy), role


@release_event_words.register(MemberHeld)
def _(event: MemberHeld) -> Told:
    return advice(f"{event.service}: not started: {event.cause}", event.remedy), "warn"


@release_event_words.register(ReleasePaused)
def _(event: ReleasePaused) -> Told:
    return f"paused: {event.words}", "warn"


@release_event_words.register(Answered)
def _(event: Answered) -> Told:
    about = f" {join_words(event.services)}" if event.services else ""
    because = f": {event.reason}" if event.reason else ""
    return f"{event.who} {_ANSWERS[event.answer]}{about}{because}", "warn"


@release_event_words.register(ReleaseEnded)
def _(event: ReleaseEnded) -> Told:
    return f"ended: {event.outcome.replace('_', ' ')}", "good" if event.outcome == "done" else "warn"
