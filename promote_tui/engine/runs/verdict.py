"""Gathers from the stack what a verdict may stand on, and waits until there can be one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.core.description.failed_update import mask_cause
from promote_tui.core.errors import AwsError, OutOfReachError
from promote_tui.core.model.pipeline import Target
from promote_tui.core.model.stack_status import has_started
from promote_tui.core.runs.events import Observed, Verdict
from promote_tui.core.runs.verdict import Evidence, StillRunning, judge
from promote_tui.core.value import replace
from promote_tui.engine.stack_attempts import find_root_cause

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from promote_tui.core.model.stack_status import StackEvent
    from promote_tui.engine.context import Context

_POLL_SECONDS = 1.0
_TRIES_UNREACHABLE = 5
_LONGEST_PAUSE = 15.0


@dataclass(frozen=True, slots=True)
class VerdictRequest:
    """A run that needs a verdict.

    `exit_code` is None where nobody saw the CLI end, `stopped` says why it was made to. `until` is how long to wait for
    AWS where it does not answer at all (None: for a few tries). `removes`: the stack was to be deleted; `recovers`: it
    was to be rolled back. `secrets` are the values that the deploy was given, which AWS may repeat in its reason and no
    ledger may hold.
    """

    run: str
    target: Target
    from_commit: str | None
    to_commit: str
    stack_id: str | None
    last_event_id: str | None
    exit_code: int | None
    stopped: str
    cancelled: bool
    log: Path
    until: datetime | None = None
    removes: bool = False
    secrets: tuple[str, ...] = ()
    recovers: bool = False


def await_verdict(
    context: Context,
    case: VerdictRequest,
    say: Callable[[str], None] = lambda _note: None,
    unread: Callable[[Observed], None] = lambda _observed: None,
) -> tuple[Verdict, Observed]:
    """Wait until the stack is at rest and return the verdict with what was seen.

    A stack on which nothing has begun is read twice: CloudFormation may be a moment behind. `unread` hears once of each
    time in which the stack cannot be read.
    """
    unreachable = untouched = 0
    while True:
        evidence, observed = read_evidence(context, case)
        outcome = judge(evidence, context.clock.now())
        if evidence.unreachable is None:
            unreachable = 0
        if isinstance(outcome, StillRunning):
            say(outcome.note)
        elif evidence.unreachable is not None and _worth_another_try(context, case, evidence, unreachable):
            unreachable += 1
            say(evidence.unreachable)
            if unreachable == 1:
                unread(observed)
        elif evidence.unreachable is None and _may_be_behind(evidence) and not untouched:
            untouched += 1
        else:
            return outcome, observed
        context.clock.sleep(min(_LONGEST_PAUSE, _POLL_SECONDS * (1 + unreachable)))


def _may_be_behind(seen: Evidence) -> bool:
    """Tell whether CloudFormation may have begun something that it does not show yet; a stack that is gone stays so."""
    return not has_started(seen.events) and not (seen.removes and seen.stack is None)


def _worth_another_try(context: Context, case: VerdictRequest, seen: Evidence, tries: int) -> bool:
    """Tell whether AWS may answer later: it waits for a network that is away, and retries a refusal a few times."""
    waits = seen.silent and case.until is not None and context.clock.now() < case.until
    return waits or tries < _TRIES_UNREACHABLE


def read_evidence(context: Context, case: VerdictRequest) -> tuple[Evidence, Observed]:
    """Read the stack once; a stack that cannot be read is evidence, too."""
    try:
        return _look(context, case)
    except AwsError as error:
        cause = error.advice
        silent = isinstance(error, OutOfReachError)
        seen = replace(_evidence(context, case), unreachable=cause, silent=silent)
        return seen, Observed(context.clock.now(), None, None, None, None, unread=cause)


def _look(context: Context, case: VerdictRequest) -> tuple[Evidence, Observed]:
    stack = context.stacks.stack(case.target)
    events: Sequence[StackEvent] = ()
    if stack is not None:
        if stack.account != case.target.aws.account:
            raise AwsError(str(case.target), f"the stack is in account {stack.account}", "fix the stage's profile")
        after = case.last_event_id if stack.id == case.stack_id else None
        events = context.stacks.events(case.target, stack.id, after=after)
    elif case.stack_id is not None and not case.removes:  # deleted meanwhile: its events tell what was done before
        events = context.stacks.events(case.target, case.stack_id, after=case.last_event_id)
    cause = mask_cause(find_root_cause(context, case.target, events), case.secrets)
    observed = Observed(
        context.clock.now(),
        stack.id if stack else None,
        stack.status_name if stack else None,
        stack.commit if stack else None,
        events[-1].id if events else case.last_event_id,
        stack.updated_at if stack else None,
    )
    seen = replace(_evidence(context, case), stack=stack, events=tuple(events), cause=cause)
    return seen, observed


def _evidence(context: Context, case: VerdictRequest) -> Evidence:
    return Evidence(
        run=case.run,
        service=case.target.service,
        stage=case.target.stage,
        from_commit=case.from_commit,
        to_commit=case.to_commit,
        deployer=context.deployer.facts.name,
        submitted=True,
        exit_code=case.exit_code,
        log_hint=context.deployer.failure_reason(case.log) if case.exit_code else "",
        stopped=case.stopped,
        cancelled=case.cancelled,
        removes=case.removes,
        recovers=case.recovers,
    )
