"""How the members of a release stand, counted and in words: the same ones in a notice, on a screen and in a chat."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from promote_tui.core.releases.release import MemberProgress, MemberState, Release
from promote_tui.core.releases.remains import describe_remains

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS: Mapping[MemberState, str] = {
    MemberState.VERIFIED: "verified",
    MemberState.UNCHANGED: "already there",
    MemberState.ROLLED_BACK: "rolled back",
    MemberState.FAILED: "failed",
    MemberState.HELD: "held",
    MemberState.ROLLBACK_FAILED: "not rolled back",
    MemberState.SKIPPED: "skipped",
    MemberState.TO_ROLL_BACK: "to roll back",
    MemberState.RUNNING: "running",
    MemberState.ROLLING_BACK: "rolling back",
    MemberState.WAITING: "not started",
}


def describe_member(progress: MemberProgress) -> str:
    """Return `skipped (deployed, not proved)`: how a member stands, and what runs where that does not say it."""
    return with_remains(_WORDS[progress.state], progress)


def with_remains(words: str, progress: MemberProgress) -> str:
    """Return the words for a member's state with what its stack runs, where they do not say it."""
    runs = describe_remains(progress)
    return f"{words} ({runs})" if runs else words


def outcome_words(release: Release) -> str:
    """Return `4 verified, 1 skipped (deployed, not proved)`."""
    in_order = sorted(release.progress.values(), key=lambda each: [*_WORDS].index(each.state))
    counts = Counter(describe_member(each) for each in in_order)
    return ", ".join(f"{count} {words}" for words, count in counts.items())
