"""The services of a release as text: what each brings, how far it is, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.cli.text.narration import short_commit
from promote_tui.cli.text.style import Role, Segment
from promote_tui.core.releases.outcome_words import with_remains
from promote_tui.core.releases.overview import newest_review
from promote_tui.core.releases.release import MemberState
from promote_tui.core.text import advice, clean, plural
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.cli.text.style import Style
    from promote_tui.core.releases.release import MemberProgress, Release
    from promote_tui.core.releases.review import MemberReview
    from promote_tui.engine.releases.selection import Candidate

_LINE = 1_000
_STATES: Mapping[MemberState, tuple[str, Role]] = {
    MemberState.WAITING: ("never", "calm"),
    MemberState.RUNNING: ("running", "busy"),
    MemberState.VERIFIED: ("passed", "good"),
    MemberState.UNCHANGED: ("same", "good"),
    MemberState.FAILED: ("failed", "bad"),
    MemberState.HELD: ("hold", "warn"),
    MemberState.SKIPPED: ("hold", "calm"),
    MemberState.TO_ROLL_BACK: ("attention", "warn"),
    MemberState.ROLLING_BACK: ("running", "busy"),
    MemberState.ROLLED_BACK: ("passed", "warn"),
    MemberState.ROLLBACK_FAILED: ("failed", "bad"),
}


def member_segments(release: Release, service: str, style: Style) -> list[Segment]:
    """Return a service of a release as columns: name, change, what its plan says, state, run, cause."""
    member, progress = release.member(service), release.progress[service]
    sign, role = _STATES[progress.state]
    change = f"{short_commit(member.from_commit)} {style.sign('arrow')} {short_commit(member.commit)}"
    return [
        Segment(f"  {style.sign(sign)}", role),
        Segment(clean(service)),
        Segment(change, "calm"),
        Segment(_plan_words(release, service, style), "calm"),
        Segment(with_remains(progress.state.value.replace("_", " "), progress), role),
        Segment(clean(progress.rollback or progress.run), "calm"),
        Segment(clean(_cause(progress), limit=_LINE), role),
    ]


def _plan_words(release: Release, service: str, style: Style) -> str:
    """Return what a service's plan says; the gates that were blocked only as long as it waits."""
    review = newest_review(release, service)
    is_over = review is not None and release.progress[service].state is not MemberState.WAITING
    return review_words(replace(review, blocked=()) if review is not None and is_over else review, style)


def _cause(progress: MemberProgress) -> str:
    if progress.state is MemberState.SKIPPED:
        return progress.reason
    return advice(progress.cause, progress.remedy)


def review_words(review: MemberReview | None, style: Style) -> str:
    """Return `3 commits, ~2 +1; blocked: soak`, or why there is no plan."""
    if review is None:
        return "not reviewed"
    if review.problem:
        return clean(f"no plan: {review.problem}", limit=_LINE)
    blocked = f"blocked: {', '.join(gate.name for gate in review.blocked)}" if review.blocked else ""
    away = f"removes {plural(review.removes, 'commit')}" if review.removes else ""
    counts = ", ".join(part for part in (plural(review.commits, "commit"), away, _changes(review, style)) if part)
    return advice(counts, clean(blocked))


def _changes(review: MemberReview, style: Style) -> str:
    if review.unknown:
        return "changes unknown"
    counted = {
        "replace": sum(each.replacement != "false" for each in review.changes),
        "remove": sum(each.action == "remove" for each in review.changes),
        "modify": sum(each.action == "modify" and each.replacement == "false" for each in review.changes),
        "add": sum(each.action == "add" for each in review.changes),
    }
    return " ".join(f"{style.sign(name)}{count}" for name, count in counted.items() if count)


def candidate_words(found: Candidate, style: Style) -> str:
    """Return in a line what was read of a service for a release."""
    if found.draft is None:
        why = found.left_out.advice if found.left_out else ""
        return clean(f"{found.service}: left out, {why}", limit=_LINE)
    brings = plural(len(found.draft.brings), "commit")
    return clean(f"{found.service}: {style.sign('arrow')} {found.draft.commit.short}, {brings}", limit=_LINE)
