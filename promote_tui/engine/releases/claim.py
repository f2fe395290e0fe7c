"""Who works on a release: one process at a time, on whatever machine."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from promote_tui.core.durations import utc_minute
from promote_tui.core.errors import LedgerError, LockHeld, Refused, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.releases.release import Release
    from promote_tui.engine.context import Context
    from promote_tui.ports import Holder, Lease


def lock_key(context: Context, name: str) -> str:
    """Return the key of the lock that the process of a release holds."""
    return f"release/{context.pipeline.project}/{name}"


def find_worker(context: Context, name: str) -> Holder | None:
    """Return the process that works on a release; None where none does, or where it is gone."""
    holder = context.ledger.holder(lock_key(context, name))
    return holder if holder is not None and holder.runner_alive is not False else None


def is_worked_on(context: Context, release: Release) -> bool:
    """Tell whether a process works on a release, or is on its way."""
    return release.is_beginning(context.clock.now()) or find_worker(context, release.name) is not None


@contextlib.contextmanager
def claim_release(context: Context, release: Release, attempt: str) -> Iterator[None]:
    """Hold the lock of a release; one that a dead process has left is taken over. Raises Refused where one lives."""
    lease = _acquire(context, release, attempt)
    try:
        with _freed(lease):
            yield
    finally:
        lease.abandon()


@contextlib.contextmanager
def _freed(lease: Lease) -> Iterator[None]:
    """Free the lock at the end; where that fails, whoever resumes the release takes it over from a dead process."""
    try:
        yield
    except Exception:
        with contextlib.suppress(LedgerError):
            lease.release()
        raise
    with contextlib.suppress(LedgerError):
        lease.release()


def _acquire(context: Context, release: Release, attempt: str) -> Lease:
    key = lock_key(context, release.name)
    while True:
        try:
            return context.ledger.acquire(key, attempt)
        except LockHeld as held:
            holder = context.ledger.holder(key)
            if holder is None:
                continue  # it was freed meanwhile
            lease = _take_over(context, release, holder, held)
            if lease is not None:
                return lease


def _take_over(context: Context, release: Release, holder: Holder, held: LockHeld) -> Lease | None:
    """Return the lock of a process that is gone; None where it was freed meanwhile, Refused where it lives."""
    try:
        return context.ledger.recover(holder.run)
    except UsageError:
        return None
    except LockHeld as alive:
        raise at_work_error(release.name, holder, alive) from held


def at_work_error(name: str, holder: Holder, alive: LockHeld | None = None) -> Refused:
    """Return the refusal to work on a release that another process works on."""
    by = f" by {holder.who}" if holder.who else ""
    cause = f"a process on {holder.host} works on it since {utc_minute(holder.since)}{by}"
    if alive is not None and holder.runner_alive is None:
        cause = f"{cause}, and cannot be seen from here"
    return Refused(f"release {name}", cause, f"watch it: promote-tui release show {name} --watch")
