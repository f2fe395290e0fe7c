"""Taking a lock over from a runner that is gone: when that is safe, and waiting until it is."""

from __future__ import annotations

import math
import socket
from typing import TYPE_CHECKING

from promote_tui.core.durations import utc_minute
from promote_tui.core.errors import NotYetGone, UsageError
from promote_tui.core.runs.events import Locked, Submitting
from promote_tui.core.runs.unsettled_runs import reconcile_command

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.runs.run import Run
    from promote_tui.engine.context import Context
    from promote_tui.ports import Lease

_POLL_SECONDS = 5.0


def take_over(context: Context, run: str, say: Callable[[str], None]) -> Lease:
    """Take a run's lock over, as soon as its runner has been silent for long enough; raises LockHeld where it lives."""
    said = 0
    while True:
        try:
            return context.ledger.recover(run)
        except NotYetGone as early:
            minutes = math.ceil(early.seconds / 60)
            if minutes != said:
                say(f"{early.cause}; waiting")
            said = minutes
            context.clock.sleep(min(early.seconds, _POLL_SECONDS))


def is_runner_alive(context: Context, run: Run) -> bool:
    """Tell whether the process that owns the run lives, as far as this machine can tell."""
    holder = context.ledger.holder(run.planned.key)
    return holder is not None and holder.run == run.id and holder.runner_alive is not False


def ran_here(context: Context, run: Run) -> bool:
    """Tell whether the run's own runner, and with it the deployer, was of this machine."""
    events = (recorded.event for recorded in context.ledger.events(run.id))
    hosts = [event.host for event in events if isinstance(event, Locked)]
    return not hosts or hosts[0] == socket.gethostname()


def _out_of_sight(context: Context, run: Run) -> bool:
    """Tell whether only time shows if the runner is gone: another machine may have the same name."""
    holder = context.ledger.holder(run.planned.key)
    return holder is not None and holder.run == run.id and holder.silent_in is not None


def refuse_elsewhere(context: Context, run: Run, *, gone: bool) -> None:
    """Raise UsageError where a CLI on another machine might still act; `gone` says that the machine is off."""
    if ran_here(context, run) and not _out_of_sight(context, run):
        return
    if context.ledger.target() is None:
        raise UsageError(f"run {run.id}", f"it was started on {run.host}", "reconcile it there: its CLI may still run")
    if gone or not run.submitted:
        return
    events = [recorded.event for recorded in context.ledger.events(run.id)]
    ends = next((event.credentials_expire for event in reversed(events) if isinstance(event, Submitting)), None)
    if ends is None or ends > context.clock.now():
        until = f"until {utc_minute(ends)}" if ends else "without an end"
        cause = f"its CLI may still act on {run.host}, where its credentials last {until}"
        there = "reconcile it there, or here if that machine is off permanently or was restarted"
        raise UsageError(f"run {run.id}", f"{cause}: {there}", f"{reconcile_command(run.id)} --gone")
