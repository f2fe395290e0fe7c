"""How far a member of a release is: its state, its step, its resources, and how long it still takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import duration
from promote_tui.core.releases.durations import describe_work
from promote_tui.core.releases.outcome_words import with_remains
from promote_tui.core.releases.release import AT_WORK, IN_TROUBLE, MemberState
from promote_tui.core.releases.remains import describe_remains
from promote_tui.core.runs.steps import steps
from promote_tui.tui.presentation.run.resources import bar
from promote_tui.tui.presentation.style import BLANK, Role, fit, ink, line

if TYPE_CHECKING:
    from textual.content import Content

    from promote_tui.core.releases.release import MemberProgress
    from promote_tui.core.releases.review import MemberReview
    from promote_tui.tui.presentation.glyphs import Glyphs
    from promote_tui.tui.presentation.release.guided.model import GuidedRelease
    from promote_tui.tui.presentation.run.progress import RunView

_STATE, _RESOURCES, _BAR = 16, 11, 6
_MOST_DONE = 0.95
"""How full a bar gets before its end: an estimate does not say that something is over."""
_WORDS: dict[MemberState, tuple[str, Role]] = {
    MemberState.WAITING: ("waiting", "muted"),
    MemberState.RUNNING: ("starting", "strong live"),
    MemberState.VERIFIED: ("verified", "good"),
    MemberState.UNCHANGED: ("already there", "good"),
    MemberState.FAILED: ("failed", "strong bad"),
    MemberState.HELD: ("held", "strong warn"),
    MemberState.SKIPPED: ("skipped", "muted"),
    MemberState.TO_ROLL_BACK: ("to roll back", "warn"),
    MemberState.ROLLING_BACK: ("rolling back", "strong live"),
    MemberState.ROLLED_BACK: ("rolled back", "warn"),
    MemberState.ROLLBACK_FAILED: ("not back", "strong bad"),
}


def sign_of(state: MemberState, glyphs: Glyphs, frame: int = 0) -> str:
    """Return the sign of a member's state."""
    if state in AT_WORK:
        return glyphs.running(frame)
    if state in {MemberState.VERIFIED, MemberState.UNCHANGED}:
        return glyphs.passed
    signs = {
        MemberState.HELD: glyphs.attention,
        MemberState.SKIPPED: glyphs.alone,
        MemberState.ROLLED_BACK: glyphs.back,
        MemberState.TO_ROLL_BACK: glyphs.never,
        MemberState.WAITING: glyphs.never,
    }
    return signs.get(state, glyphs.failed)


def member_words(progress: MemberProgress) -> str:
    """Return how a member stands in words, with what runs where its state does not say it."""
    return with_remains(_WORDS[progress.state][0], progress)


def progress_cells(guided: GuidedRelease, service: str) -> Content:
    """Return `◐ deploy        3 of 12    ▰▰▱▱▱▱ 1m40s left`; of trouble and of what is skipped the reason."""
    progress = guided.release.progress[service] if guided.release else None
    if progress is None:
        return BLANK
    run, (words, role) = guided.runs.get(service), _WORDS[progress.state]
    if run is not None and progress.state in AT_WORK:
        words = _step(run, words)
    state = fit(ink(f"{sign_of(progress.state, guided.glyphs, guided.frame)} {words}", role), _STATE)
    if progress.state in IN_TROUBLE or progress.state is MemberState.SKIPPED:
        return line(state, _what_runs(progress), ink(_why(progress), "muted"))
    review = guided.review(service)
    return line(state, fit(_resources(run, review, progress), _RESOURCES), _time(guided, run, progress, review))


def _what_runs(progress: MemberProgress) -> Content:
    runs = describe_remains(progress)
    return ink(f"{runs}: ", "warn") if runs else BLANK


def _why(progress: MemberProgress) -> str:
    return progress.reason or progress.cause if progress.state is MemberState.SKIPPED else progress.cause


def _step(run: RunView, otherwise: str) -> str:
    if run.gone:
        return "runner is gone"
    if run.stack.rollback is not None:
        return "AWS rolls back"
    return next((each.name for each in steps(run.run, run.now) if each.progress == "running"), otherwise)


def _resources(run: RunView | None, review: MemberReview | None, progress: MemberProgress) -> Content:
    """Return `3 of 12`: what is finished, of what was reviewed; more where there turned out to be more."""
    if run is None or not run.stack.rows:
        return BLANK
    finished = run.stack.finished
    if progress.state not in AT_WORK:
        return ink(str(finished), "muted")
    expected = len(review.changes) if review is not None else 0
    return ink(f"{finished} of {max(expected, len(run.stack.rows))}")


def _time(guided: GuidedRelease, run: RunView | None, progress: MemberProgress, review: MemberReview | None) -> Content:
    usual = run.usual.total if run is not None and run.usual is not None else None
    usual = usual if usual is not None else review.typical_seconds if review is not None else None
    if progress.state is MemberState.WAITING:
        return ink(describe_work(usual or 0), "faint")
    if progress.started_at is None:
        return BLANK
    spent = ((progress.ended_at or guided.now) - progress.started_at).total_seconds()
    if progress.state not in AT_WORK or usual is None or progress.state is MemberState.ROLLING_BACK:
        return ink(duration(spent), "muted")
    share = bar(min(_MOST_DONE, spent / usual if usual else _MOST_DONE), guided.glyphs, _BAR)
    if spent >= usual:
        return line(share, ink(f" {duration(spent)}, late", "warn"))
    left = int(usual - spent)
    return line(share, ink(f" {duration(left)} left" if left else ""))
