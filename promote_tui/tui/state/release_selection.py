"""Which services of a stage a person has chosen for a release, by marks that the pipeline shows too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.presentation.release.model import IDLE, EntryStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from promote_tui.core.model.cells import CellKey
    from promote_tui.tui.presentation.release.model import ReleaseEntry


class ReleaseSelection:
    """The marks of a stage; `marked` returns those of the app. Until somebody has chosen, everything is in."""

    def __init__(self, marked: Callable[[], set[CellKey]]) -> None:
        self._marked = marked
        self._decided: set[str] = set()
        """The stages for which somebody has chosen, perhaps nothing at all."""
        self._begun: set[CellKey] = set()

    def has_choice(self, stage: str) -> bool:
        """Tell whether a person has chosen services for a stage, here or by marks in the pipeline."""
        return stage in self._decided or any(key[1] == stage for key in self._marked())

    def forget_stale(self) -> None:
        """Forget choices whose marks are gone: they were used elsewhere."""
        self._decided &= {stage for _, stage in self._marked()}

    def toggle(self, entry: ReleaseEntry, every: Iterable[ReleaseEntry]) -> None:
        """Leave a service out, or take it in; the first choice begins with all that have something waiting."""
        if not self.has_choice(entry.stage):
            self._marked().update(one.key for one in every if one.status not in IDLE)
        self._decided.add(entry.stage)
        self._marked().symmetric_difference_update({entry.key})

    def choose(self, stage: str, entries: Iterable[ReleaseEntry]) -> None:
        """Take in those of the entries that have something waiting, and no others of the stage."""
        waiting = {one.key for one in entries if one.status not in IDLE}
        self._decided.add(stage)
        self._marked().difference_update({key for key in self._marked() if key[1] == stage})
        self._marked().update(waiting)

    def clear(self, stage: str) -> None:
        """Take everything in."""
        self._decided.discard(stage)
        self._marked().difference_update({key for key in self._marked() if key[1] == stage})

    def begin(self, keys: Iterable[CellKey]) -> None:
        """Note what is promoted or released from here."""
        self._begun.update(keys)

    def unmark_done(self, status_of: Callable[[CellKey], EntryStatus]) -> None:
        """Take the marks away from what was promoted or released from here and has arrived."""
        done = {key for key in self._begun if status_of(key) is EntryStatus.SAME}
        self._begun -= done
        self._marked().difference_update(done)
