"""Who works on a release: one process at a time, on whatever machine."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from promote_tui.core.durations import utc_minute
from promote_tui.core.errors import LedgerError, LockHeld, NotYetGone, Refused, UsageError
from promote_tui.engine.takeover import take_over

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


def free_silent_claim(context: Context, name: str, say: Callable[[str], None] | None = None) -> None:
    """Free the lock of a release whose process was on another machine and has been silent for long enough.

    What this process has seen of that silence the process of the release could not know. With `say` the rest of it is
    waited for, and told. Raises Refused where the other process lives.
    """
    holder = context.ledger.holder(lock_key(context, name))
    if holder is None or holder.silent_in is None or (holder.runner_alive is not False and say is None):
        return
    try:
        (take_over(context, holder.run, say) if say else context.ledger.recover(holder.run)).release()
    except UsageError:
        return  # it was freed meanwhile
    except LockHeld as alive:
        raise at_work_error(name, holder, alive) from alive


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
    """Return the lock of a process that is gone; None where the lock is free by now. Raises Refused where it lives."""
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
    watch = f"watch it: promote-tui release show {name} --watch"
    if holder.runner_alive is None and not _is_seen(alive):
        cause = f"{cause}, and cannot be seen from here"
        watch = f"{watch}; where that machine is gone: promote-tui release resume {name}, which waits"
    return Refused(f"release {name}", cause, watch)


def _is_seen(alive: LockHeld | None) -> bool:
    """Tell whether a refusal to take a lock over stands on a sign of its holder."""
    return alive is not None and not isinstance(alive, NotYetGone)
