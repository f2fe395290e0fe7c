"""How long a release takes, by what its services usually take, and how long it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import duration
from promote_tui.core.planning.credentials import ASSUMED
from promote_tui.core.releases.release import AT_WORK, MemberState
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from datetime import datetime

    from promote_tui.core.model.pipeline import Stage
    from promote_tui.core.releases.release import Release

_SHORTEST = 1.0
"""Seconds: less is not worth a word."""
_LEFT = AT_WORK | {MemberState.WAITING, MemberState.FAILED, MemberState.HELD}


class ReleaseTime(Value):
    """The seconds that a release took, and how many of them it waited for a person."""

    took: float
    waited: float


def time_taken(release: Release, now: datetime) -> ReleaseTime | None:
    """Return how long a release took from its beginning to its end, or until now; None where it has not begun."""
    if release.begun_at is None:
        return None
    end = release.ended.at if release.ended else now
    took = (end - release.begun_at).total_seconds()
    waits = (end - release.paused.at).total_seconds() if release.paused else 0.0
    return ReleaseTime(took, release.waited_seconds + waits) if took >= 0 else None


def describe_time(taken: ReleaseTime) -> str:
    """Return `took 12m30s, 8m00s of it waiting`."""
    waited = f", {duration(taken.waited)} of it waiting" if taken.waited >= _SHORTEST else ""
    return f"took {duration(taken.took)}{waited}"


def describe_work(seconds: float) -> str:
    """Return `about 2m00s of work`; empty where none is left."""
    return f"about {duration(seconds)} of work" if seconds >= _SHORTEST else ""


def expected_seconds(release: Release, stage: Stage) -> float:
    """Return how long what is left of a release takes: the waves one after another, with as many at once as allowed.

    Where no run is on record ten minutes are assumed, and the stage's bake.
    """
    return sum(_wave_seconds(release, wave, stage) for wave in release.planned.waves)


def _wave_seconds(release: Release, wave: tuple[str, ...], stage: Stage) -> float:
    """Give each service to the place that is free first, the longest ones first."""
    seconds = (_member_seconds(release, name, stage) for name in wave if release.progress[name].state in _LEFT)
    busy = [0.0] * max(1, stage.release.parallel)
    for each in sorted(seconds, reverse=True):
        busy[busy.index(min(busy))] += each
    return max(busy)


def _member_seconds(release: Release, service: str, stage: Stage) -> float:
    review = release.reviews.get(service)
    if review is None or review.typical_seconds is None:
        return ASSUMED + stage.rules.bake_seconds
    return review.typical_seconds
