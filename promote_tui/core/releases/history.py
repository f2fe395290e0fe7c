"""A release as one entry of history: its runs stand together, wherever runs are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from promote_tui.core.releases.release import Release
from promote_tui.core.releases.remains import deployed_services, verified_services
from promote_tui.core.runs.run import Run
from promote_tui.core.text import plural
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime


class ReleaseRuns(Value):
    """A release with those of its runs that a list holds, newest first; at least one."""

    release: Release
    runs: tuple[Run, ...]

    @property
    def name(self) -> str:
        """The release's name."""
        return self.release.name

    @property
    def verified(self) -> int:
        """How many of its services run in the stage what it brings, verified."""
        return len(verified_services(self.release))

    @property
    def unproved(self) -> int:
        """How many of its services run in the stage what it brings, and nothing has proved it."""
        return len(deployed_services(self.release)) - self.verified

    @property
    def count_words(self) -> str:
        """How many of its services run what it brings: `3 of 5 services, 1 not proved`."""
        unproved = f", {self.unproved} not proved" if self.unproved else ""
        return f"{self.verified} of {plural(len(self.release.members), 'service')}{unproved}"

    @property
    def who(self) -> str:
        """The person who confirmed it."""
        return self.release.confirmed.who if self.release.confirmed else self.release.planned.who

    @property
    def started_at(self) -> datetime:
        """When the first of these runs began."""
        return self.runs[-1].started_at

    @property
    def ended_at(self) -> datetime | None:
        """When it ended; None while something may follow."""
        return self.release.ended.at if self.release.ended else None


HistoryEntry: TypeAlias = Run | ReleaseRuns


def take_entries(runs: Iterable[Run], count: int) -> tuple[list[Run], bool]:
    """Return the runs of the newest entries, and whether there are more; the runs of a release count as one."""
    taken: list[Run] = []
    entries: set[str] = set()
    for run in runs:
        entry = run.planned.release or f"run {run.id}"
        if entry not in entries and len(entries) == count:
            return taken, True
        entries.add(entry)
        taken.append(run)
    return taken, False


def group_by_release(runs: Sequence[Run], releases: Mapping[str, Release]) -> tuple[HistoryEntry, ...]:
    """Return runs, newest first, with those of a release as one entry in the place of its newest.

    Runs of a release that is not on record stand alone.
    """
    members: dict[str, list[Run]] = {}
    for run in runs:
        members.setdefault(run.planned.release, []).append(run)
    found: dict[str, HistoryEntry] = {}
    for run in runs:
        name = run.planned.release
        if name in releases:
            found.setdefault(f"release {name}", ReleaseRuns(releases[name], tuple(members[name])))
        else:
            found[run.id] = run
    return tuple(found.values())
