"""The record of releases: reading one, and appending to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import LedgerError, UsageError
from promote_tui.core.releases.fold import apply_event, fold_release

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.releases.events import ReleaseEvent, ReleasePlanned
    from promote_tui.core.releases.release import Release
    from promote_tui.engine.context import Context
    from promote_tui.ports import Ledger


def read_release(ledger: Ledger, name: str) -> Release:
    """Return a release as its events tell it; raises UsageError where there is none of that name."""
    return _read(ledger, name)[0]


def list_releases(ledger: Ledger, limit: int = 50) -> tuple[Release, ...]:
    """Return the project's releases, the last planned first."""
    return tuple(read_release(ledger, name) for name in ledger.releases(limit))


def _read(ledger: Ledger, name: str) -> tuple[Release, int]:
    events = ledger.release_events(name)
    release = fold_release(recorded.event for recorded in events)
    if release is None:
        raise UsageError(f"release {name}", "there is no such release", "see `promote-tui release list`")
    return release, events[-1].seq


def begin_release(context: Context, planned: ReleasePlanned) -> Release:
    """Write the plan of a new release and return it; raises UsageError where its name is taken."""
    if not context.ledger.append_release_event(planned.name, 1, planned):
        raise taken_name_error(planned.name)
    return read_release(context.ledger, planned.name)


def taken_name_error(name: str) -> UsageError:
    """Return the refusal of a name that a release of the project has."""
    cause = "a release of this name exists"
    return UsageError(f"release {name}", cause, f"choose another name, or see `promote-tui release show {name}`")


def append(context: Context, name: str, make: Callable[[Release], ReleaseEvent | None]) -> Release:
    """Append what `make` says about the release as it is now, and return the release with it.

    `make` is asked again where somebody else was faster; its None says that nothing is to be written. Raises UsageError
    where there is no such release, LedgerError where a newer version has written to it.
    """
    while True:
        release, last = _read(context.ledger, name)
        if release.unknown_events:
            cause = "a newer version of promote-tui has written to it"
            raise LedgerError(f"release {name}", cause, "upgrade promote-tui")
        event = make(release)
        if event is None:
            return release
        if context.ledger.append_release_event(name, last + 1, event):
            return apply_event(release, event)
