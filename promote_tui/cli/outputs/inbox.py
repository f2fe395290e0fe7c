"""`inbox --json`: what waits for who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from promote_tui.cli.outputs.base import Output, Timestamp, clean_text, clean_texts, text_or_null, timestamp_or_null
from promote_tui.core.inbox.item import ItemKind

if TYPE_CHECKING:
    from promote_tui.core.inbox.item import Inbox, InboxItem


class InboxItemOutput(Output, frozen=True):
    """One thing that waits, with the command that does it; `item` is that of a checklist."""

    kind: ItemKind
    services: tuple[str, ...]
    stage: str | None
    commit: str | None
    subject: str | None
    release: str | None
    item: str | None
    words: str
    since: Timestamp | None
    mine: bool
    command: str | None

    @classmethod
    def of(cls, item: InboxItem) -> Self:
        """Return the wire form of an item."""
        return cls(
            item.kind,
            clean_texts(item.services),
            text_or_null(item.stage),
            text_or_null(item.commit),
            text_or_null(item.subject),
            text_or_null(item.release),
            text_or_null(item.entry),
            clean_text(item.words),
            timestamp_or_null(item.since),
            item.is_mine,
            text_or_null(item.command),
        )


class InboxOutput(Output, frozen=True):
    """All that waits; `count` leaves out what could not be read."""

    count: int
    items: tuple[InboxItemOutput, ...]

    @classmethod
    def of(cls, inbox: Inbox) -> Self:
        """Return the wire form of an inbox."""
        return cls(inbox.count, tuple(InboxItemOutput.of(item) for item in inbox.items))
