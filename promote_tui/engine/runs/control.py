"""Runs from the outside: starting one in a process of its own, following it, asking it to stop."""

from __future__ import annotations

import contextlib
import json
import socket
from functools import partial
from typing import TYPE_CHECKING

from promote_tui.core.errors import (
    AwsError,
    CredentialsError,
    DeployError,
    GitError,
    LedgerError,
    LockHeld,
    PlanStale,
    PromoteError,
    Refused,
    UsageError,
)
from promote_tui.core.next_steps import NextStep
from promote_tui.core.runs.fold import apply, fold
from promote_tui.core.runs.run import Outcome
from promote_tui.core.runs.unsettled_runs import reconcile_command
from promote_tui.core.value import decode, encode
from promote_tui.engine.plan_store import write_confirmation, write_recovery, write_removal
from promote_tui.engine.runs.cancellation import ask_to_cancel
from promote_tui.engine.runs.reconcile import PLAN_FILE, read_run
from promote_tui.engine.state_dir import write_private
from promote_tui.engine.takeover import is_runner_alive
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.planning.plan import ApprovedPlan
    from promote_tui.core.previews.removal import Removal
    from promote_tui.core.recovery.recovery import Recovery
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.context import Context
    from promote_tui.engine.patience import Patience
    from promote_tui.ports import Recorded

_POLL_SECONDS = 0.1
_FOLLOW_SECONDS = 0.25
REFUSAL_FILE = "refused.json"
"""The file in which a runner that could not begin says why: there is no run in the ledger yet."""
_KINDS = {
    kind.__name__: kind
    for kind in (
        AwsError,
        CredentialsError,
        DeployError,
        GitError,
        LedgerError,
        LockHeld,
        PlanStale,
        Refused,
        UsageError,
    )
} | {"ConfigError": UsageError}


def start(context: Context, approved: ApprovedPlan, targets: Collection[Target], run: str = "") -> str:
    """Start the runner and return the run's id once everything was checked again under the lock.

    `targets` are all that it will read: the roles that an MFA code gave for them are handed over to it. `run` is an id
    that others already know. Raises LockHeld, PlanStale or Refused where the runner would not begin, DeployError where
    it died.
    """
    run, plan = run or context.new_id(), approved.plan
    write_confirmation(context.folders.plan(plan.id), approved.confirmation)
    context.checkouts.keep(plan.id)
    return _launch(context, plan.id, targets, run)


def start_removal(context: Context, removal: Removal, run: str) -> str:
    """Start the runner of a removal, as `start` does that of a deploy; raises as that does."""
    write_removal(context.folders.make(context.folders.plan(removal.id)), removal)
    return _launch(context, removal.id, [removal.target], run)


def start_recovery(context: Context, recovery: Recovery) -> str:
    """Start the runner of a recovery, as `start` does that of a deploy; raises as that does."""
    write_recovery(context.folders.make(context.folders.plan(recovery.id)), recovery)
    return _launch(context, recovery.id, [recovery.target], context.new_id())


def _launch(context: Context, plan_id: str, targets: Collection[Target], run: str) -> str:
    folder = context.folders.make(context.folders.run(run))
    plan_folder = context.folders.plan(plan_id)
    write_private(folder / PLAN_FILE, plan_id)
    ledger = context.ledger.target()
    handed = context.accounts.hand_over([*targets, *([ledger] if ledger else [])])
    ended = context.ports.launcher.launch(run, plan_folder, folder / "runner.log", handed)
    return _begun(context, run, folder, ended)


def _begun(context: Context, run: str, folder: Path, ended: Callable[[], bool]) -> str:
    while True:
        over = ended()  # asked before the ledger is read, so that its last words are not missed
        try:
            found = fold(recorded.event for recorded in context.ledger.events(run))
        except LedgerError:
            if over:
                raise
            found = None  # the run goes on: giving up on it now would delete the plan underneath it
        if found is not None and found.outcome is Outcome.NOT_SUBMITTED and not found.cancelled:
            raise Refused(f"{found.service}/{found.stage}", found.cause, found.remedy)
        if found is not None and (found.gates or found.outcome is not Outcome.PENDING or over):
            return run
        if over:
            raise refusal(folder / REFUSAL_FILE, f"run {run}", folder / "runner.log")
        context.clock.sleep(_POLL_SECONDS)


def refusal(said: Path, subject: str, log: Path, then: str = "") -> PromoteError:
    """Return the error with which a process ended before it wrote anything to the ledger: what it said, in a file.

    Where it said nothing, `then` is what to do once its log was read.
    """
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        raw = json.loads(said.read_text(encoding="utf-8"))
        kind = _KINDS.get(raw["kind"], DeployError)
        step = decode(NextStep, raw["step"]) if raw.get("step") else None
        return kind(raw["subject"], raw["cause"], raw["remedy"]).by(step)
    return DeployError(subject, "its process ended before it began", f"see {log}{f', {then}' if then else ''}")


def find(context: Context, name: str) -> Run:
    """Return the run of that id, or the only one whose id begins so; raises UsageError."""
    if context.ledger.events(name):
        return read_run(context, name)
    recent = context.ledger.runs(RunFilter(), limit=500).runs
    found = [run for run in recent if name and run.id.startswith(name)]
    if len(found) == 1:
        return found[0]
    cause = f"{len(found)} runs begin like this" if found else "there is no such run"
    raise UsageError(f"run {name}", cause, "see `promote-tui runs`")


def follow(context: Context, run: str, after: int, patience: Patience) -> Iterator[Recorded]:
    """Yield events as they are written, until the run has given its lock back or its runner is gone.

    Raises LedgerError where the ledger fails for longer than the patience lasts.
    """
    so_far = patience.ask(lambda: context.ledger.events(run))
    yield from (recorded for recorded in so_far if recorded.seq > after)
    state = fold(recorded.event for recorded in so_far)
    last = so_far[-1].seq if so_far else 0
    while state is not None and not state.released:
        gone, news = patience.ask(partial(_look, context, state, last))
        yield from news
        for recorded in news:
            state, last = apply(state, recorded.event), recorded.seq
        if not news and gone:
            return
        if not news:
            context.clock.sleep(_FOLLOW_SECONDS)


def _look(context: Context, run: Run, last: int) -> tuple[bool, tuple[Recorded, ...]]:
    """Return whether nobody works on a run any more, and its events after the `last`.

    The first is asked before the events are read, so that the runner's last words are not missed.
    """
    gone = run.phase == "unknown" or not is_runner_alive(context, run)
    return gone, context.ledger.events(run.id, last)


def cancel(context: Context, run: Run, who: str) -> str:
    """Ask a run to stop and return in words what will happen; raises Refused where it cannot."""
    if run.released:
        raise Refused(f"run {run.id}", f"it has ended ({run.status.value})")
    if run.outcome is not Outcome.PENDING or not is_runner_alive(context, run):
        step = NextStep("reconcile", (run.id,))
        raise Refused(f"run {run.id}", "its runner is gone", reconcile_command(run.id)).by(step)
    if run.host not in {None, socket.gethostname()}:
        raise Refused(f"run {run.id}", f"it runs on {run.host}", f"there: promote-tui cancel {run.id}")
    ask_to_cancel(context, run.id, who)
    if run.submitted:
        return "the update will be cancelled and rolled back as soon as CloudFormation allows it"
    return "it will stop before the deploy"


def encode_refusal(error: PromoteError) -> str:
    """Return a runner's refusal as it is written for whoever started it."""
    parts = {"subject": error.subject, "cause": error.cause, "remedy": error.remedy, "step": encode(error.step)}
    kinds = (kind.__name__ for kind in type(error).__mro__ if kind.__name__ in _KINDS)
    return json.dumps({"kind": next(kinds, type(error).__name__), **parts})
