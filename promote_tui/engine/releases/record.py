"""The record of releases: reading one, and appending to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import Refused, UsageError
from promote_tui.core.releases.fold import apply_event, fold_release

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.releases.events import ReleaseEvent, ReleasePlanned
    from promote_tui.core.releases.release import Release
    from promote_tui.engine.context import Context
    from promote_tui.ports import Ledger


class ReleaseRecord:
    """A release in the ledger; each look reads only what is new."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        self._ledger = ledger
        self._name = name
        self._release: Release | None = None
        self._last = 0

    def read(self) -> Release:
        """Return the release as its events tell it; raises UsageError where there is none of that name."""
        for recorded in self._ledger.release_events(self._name, self._last):
            before = self._release
            self._release = apply_event(before, recorded.event) if before else fold_release([recorded.event])
            self._last = recorded.seq
        if self._release is None:
            raise UsageError(f"release {self._name}", "there is no such release", "see `promote-tui release list`")
        return self._release

    def append(self, make: Callable[[Release], ReleaseEvent | None]) -> Release:
        """Append what `make` says about the release as it is now, and return the release with it.

        `make` is asked again where somebody else was faster; its None says that nothing is to be written. Raises
        UsageError where there is no such release, Refused where a newer version has written to it, LedgerError.
        """
        while True:
            release = self.read()
            _require_known(release)
            event = make(release)
            if event is None:
                return release
            if self._ledger.append_release_event(self._name, self._last + 1, event):
                self._release, self._last = apply_event(release, event), self._last + 1
                return self._release


def _require_known(release: Release) -> None:
    if release.unknown_events:
        cause = "a newer version of promote-tui has written to it"
        raise Refused(f"release {release.name}", cause, "upgrade promote-tui")


def read_release(ledger: Ledger, name: str) -> Release:
    """Return a release as its events tell it; raises UsageError where there is none of that name."""
    return ReleaseRecord(ledger, name).read()


def list_releases(ledger: Ledger, limit: int = 50) -> tuple[Release, ...]:
    """Return the project's releases, the last planned first."""
    return tuple(read_release(ledger, name) for name in ledger.releases(limit))


def append(context: Context, name: str, make: Callable[[Release], ReleaseEvent | None]) -> Release:
    """Append to a release and return it, as `ReleaseRecord.append` does."""
    return ReleaseRecord(context.ledger, name).append(make)


def begin_release(context: Context, planned: ReleasePlanned) -> Release:
    """Write the plan of a new release and return it; raises UsageError where its name is taken."""
    if not context.ledger.append_release_event(planned.name, 1, planned):
        raise taken_name_error(planned.name)
    return read_release(context.ledger, planned.name)


def taken_name_error(name: str) -> UsageError:
    """Return the refusal of a name that a release of the project has."""
    cause = "a release of this name exists"
    return UsageError(f"release {name}", cause, f"choose another name, or see `promote-tui release show {name}`")
