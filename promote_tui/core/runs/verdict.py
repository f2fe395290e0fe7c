"""What truly happened to a run: one decision, read from the stack, for live and for dead runners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.model.cells import StackState
from promote_tui.core.model.halfway import find_stuck_operation
from promote_tui.core.model.stack_status import (
    Phase,
    RootCause,
    StackEvent,
    has_completed,
    has_rolled_back,
    has_started,
    is_in_progress,
)
from promote_tui.core.runs.events import Failed, NotSubmitted, OutcomeUnknown, RolledBack, Verdict, Verified
from promote_tui.core.runs.unsettled_runs import reconcile_command
from promote_tui.core.stacks.cells import is_halfway, running_commit, valid_sha
from promote_tui.core.text import short
from promote_tui.core.value import Value, replace

if TYPE_CHECKING:
    from datetime import datetime

    from promote_tui.core.errors import PromoteError

_LONGEST = 2000
"""Characters of a cause: an event has to fit into the ledger."""
_ALIKE = 60
"""How many equal characters make two texts give the same reason: each may be cut off."""


class Evidence(Value):
    """All that a verdict may stand on.

    `events` are the stack's events after the one that the plan recorded, oldest first. `deployer` is the
    name of the CLI; `exit_code` is None where nobody saw it end, `stopped` says why it was made to,
    `log_hint` is the reason that it gave itself. `unreachable` says why AWS could not be asked: `stack` is
    None then as well, and says nothing; `silent` is that it did not answer at all, and may do so later. `removes`: the
    stack was to be deleted; `recovers`: it was to be rolled back.
    """

    run: str
    service: str
    stage: str
    from_commit: str | None
    to_commit: str
    deployer: str
    submitted: bool
    child_alive: bool = False
    exit_code: int | None = None
    unreachable: str | None = None
    silent: bool = False
    stack: StackState | None = None
    events: tuple[StackEvent, ...] = ()
    cause: RootCause | None = None
    log_hint: str = ""
    stopped: str = ""
    cancelled: bool = False
    removes: bool = False
    recovers: bool = False


class StillRunning(Value):
    """No verdict yet: the CLI or CloudFormation is at work."""

    note: str


def judge(seen: Evidence, at: datetime) -> Verdict | StillRunning:
    """Return the verdict: the first row of the table that fits, with the CLI's own reason where it failed."""
    return _with_own_words(seen, _first_row(seen, at))


def judge_unsubmitted(at: datetime, *, cancelled: bool) -> NotSubmitted:
    """Return the verdict on a run that ended before the CLI was started; there is no need to read the stack."""
    return NotSubmitted(at, "interrupted before the deploy; nothing changed", "promote again", cancelled)


def judge_refused(at: datetime, error: PromoteError, *, cancelled: bool) -> NotSubmitted:
    """Return the verdict on a run that an error ended before the CLI was started."""
    return NotSubmitted(at, error.cause[:_LONGEST], error.remedy, cancelled)


def _with_own_words(seen: Evidence, verdict: Verdict | StillRunning) -> Verdict | StillRunning:
    match verdict:
        case Failed(cause=cause) | RolledBack(cause=cause):
            return replace(verdict, cause=_joined(seen, cause))
        case OutcomeUnknown(reason=reason):
            return replace(verdict, reason=_joined(seen, reason))
        case _:
            return verdict


def _joined(seen: Evidence, cause: str) -> str:
    """Return the cause with the CLI's own reason, unless that only repeats CloudFormation's."""
    if not seen.exit_code or not seen.log_hint or seen.log_hint in cause or _is_handed_on(seen.cause, seen.log_hint):
        return cause
    return f"{cause}; {'its last words' if seen.stopped else f'the {seen.deployer} says'}: {seen.log_hint}"


def _is_handed_on(cause: RootCause | None, hint: str) -> bool:
    words = cause.reason.split() if cause else []
    return bool(words) and " ".join(words)[:_ALIKE] in hint


def _first_row(seen: Evidence, at: datetime) -> Verdict | StillRunning:  # noqa: PLR0911 - the table, row by row
    if not seen.submitted:
        return judge_unsubmitted(at, cancelled=seen.cancelled)
    if seen.child_alive:
        return StillRunning(f"the {seen.deployer} is still at work")
    if seen.unreachable is not None:
        return OutcomeUnknown(at, seen.unreachable, reconcile_command(seen.run))
    stack = seen.stack
    if seen.removes:
        return _judge_removal(seen, at)
    if seen.recovers:
        return _judge_recovery(seen, at)
    if stack is not None and stack.status.phase is Phase.MOVING:
        return StillRunning(f"the CLI has ended, CloudFormation is still updating the stack ({stack.status_name})")
    if is_in_progress(seen.events):
        return StillRunning("CloudFormation has started another step")
    if stack is not None and stack.status.phase is Phase.UNKNOWN:
        return OutcomeUnknown(
            at, f"the stack is {stack.status_name}, a status that promote-tui does not know", stack.status.remedy
        )
    if has_rolled_back(seen.events) and not (stack and stack.status_name.endswith("ROLLBACK_FAILED")):
        return _rolled_back(seen, at)
    return _settled(seen, at)


def _rolled_back(seen: Evidence, at: datetime) -> Verdict:
    stack = seen.stack
    cause = str(seen.cause) if seen.cause else "the update was cancelled" if seen.cancelled else "AWS gave no reason"
    remedy = (stack.status.remedy if stack else "") or "fix the cause, then promote again"
    back = seen.from_commit if stack and stack.status_name == "UPDATE_ROLLBACK_COMPLETE" else None
    return RolledBack(at, cause, running_commit(stack) or back or None, remedy, seen.cancelled and seen.cause is None)


def _settled(seen: Evidence, at: datetime) -> Verdict:
    if seen.stack and is_halfway(seen.stack) and has_started(seen.events):
        return _stuck(seen, seen.stack, at)
    now = running_commit(seen.stack)
    if now is not None and now not in {seen.from_commit, seen.to_commit}:
        return Failed(at, f"someone else deployed {short(now)}", now, "check what runs there before you promote again")
    if has_completed(seen.events) and seen.stack and seen.stack.status.succeeded:
        return _completed(seen, at, now)
    if has_started(seen.events):
        state = f"the stack is {seen.stack.status_name}" if seen.stack else "the stack was deleted"
        cause = f"{seen.cause}; {state}" if seen.cause else state
        return Failed(at, cause, now, (seen.stack.status.remedy if seen.stack else "") or "promote again")
    return _untouched(seen, at, now)


def _stuck(seen: Evidence, stack: StackState, at: datetime) -> Verdict:
    """Return the verdict on a stack that stands between two commits: it runs neither of them."""
    found = find_stuck_operation(stack.status_name, _ran(stack, seen), seen.to_commit, seen.events)
    state = f"the stack is {stack.status_name}"
    return Failed(at, f"{seen.cause}; {state}" if seen.cause else state, None, stack.status.remedy, halfway=found)


def _ran(stack: StackState, seen: Evidence) -> str | None:
    """Return what a stuck stack ran before: the commit that it names, unless that is the one on its way."""
    now = valid_sha(stack.commit)
    return now if now and (now != seen.to_commit or stack.status_name == "DELETE_FAILED") else seen.from_commit


def _completed(seen: Evidence, at: datetime, now: str | None) -> Verdict:
    if now == seen.to_commit and not _tag(seen.stack):
        return _arrived(seen, at)
    if now is None and seen.from_commit is None and not (seen.stack and seen.stack.commit_name):
        cause = "the stack was created, but the deploy ended before its first update: it names no commit"
        return Failed(at, cause, None, "see the log, then promote again")
    return Failed(
        at,
        f"the update completed, but the stack {_says(seen.stack, now)} instead of {short(seen.to_commit)}",
        now,
        "see the log: another package was deployed than the one that was reviewed",
    )


def _tag(stack: StackState | None) -> str:
    """Return the tag where a stack names its commit by a tag alone, which proves nothing: tags are moved."""
    return stack.alias.text if stack and stack.alias and stack.alias.by_tag else ""


def _says(stack: StackState | None, now: str | None) -> str:
    if tag := _tag(stack):
        return f"names the tag {tag}"
    if now:
        return f"still names {short(now)}"
    return f"names {stack.commit_name}, which is not a commit," if stack and stack.commit_name else "names no commit"


def _arrived(seen: Evidence, at: datetime) -> Verdict:
    """Return the verdict on a stack that has the commit: what the CLI does afterwards is part of the deploy."""
    if seen.exit_code is None and not seen.stopped:
        return Verified(at, "confirmed after a crash")
    if seen.exit_code == 0 and not seen.stopped:
        return Verified(at)
    how = seen.stopped or f"the {seen.deployer} failed afterwards: {seen.log_hint or _exit_words(seen)}"
    remedy = f"fix the cause, then promote again; or promote-tui adopt {seen.service} {seen.stage} --reason WHY"
    return Failed(at, f"deployed, not proved: {how}", seen.to_commit, remedy, deployed=True)


def _exit_words(seen: Evidence) -> str:
    return f"signal {-seen.exit_code}" if seen.exit_code and seen.exit_code < 0 else f"exit code {seen.exit_code}"


def _untouched(seen: Evidence, at: datetime, now: str | None) -> Verdict:
    if seen.exit_code is None and not seen.stopped:
        return NotSubmitted(at, "the deploy was never submitted; nothing changed", "promote again", seen.cancelled)
    if seen.exit_code != 0 or seen.stopped:
        hint = f": {seen.log_hint}" if seen.log_hint else ""
        ended = seen.stopped or f"the {seen.deployer} ended with exit code {seen.exit_code}{hint}"
        return Failed(at, ended, now, "see the log")
    if now == seen.to_commit and not _tag(seen.stack):
        return Verified(at, "nothing changed: the stack already had this commit")
    says = _says(seen.stack, now).removesuffix(",")
    return Failed(
        at,
        f"the {seen.deployer} ended with exit code 0 but deployed nothing; the stack {says}",
        now,
        "see the log, then promote again",
    )


def _judge_removal(seen: Evidence, at: datetime) -> Verdict | StillRunning:
    """Return the verdict on a run that was to delete its stack: it succeeds where the stack is gone, and else never."""
    stack = seen.stack
    if stack is None or stack.status.phase is Phase.GONE:
        return Verified(at, "the stack is gone")
    if stack.status.phase is Phase.MOVING:
        return StillRunning(f"CloudFormation is still at work ({stack.status_name})")
    if not has_started(seen.events) and seen.exit_code is None and not seen.stopped:
        return NotSubmitted(at, "the removal was never submitted; the stack is still there", "remove it again")
    state = f"the stack is still there: {stack.status_name}"
    cause = f"{seen.cause}; {state}" if seen.cause else state
    return Failed(at, cause, running_commit(stack), "fix the cause, then remove it again")


def _judge_recovery(seen: Evidence, at: datetime) -> Verdict | StillRunning:
    """Return the verdict on a run that was to roll a stuck stack back: it succeeds where the stack takes a deploy."""
    stack = seen.stack
    if stack is not None and stack.status.phase is Phase.MOVING:
        return StillRunning(f"CloudFormation is still at work ({stack.status_name})")
    if not has_started(seen.events):
        return _judge_unstarted_recovery(seen, at)
    state = f"the stack is {stack.status_name}" if stack else "the stack was deleted"
    if stack is not None and stack.status.phase is Phase.STABLE:
        return Verified(at, state)
    cause = f"{seen.cause}; {state}" if seen.cause else state
    remedy = f"fix the cause, then recover it again: promote-tui recover {seen.service} {seen.stage}"
    return Failed(at, cause, running_commit(stack), remedy)


def _judge_unstarted_recovery(seen: Evidence, at: datetime) -> Verdict:
    """Return the verdict where the stack shows nothing of the recovery: it may come where CloudFormation took it."""
    if seen.exit_code == 0:
        cause = "CloudFormation took the call, and the stack shows nothing of it yet"
        return OutcomeUnknown(at, cause, reconcile_command(seen.run))
    return NotSubmitted(at, "the recovery was never submitted; nothing changed", "recover it again")
