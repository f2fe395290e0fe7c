"""Which code counts as verified in a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.model.cells import Deployed, Halfway
from promote_tui.core.text import short
from promote_tui.core.value import Moment, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from promote_tui.core.model.cells import Cell
    from promote_tui.core.runs.run import Run
    from promote_tui.core.traffic.model import Traffic


class VerifiedBy(Value):
    """A run ended VERIFIED there for this code; `commit` is the one that the run deployed."""

    run: str
    commit: str
    at: Moment


class ObservedDeploy(Value, tag="Observed"):
    """Nothing is on record for the stage, but this code is deployed there and the stack is stable."""

    commit: str
    since: Moment | None


class NotVerified(Value):
    """It does not count as verified, and why; `unproved`: it runs there, and its deploy or proof did not end well."""

    reason: str
    unproved: bool = False


class NothingOnRecord(Value):
    """Nothing was verified in the stage, so that the record neither speaks for this code nor against it.

    `except_current`: nothing but the code that runs there now.
    """

    commit: str
    stage: str
    except_current: bool = False


class RollbackRefusal(Value):
    """A rollback may not go to this code, and why; `instead` is what makes one possible.

    A person can adopt what runs there, choose what was verified there, or name a commit older than what runs there.
    """

    reason: str
    instead: Literal["adopt", "verified", "older"]


Verification: TypeAlias = VerifiedBy | ObservedDeploy | NotVerified
RollbackVerification: TypeAlias = Verification | NothingOnRecord | RollbackRefusal
"""What decides whether a rollback may go to code: how it did in the stage itself."""
SameCode: TypeAlias = "Callable[[str, str], bool]"
"""Tells whether two commits have the same service tree."""


def verification(commit: str, stage: str, cell: Cell | None, runs: Sequence[Run], same_code: SameCode) -> Verification:
    """Return whether `commit` counts as verified in `stage`.

    `runs` are those of this service in this stage, newest first. What is not on record counts as
    observed only as long as no run ever succeeded there: afterwards the record is what is trusted. Code that a
    rollback has left counts again once a later run has verified it.
    """
    from promote_tui.core.runs.run import Outcome  # noqa: PLC0415 - the first frame shows no run

    if isinstance(cell, Halfway):
        ends = (cell.between.was, cell.between.to)
        if any(end and same_code(end, commit) for end in ends):
            return NotVerified(f"{stage} is {cell.between.place} ({cell.between.status})")
    runs = [run for run in runs if not run.is_external_update and not run.is_recovery]
    for run in runs:
        if run.unproved and same_code(run.to_commit, commit):
            cause = run.cause.removeprefix("deployed, not proved: ")
            return NotVerified(f"{short(commit)} was not proved in {stage}: {cause} (run {run.id})", unproved=True)
        if run.outcome is Outcome.VERIFIED:
            if same_code(run.to_commit, commit):
                return VerifiedBy(run.id, run.to_commit, run.ended_at or run.started_at)
            if run.kind == "rollback" and run.from_commit and same_code(run.from_commit, commit):
                return NotVerified(f"{short(commit)} was rolled back in {stage} by run {run.id}")
    deployed_now = isinstance(cell, Deployed) and same_code(cell.commit, commit)
    if not isinstance(cell, Deployed) or not deployed_now:
        return NotVerified(f"{short(commit)} was never verified in {stage}")
    return _observed(cell, stage, runs)


def _observed(cell: Deployed, stage: str, runs: Sequence[Run]) -> Verification:
    from promote_tui.core.runs.run import Outcome  # noqa: PLC0415 - the same

    if any(run.outcome is Outcome.VERIFIED for run in runs):
        return NotVerified(
            f"{short(cell.commit)} was deployed to {stage} without promote-tui; promote it to {stage}, or adopt it"
        )
    if any(run.outcome is Outcome.UNKNOWN for run in runs):
        return NotVerified(f"a run to {stage} ended without a verdict; reconcile it first")
    if not cell.stack.status.deployable:
        return NotVerified(f"the stack in {stage} is {cell.stack.status_name}")
    alias = cell.stack.alias
    if alias is not None and alias.by_tag:
        was = f"{stage} names the tag {alias.text}, which is {short(cell.commit)} here and may have been moved since"
        return NotVerified(f"{was} the deploy; adopt it, or promote it to {stage}")
    return ObservedDeploy(cell.commit, cell.stack.updated_at)


def doubt_traffic(found: Verification | None, traffic: Traffic) -> NotVerified:
    """Return that code is not verified where not all requests reach it; what was doubted before stays said."""
    if isinstance(found, NotVerified):
        return found
    return NotVerified(f"{traffic.headline}: {'; '.join(traffic.details)}")


def observed_before(commit: str, runs: Sequence[Run], same_code: SameCode) -> ObservedDeploy | None:
    """Return the code that a stage ran before its first run on record, to which a rollback may go.

    None where it was rolled back, or not proved, since.
    """
    runs = [run for run in runs if not run.has_no_deploy]
    oldest = runs[-1] if runs else None
    if oldest is None or not oldest.from_commit or not same_code(oldest.from_commit, commit):
        return None
    steady = (oldest.planned.stack_status or "").endswith("_COMPLETE")
    left = any(_refuted(run, commit, same_code) for run in runs)
    return ObservedDeploy(oldest.from_commit, None) if steady and not left else None


def nothing_on_record(
    commit: str, stage: str, now: str | None, runs: Sequence[Run], same_code: SameCode
) -> NothingOnRecord | None:
    """Return that the record says nothing about code, in a stage where only what runs there is verified.

    A person may then go back to a commit that is older than `now`, which runs there (None: it is not older), but not to
    code that was rolled back or not proved there.
    """
    ours = [run for run in runs if not run.is_external_update and not run.is_recovery]
    if now is None or has_other_verified(now, stage, ours, same_code):
        return None
    if any(_refuted(run, commit, same_code) for run in ours):
        return None
    return NothingOnRecord(
        commit, stage, except_current=counts_as_verified(verification(now, stage, None, ours, same_code))
    )


def has_other_verified(now: str | None, stage: str, runs: Sequence[Run], same_code: SameCode) -> bool:
    """Tell whether a stage's record has verified other code than what runs there now."""
    others = {run.to_commit for run in runs if run.to_commit and not (now and same_code(run.to_commit, now))}
    return any(counts_as_verified(verification(sha, stage, None, runs, same_code)) for sha in others)


def refuse_rollback(
    commit: str, found: NotVerified, why: str, runs: Sequence[Run], same_code: SameCode
) -> RollbackRefusal:
    """Return why a rollback may not go to code where nothing else is verified; `why` what runs there is not known.

    Which commits are older cannot be told then, until a person says what runs there.
    """
    refuted = any(_refuted(run, commit, same_code) for run in runs if not run.is_external_update)
    return RollbackRefusal(found.reason, "older") if refuted or not why else RollbackRefusal(why, "adopt")


def _refuted(run: Run, commit: str, same_code: SameCode) -> bool:
    from promote_tui.core.runs.run import Outcome  # noqa: PLC0415 - the same

    if run.outcome is Outcome.FAILED:
        return run.unproved and same_code(run.to_commit, commit)
    left = run.from_commit if run.outcome is Outcome.VERIFIED and run.kind == "rollback" else None
    return bool(left and same_code(left, commit))


def counts_as_verified(found: Verification) -> bool:
    """Tell whether the next stage may be reached from here."""
    return isinstance(found, VerifiedBy | ObservedDeploy)
