"""One commit that may be due on a target: what keeps it away, asked from the cheapest answer to the dearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import CredentialsError, PromoteError
from promote_tui.core.gates.options import PromotionOptions
from promote_tui.core.sync.attempts import refuse_another_attempt
from promote_tui.core.sync.decision import Deploy, Undecided, Waiting
from promote_tui.core.sync.gates import wait_for_gates
from promote_tui.core.sync.tip import decide
from promote_tui.engine.planning.planner import make_draft
from promote_tui.engine.sync.locks import wait_for_lock
from promote_tui.engine.verification import commits_of, runs_of, same_code

if TYPE_CHECKING:
    from promote_tui.core.sync.decision import SyncDecision
    from promote_tui.core.sync.tip import DueCommit
    from promote_tui.engine.sync.selection import SyncTarget

SYNC = PromotionOptions(started_by="sync")


def examine_commit(each: SyncTarget, due: DueCommit, *, retry: bool) -> SyncDecision:
    """Return what is done about a commit; trouble is an answer, never raised."""
    found = decide(due)
    try:
        match found:
            case Deploy():
                return _find_obstacle(each, due.commit, retry=retry) or found
            case Waiting():
                return wait_for_lock(each.context, each.target) or found
            case _:
                return found
    except PromoteError as error:
        return describe_trouble(error)


def describe_trouble(error: PromoteError) -> Undecided:
    """Return that it is not known what is due, and why."""
    return Undecided(error.cause, error.remedy, isinstance(error, CredentialsError))


def _find_obstacle(each: SyncTarget, commit: str, *, retry: bool) -> Waiting | None:
    """Return what keeps a commit away: a lock, how it went before, a gate; raises PromoteError."""
    held = wait_for_lock(each.context, each.target) or (None if retry else _refuse_attempt(each, commit))
    if held is not None:
        return held
    draft = make_draft(each.context, each.service, each.stage, commit, SYNC)
    return wait_for_gates(draft.gates, patient=each.trigger == "verified")


def _refuse_attempt(each: SyncTarget, commit: str) -> Waiting | None:
    runs = runs_of(each.context.ledger, each.target)
    if not runs:
        return None
    same = same_code(each.context, each.service, {commit, *(sha for run in runs for sha in commits_of(run))})
    return refuse_another_attempt(commit, runs, same)
