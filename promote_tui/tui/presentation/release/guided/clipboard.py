"""What can be copied of a release: a summary for a chat, the commits that it brings, its commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.releases.durations import describe_time, time_taken
from promote_tui.core.releases.outcome_words import outcome_words
from promote_tui.core.releases.overview_words import summary_rows
from promote_tui.core.releases.release import ReleaseStatus
from promote_tui.core.text import clean, plural, short
from promote_tui.tui.presentation.release.guided.progress import member_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.releases.release import Release
    from promote_tui.tui.presentation.copy_items import CopyItem
    from promote_tui.tui.presentation.release.guided.model import GuidedRelease

_VERBS = {
    ReleaseStatus.DONE: "is done",
    ReleaseStatus.STOPPED: "was stopped",
    ReleaseStatus.ROLLED_BACK: "was rolled back",
    ReleaseStatus.RUNNING: "is running",
    ReleaseStatus.SCHEDULED: "is scheduled",
    ReleaseStatus.PAUSED: "waits for a person",
    ReleaseStatus.PLANNED: "is planned",
}


def copies(guided: GuidedRelease) -> Sequence[CopyItem]:
    """Return all that can be copied, the summary for a chat first."""
    release = guided.release
    if release is None:
        return []
    return [
        ("summary for a chat", chat_summary(guided, release)),
        ("commits of the release", commits(release)),
        ("command that watches it", f"promote-tui release show {release.name} --watch"),
        ("name of the release", release.name),
    ]


def chat_summary(guided: GuidedRelease, release: Release) -> str:
    """Return the release in a few lines that can be pasted into a chat."""
    taken = time_taken(release, guided.now) if release.ended is not None else None
    took = f", {describe_time(taken)}" if taken is not None else ""
    lines = [f"Release {release.name} to {release.stage} {_VERBS[release.status]}{took}: {outcome_words(release)}"]
    for wave in release.planned.waves:
        lines += [_member(release, name) for name in wave]
    if guided.summary is not None and release.status is ReleaseStatus.PLANNED:
        lines += [f"{row.name}: {row.words}" for row in summary_rows(guided.summary)]
    return "\n".join(clean(text) for text in lines)


def _member(release: Release, name: str) -> str:
    member, progress, review = release.member(name), release.progress[name], release.reviews.get(name)
    old = "never" if member.from_commit is None else short(member.from_commit) or "unknown"
    many = f", {plural(review.commits, 'commit')}" if review is not None else ""
    why = f" ({progress.reason or progress.cause})" if progress.reason or progress.cause else ""
    return f"- {name} {old} -> {short(member.commit)}{many}: {member_words(progress)}{why}"


def commits(release: Release) -> str:
    """Return each service with the commit that it gets."""
    return "\n".join(clean(f"{each.service} {each.commit} {each.subject}") for each in release.members)
