"""What a release has left in its stage: the one answer to what a member's stack runs, whatever became of the member."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.releases.events import Member, MemberEnded, MemberHeld, Remains
from promote_tui.core.releases.release import AT_WORK, MemberProgress, MemberState, Release
from promote_tui.core.runs.run import Outcome, Run
from promote_tui.core.runs.stack_record import commit_after

if TYPE_CHECKING:
    from collections.abc import Mapping

StageRuns: TypeAlias = Literal[Remains, "changing"]
"""What the stack of a member runs; `changing`: its run is at work, or nobody has looked yet how that ended."""
_DEPLOYED: frozenset[StageRuns] = frozenset({"verified", "unproved"})
_OPEN = frozenset({MemberState.WAITING, MemberState.FAILED, MemberState.HELD, *AT_WORK})
"""The states of members that the release may still bring, as long as it has not ended."""
_PROMOTED = frozenset({MemberState.VERIFIED, MemberState.FAILED, MemberState.ROLLBACK_FAILED})
_LEFT_THERE = frozenset({MemberState.HELD, MemberState.WAITING, MemberState.SKIPPED})
"""The states of members that have changed nothing, but for those that an earlier run of the release has deployed."""
_REMARKS: Mapping[StageRuns, str] = {
    "verified": "deployed, verified",
    "unproved": "deployed, not proved",
    "before": "",
    "between": "stuck between two commits",
    "other": "another commit runs",
    "unknown": "what runs is unknown",
    "changing": "",
}


def stage_runs(progress: MemberProgress) -> StageRuns:
    """Return what the stack of a member runs by its release, whatever state the member is in."""
    return "changing" if progress.state in AT_WORK else progress.remains


def is_deployed(progress: MemberProgress) -> bool:
    """Tell whether the stack runs what the release brings, proved or not."""
    return stage_runs(progress) in _DEPLOYED


def deployed_services(release: Release) -> tuple[str, ...]:
    """Return the members whose stacks run what the release brings, proved or not, in the order of the waves."""
    return tuple(name for name in _ordered(release) if is_deployed(release.progress[name]))


def verified_services(release: Release) -> tuple[str, ...]:
    """Return the members whose stacks run what the release brings, verified, in the order of the waves."""
    return tuple(name for name in _ordered(release) if stage_runs(release.progress[name]) == "verified")


def can_be_taken_back(progress: MemberProgress) -> bool:
    """Tell whether the release has brought something, or may have, that a rollback would take away."""
    may_run = is_deployed(progress) or progress.remains in {"between", "unknown"}
    return progress.state in _PROMOTED or (progress.state in _LEFT_THERE and may_run)


def services_to_take_back(release: Release) -> tuple[str, ...]:
    """Return the members that a rollback of the whole release takes back, in the order of the waves."""
    found = release.progress
    return tuple(each for each in _ordered(release) if _is_on_its_way(found[each]) or can_be_taken_back(found[each]))


def _is_on_its_way(progress: MemberProgress) -> bool:
    return progress.state is MemberState.TO_ROLL_BACK


def delivered_services(release: Release) -> tuple[str, ...]:
    """Return the members that the release has brought, or may have, and those that it is still to bring."""
    return tuple(name for name in _ordered(release) if _is_delivered(release, release.progress[name]))


def _is_delivered(release: Release, progress: MemberProgress) -> bool:
    is_to_come = release.ended is None and progress.state in _OPEN
    return is_to_come or is_deployed(progress) or stage_runs(progress) in {"unknown", "changing"}


def describe_remains(progress: MemberProgress) -> str:
    """Return what runs in the stage, where the state of the member does not say it: `deployed, not proved`."""
    if progress.state in {MemberState.VERIFIED, MemberState.UNCHANGED}:
        return ""
    return _REMARKS[stage_runs(progress)]


def remains_of_run(run: Run, member: Member, before: Remains) -> Remains:
    """Return what a member's stack runs after a run of its release that has ended; `before` is what it ran till then.

    A run that changed nothing, or whose update was rolled back, leaves what it found.
    """
    if run.outcome is Outcome.VERIFIED and run.to_commit == member.commit:
        return "verified"
    if run.outcome is Outcome.NOT_SUBMITTED or (run.outcome is Outcome.ROLLED_BACK and not run.still_on):
        return before
    if run.halfway is not None:
        return "between"
    return _of_commit(commit_after(run), member, before)


def _of_commit(commit: str | None, member: Member, before: Remains) -> Remains:
    if commit == "":
        return "unknown"
    if commit == member.commit:
        return before if before in _DEPLOYED else "unproved"
    return "before" if commit == member.from_commit else "other"


def remains_after_end(before: Remains, event: MemberEnded) -> Remains:
    """Return what a member's stack runs after a run; an older version has not written that beside how it ended."""
    if event.remains is not None:
        return event.remains
    if event.outcome in {"not_submitted", "interrupted"}:
        return before
    if event.outcome in {"failed", "unknown"}:
        return "unknown"
    if event.outcome == "rolled_back":
        return before if event.purpose == "rollback" else "before"
    return "before" if event.purpose == "rollback" else "verified"


def remains_after_hold(before: Remains, event: MemberHeld) -> Remains:
    """Return what a member's stack runs where it was not started: something else where somebody has moved it."""
    return "other" if event.why == "moved" else before


def _ordered(release: Release) -> tuple[str, ...]:
    return tuple(name for wave in release.planned.waves for name in wave)
