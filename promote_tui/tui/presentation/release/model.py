"""A release: what a promotion of several services into one stage would be, wave by wave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from promote_tui.core.errors import PromoteError, UsageError
from promote_tui.core.git.relation import Same
from promote_tui.core.model.cells import InProgress, Unreachable
from promote_tui.core.planning.waves import Wave, first_wave
from promote_tui.tui.presentation.review.facts import is_unknown_base

if TYPE_CHECKING:
    from promote_tui.core.matrix import CellView
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.model.pipeline import Stage
    from promote_tui.core.planning.plan import Draft
    from promote_tui.tui.presentation.glyphs import Glyphs

KeyOf: TypeAlias = Callable[[str], str]
"""From an action's id to the key that a person presses for it."""


class EntryStatus(Enum):
    """What would become of a service in this release."""

    READING = "reading"
    SAME = "same"
    GO = "go"
    CLOSED = "closed"
    RUNNING = "running"
    UNSETTLED = "reconcile"
    NOTHING = "nothing"
    AHEAD = "ahead"
    TROUBLE = "trouble"
    UNREAD = "unread"


IDLE = frozenset({EntryStatus.SAME, EntryStatus.NOTHING, EntryStatus.AHEAD})
"""Nothing waits for these: they cannot be taken in. What is ahead would only lose commits by it."""


@dataclass(frozen=True, slots=True)
class ReleaseEntry:
    """A service in a release; `draft` and `error` are both None until the draft has been read."""

    service: str
    stage: str
    view: CellView | None
    draft: Draft | None = None
    error: PromoteError | None = None
    left_out: bool = False
    is_unreadable: bool = False
    """Whether nothing is being read that could say more."""

    @property
    def key(self) -> CellKey:
        """The cell that it is about."""
        return self.service, self.stage

    @property
    def status(self) -> EntryStatus:
        """What would become of it."""
        return status_of(self.view, self.draft, self.error)

    @property
    def included(self) -> bool:
        """Whether it is part of the release."""
        return not self.left_out and self.status not in IDLE


def wants_draft(view: CellView | None) -> bool:
    """Tell whether a draft has to be read before anything can be said of the cell."""
    return status_of(view, None, None) is EntryStatus.READING and view is not None


def status_of(view: CellView | None, draft: Draft | None, error: PromoteError | None) -> EntryStatus:
    """Return what is to be said of a service: from its cell where that is enough, else from its draft."""
    found = _status_by_cell(view)
    if found is not None:
        return found
    if error is not None:
        return EntryStatus.NOTHING if isinstance(error, UsageError) else EntryStatus.TROUBLE
    return _status_by_draft(draft) if draft is not None else EntryStatus.READING


def _status_by_cell(view: CellView | None) -> EntryStatus | None:
    if view is None:
        return EntryStatus.READING
    if isinstance(view.cell, Unreachable):
        return EntryStatus.UNREAD
    if view.unsettled:
        return EntryStatus.UNSETTLED
    if view.run is not None or isinstance(view.cell, InProgress):
        return EntryStatus.RUNNING
    stack = view.cell.stack
    runs = isinstance(view.relation, Same) and stack is not None and stack.status.succeeded is not False
    return EntryStatus.SAME if runs else None


def _status_by_draft(draft: Draft) -> EntryStatus:
    if _brings_nothing(draft):
        return EntryStatus.AHEAD if draft.removes else EntryStatus.SAME
    return EntryStatus.GO if all(gate.passed for gate in draft.gates) else EntryStatus.CLOSED


def _brings_nothing(draft: Draft) -> bool:
    status = None if isinstance(draft.cell, Unreachable) or draft.cell.stack is None else draft.cell.stack.status
    failed = status is not None and status.succeeded is False
    same = bool(draft.removes) or not draft.files
    return same and not (failed or is_unknown_base(draft) or draft.brings or draft.deployed is None)


@dataclass(frozen=True, slots=True)
class ReleaseDraft:
    """Everything about a release into one stage, and how it is drawn; `entries` are by service."""

    stage: Stage
    waves: Sequence[Wave]
    entries: dict[str, ReleaseEntry]
    glyphs: Glyphs
    key: KeyOf
    needs: dict[str, tuple[str, ...]]
    """What each service depends on."""
    read_only: bool = False
    trouble: PromoteError | None = None
    """Why nothing could be read at all."""
    stale: PromoteError | None = None
    """Why what is shown could not be read again."""

    @property
    def included(self) -> list[ReleaseEntry]:
        """The entries that are in it, in the order of the waves."""
        every = [self.entries[name] for wave in self.waves for name in wave.services]
        return [entry for entry in every if entry.included]

    @property
    def left_out(self) -> list[ReleaseEntry]:
        """The entries that a person left out although there is something to do."""
        return [entry for entry in self.entries.values() if entry.left_out and entry.status not in IDLE]

    @property
    def is_plannable(self) -> bool:
        """Whether it can be planned under a name: something waits for a stage that another one comes before."""
        return self.stage.after is not None and bool(self.included)

    @property
    def next_wave(self) -> Wave | None:
        """The wave that comes now: the first one of which something is left to do."""
        return first_wave(self.waves, [entry.service for entry in self.included])

    @property
    def waves_left(self) -> int:
        """How many waves have something to do."""
        names = {entry.service for entry in self.included}
        return sum(bool(names & {*wave.services}) for wave in self.waves)

    def with_status(self, status: EntryStatus) -> list[ReleaseEntry]:
        """Return the included entries with a status."""
        return [entry for entry in self.included if entry.status is status]
