"""Reads an inbox: what the matrix tells of at once, then the releases, then the services that are behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from promote_tui.core.errors import PromoteError
from promote_tui.core.inbox.cells import cell_items, is_hidden, may_be_behind
from promote_tui.core.inbox.item import Inbox, InboxItem, Viewer, sort_items
from promote_tui.core.inbox.promotions import promotion_items
from promote_tui.core.inbox.releases import STILL_TO_COME, release_items
from promote_tui.core.matrix import Snapshot
from promote_tui.core.model.cells import CellKey, commit_of
from promote_tui.engine.governance import Governance
from promote_tui.engine.inbox.known_stacks import KnownStacks
from promote_tui.engine.inbox.promotions import read_member, read_promotion
from promote_tui.engine.inbox.viewer import read_viewer
from promote_tui.engine.releases.claim import is_worked_on
from promote_tui.engine.releases.record import list_releases
from promote_tui.engine.releases.rules import ruling_stage

if TYPE_CHECKING:
    from promote_tui.core.inbox.promotions import PendingPromotion
    from promote_tui.core.releases.events import Member
    from promote_tui.core.releases.release import Release

Hear: TypeAlias = Callable[[Sequence[InboxItem]], None]
_AT_ONCE = 4
"""How many services are read at the same time."""


def read_inbox(governance: Governance, snapshot: Snapshot, on_items: Hear | None = None) -> Inbox:
    """Return what waits for the person at the keyboard, by a matrix that was just read.

    `on_items` hears of items as they are known, from several threads. What cannot be read is an item of its own.
    """
    context = governance.context
    stacks = KnownStacks(context.stacks, snapshot.cells)
    known = replace(governance, context=replace(context, ports=replace(context.ports, stacks=stacks)))
    viewer, trouble = _viewer(known)
    reading = _Reading(known, snapshot, viewer, on_items or (lambda _items: None))
    found = [*reading.hear(trouble), *reading.matrix()]
    releases, trouble = reading.releases()
    found += reading.hear(trouble)
    with ThreadPoolExecutor(_AT_ONCE, "inbox") as pool:
        for items in pool.map(reading.release, releases):
            found += items
        for items in pool.map(reading.cell, reading.cells_behind(releases)):
            found += items
    return sort_items(found)


def _viewer(governance: Governance) -> tuple[Viewer, list[InboxItem]]:
    try:
        return read_viewer(governance.context), []
    except PromoteError as error:
        words = f"who you are, so whose approval is missing: {error.cause}"
        return Viewer(""), [InboxItem("unread", (), "", words, error.remedy)]


@dataclass(frozen=True, slots=True)
class _Reading:
    """One reading of an inbox; each part returns its items, and says them at once."""

    governance: Governance
    snapshot: Snapshot
    viewer: Viewer
    on_items: Hear

    def hear(self, items: Sequence[InboxItem]) -> Sequence[InboxItem]:
        """Say these items, where there are some."""
        if items:
            self.on_items(items)
        return items

    def matrix(self) -> Sequence[InboxItem]:
        """Return what the matrix itself tells of."""
        pipeline = self.governance.pipeline
        owners = {service.name: pipeline.owners(service) for service in pipeline.services}
        found = [*cell_items(self.snapshot.cells, owners, self.viewer)]
        if self.snapshot.unrecorded:
            words = f"runs, holds, decisions and releases: {self.snapshot.unrecorded}"
            found.append(InboxItem("unread", (), "", words, "promote-tui doctor"))
        return self.hear(found)

    def releases(self) -> tuple[tuple[Release, ...], list[InboxItem]]:
        """Return the releases that have not ended, or why they cannot be read."""
        if self.snapshot.unrecorded:
            return (), []
        try:
            every = list_releases(self.governance.context.ledger)
        except PromoteError as error:
            return (), [InboxItem("unread", (), "", f"releases: {error.cause}", error.remedy)]
        return tuple(release for release in every if release.ended is None), []

    def release(self, release: Release) -> Sequence[InboxItem]:
        """Return what a release waits for."""
        try:
            is_at_work = is_worked_on(self.governance.context, release)
            confirm = ruling_stage(self.governance, release).confirm
            coming = [member for member in release.members if self._is_to_come(release, member)]
            at = release.planned.at
            pending = [read_member(self.governance, release.stage, member, at) for member in coming]
        except PromoteError as error:
            unread = InboxItem("unread", (), release.stage, error.cause, error.remedy, release=release.name)
            return self.hear([unread])
        return self.hear([*release_items(release, pending, self.viewer, confirm=confirm, is_at_work=is_at_work)])

    def _is_to_come(self, release: Release, member: Member) -> bool:
        view = self.snapshot.cells.get((member.service, release.stage))
        is_there = view is not None and commit_of(view.cell) == member.commit
        return release.progress[member.service].state in STILL_TO_COME and not is_there

    def cells_behind(self, releases: Sequence[Release]) -> list[CellKey]:
        """Return the cells that may lack something which no release brings."""
        if self.snapshot.unrecorded:
            return []
        brought = {(member.service, release.stage) for release in releases for member in release.members}
        cells = self.snapshot.cells
        return [key for key in cells if key not in brought and may_be_behind(cells, key)]

    def cell(self, key: CellKey) -> Sequence[InboxItem]:
        """Return what a promotion into a cell waits for."""
        try:
            pending: PendingPromotion | None = read_promotion(self.governance, *key)
        except PromoteError as error:
            if is_hidden(self.snapshot.cells, key):
                return ()  # the stage that hides it is an item already
            return self.hear([InboxItem("unread", (key[0],), key[1], error.cause, error.remedy)])
        if pending is None:
            return ()
        now = self.governance.context.clock.now()
        return self.hear([*promotion_items(pending, self.viewer, now)])
