"""The notices of releases: that one has begun, waits for a person, or has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.releases.outcome_words import outcome_words
from promote_tui.core.releases.release import Release, ReleaseStatus
from promote_tui.core.runs.notices import SIGNS, About, Notice
from promote_tui.core.text import clean, list_first, plural

if TYPE_CHECKING:
    from promote_tui.core.model.channels import Occasion

_LONGEST = 500


def release_started(release: Release) -> Notice:
    """Return the notice that the first services of a release are about to be started."""
    planned = release.planned
    what = f"{plural(len(planned.members), 'service')} in {plural(len(planned.waves), 'wave')}"
    return _notice("started", release, f"{what}, by {_who(release)}")


def release_left(release: Release) -> Notice | None:
    """Return the notice that a release waits for a person, or has ended; None where it does neither."""
    if release.status in {ReleaseStatus.DONE, ReleaseStatus.ROLLED_BACK}:
        return _notice("succeeded", release, f"{_ended(release)}, by {_who(release)}")
    if release.status is ReleaseStatus.STOPPED:
        return _notice("failed", release, f"{_ended(release)}, by {_who(release)}")
    paused = release.paused
    if paused is None:
        return None
    how = f"promote-tui release show {release.name}"
    if paused.why == "go":
        return _notice("approval_wanted", release, f"{paused.words}: {list_first(paused.services)}; {how}")
    words = _trouble(release, paused.services) or paused.words
    return _notice("failed", release, f"it waits for an answer; {words}; {how}")


def _ended(release: Release) -> str:
    return f"{release.status.value.replace('_', ' ')}: {outcome_words(release)}"


def _trouble(release: Release, services: tuple[str, ...]) -> str:
    return list_first([f"{name}: {release.progress[name].cause}" for name in services])


def _who(release: Release) -> str:
    given = [answer.who for answer in release.answers]
    return given[-1] if given else release.confirmed.who if release.confirmed else release.planned.who


def _notice(occasion: Occasion, release: Release, words: str) -> Notice:
    text = f"{SIGNS[occasion]} release {release.name} {release.stage}: {words}"
    return Notice(occasion, clean(text, limit=_LONGEST), _about(release))


def _about(release: Release) -> About:
    return About(
        services=tuple(each.service for each in release.planned.members),
        stage=release.stage,
        kind="rollback" if release.status is ReleaseStatus.ROLLED_BACK else "",
        status=release.status.value,
        release=release.name,
        who=_who(release),
    )
