"""A dry run: the same engine, with a deployer that says what it would run and a ledger that forgets."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from promote_tui.core.errors import LockHeld
from promote_tui.core.runs.events import Checked, Event, Locked, NotSubmitted
from promote_tui.core.runs.run import Process
from promote_tui.engine.runs.execute import RunExecution

if TYPE_CHECKING:
    from promote_tui.core.planning.plan import ApprovedPlan
    from promote_tui.engine.context import Context
    from promote_tui.ports import Deployer, Holder, Job, Ledger, ProcessEnd


class _DeployReachedError(Exception):
    """Everything was checked; the next step would have been the deploy."""


def dry_run(context: Context, approved: ApprovedPlan, say: Callable[[str], None]) -> bool:
    """Do all that a run does up to the deploy, and say what would follow; True where nothing refused it."""
    deployer = cast("Deployer", _Deployer(context.deployer, say))
    ledger = cast("Ledger", _Ledger(context.ledger, say))
    dry = replace(context, ports=replace(context.ports, deployer=deployer, ledger=ledger))
    run = context.new_id()
    try:
        verdict = RunExecution(dry, approved, run).execute(Process(0, "dry run"))
    except _DeployReachedError:
        say("then: read the stack again, record the verdict, release the lock")
        return True
    finally:
        shutil.rmtree(context.folders.run(run), ignore_errors=True)
    if isinstance(verdict, NotSubmitted):
        say(f"refused: {verdict.reason}")
    return False


class _Deployer:
    """Everything of the real deployer but the deploy."""

    def __init__(self, real: Deployer, say: Callable[[str], None]) -> None:
        self._real = real
        self._say = say

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    def deploy(self, job: Job, **_heard: object) -> ProcessEnd:
        self._say(f"would run, in {job.checkout.service}: {shlex.join(self._real.command(job))}")
        raise _DeployReachedError


@dataclass(slots=True)
class _Lease:
    run: str
    key: str
    fence: int
    say: Callable[[str], None]
    seq: int = 0

    def append(self, event: Event) -> int:
        self.seq += 1
        if isinstance(event, Locked):
            self.say(f"would lock {self.key}")
        if isinstance(event, Checked):
            self.say(f"checked again: {len(event.gates)} gates passed, fingerprint {event.fingerprint[:12]} matches")
        return self.seq

    def release(self) -> None:
        """Nothing was taken."""

    def abandon(self) -> None:
        """Nothing was taken."""


class _Ledger:
    """Reads from the real ledger; what is written to it is forgotten."""

    def __init__(self, real: Ledger, say: Callable[[str], None]) -> None:
        self._real = real
        self._say = say

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    def acquire(self, key: str, run: str) -> _Lease:
        holder: Holder | None = self._real.holder(key)
        if holder is not None:
            verb = "attach" if holder.runner_alive is not False else "runs reconcile"
            raise LockHeld(key, f"run {holder.run} holds its lock", f"promote-tui {verb} {holder.run}")
        return _Lease(run, key, 0, self._say)
