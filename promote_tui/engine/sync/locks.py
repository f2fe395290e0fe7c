"""Who keeps a stack to themselves: a run that works on it, or one that nobody works on any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import utc_minute
from promote_tui.core.runs.unsettled_runs import reconcile_command
from promote_tui.core.sync.decision import Waiting

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Target
    from promote_tui.engine.context import Context
    from promote_tui.ports import Holder


def wait_for_lock(context: Context, target: Target) -> Waiting | None:
    """Return that a run holds the stack's lock; None where it is free. Raises LedgerError.

    Only a run that somebody works on is worth waiting for: another one has to be reconciled.
    """
    holder = context.ledger.holder(target.key)
    return _describe(holder) if holder is not None else None


def _describe(holder: Holder) -> Waiting:
    who = f" by {holder.who}" if holder.who else ""
    reason = f"run {holder.run}{who} holds the lock since {utc_minute(holder.since)}"
    if holder.undecided or holder.runner_alive is False:
        return Waiting(f"{reason}, and its runner is gone", reconcile_command(holder.run))
    return Waiting(reason, "sync again once it is over, or with --wait", lock_of=holder.run)
