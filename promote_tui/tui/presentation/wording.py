"""Ages, times and drift as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from promote_tui.core import durations
from promote_tui.core.git.relation import Ahead, Behind, Diverged, NotApplicable, Relation, Same, Unknown, counts
from promote_tui.core.text import plural

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Confirm

_CONFIRM: dict[Confirm, str] = {"none": "one key", "ask": "asks to confirm", "type": "typed confirmation"}

_AGE = 3
"""Characters of an age."""


def age(then: datetime | None, now: datetime) -> str:
    """Return how long ago, in at most three characters; nothing where it is not known."""
    if then is None:
        return ""
    words = durations.age(then, now)
    return words if len(words) <= _AGE else f"{(now - then).days // 365}y"


def ago(then: datetime, now: datetime) -> str:
    """Return `40s ago`, or `just now`."""
    words = age(then, now)
    return "just now" if words == "0s" else f"{words} ago"


def exact_time(at: datetime, local: tzinfo | None = None) -> str:
    """Return `19 Mar 2026 16:10 (15:10 UTC)`: the time here first; `19 Mar 2026 15:10 UTC` where both are one."""
    there, here = at.astimezone(UTC), at.astimezone(local)
    shown = f"{here.day} {here:%b %Y %H:%M}"
    return f"{shown} UTC" if here.utcoffset() == there.utcoffset() else f"{shown} ({there:%H:%M} UTC)"


def drift_short(relation: Relation) -> str:
    """Return `-3`, `+2` or `-4+1`; above 99 stays 99."""
    ahead, behind = (min(99, count) for count in counts(relation))
    return (f"-{behind}" if behind else "") + (f"+{ahead}" if ahead else "")


def drift_brief(relation: Relation) -> str:
    """Return `3 behind`, `2 ahead` or `4 behind 1 ahead`."""
    ahead, behind = counts(relation)
    return " ".join(part for part in (f"{behind} behind" if behind else "", f"{ahead} ahead" if ahead else "") if part)


def drift_words(relation: Relation, against: str | None) -> str:
    """Return the drift in a phrase: `3 commits behind dev`."""
    where = against or "the stage before"
    match relation:
        case Same():
            return f"same as {where}"
        case Behind(behind):
            return f"{plural(behind, 'commit')} behind {where}"
        case Ahead(ahead):
            return f"{plural(ahead, 'commit')} ahead of {where}"
        case Diverged(ahead, behind):
            return f"{plural(behind, 'commit')} behind {where}, {ahead} ahead"
        case Unknown(reason):
            return reason
        case NotApplicable():
            return f"nothing to compare with in {where}" if against else "first stage"


def confirmation_words(confirm: Confirm) -> str:
    """Return how a stage wants to be confirmed."""
    return _CONFIRM[confirm]


def without_options(remedy: str, keys: str) -> str:
    """Return the next step as it is taken here: keys, where it names an option of the command line."""
    if "--commit" not in remedy:
        return remedy
    return remedy.replace("pass --commit", keys) if "pass --commit" in remedy else keys
