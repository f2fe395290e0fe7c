"""How long a release takes, by what its services usually take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.planning.credentials import ASSUMED
from promote_tui.core.releases.release import AT_WORK, MemberState

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Stage
    from promote_tui.core.releases.release import Release

_LEFT = AT_WORK | {MemberState.WAITING, MemberState.FAILED, MemberState.HELD}


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
