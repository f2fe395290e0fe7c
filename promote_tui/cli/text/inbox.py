"""An inbox as text: kind by kind, a line each with the command that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.cli.text.style import BLANK, Segment, Style, table
from promote_tui.core.durations import age
from promote_tui.core.inbox.item import KIND_WORDS, KINDS
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from promote_tui.core.inbox.item import Inbox, InboxItem, ItemKind

_SUBJECT, _WORDS = 48, 96


def inbox_lines(inbox: Inbox, style: Style, now: datetime) -> list[str]:
    """Return the inbox kind by kind, in columns that all kinds share."""
    lines = iter(table([_row(item, style, now) for item in inbox.items], style))
    return [line for kind in KINDS for line in _of_kind(inbox, kind, lines, style)]


def _of_kind(inbox: Inbox, kind: ItemKind, lines: Iterator[str], style: Style) -> Iterator[str]:
    """Yield the next lines, those of one kind, below its name."""
    found = inbox.of_kind(kind)
    if found:
        yield style.paint(f"{KIND_WORDS[kind].upper()} ({len(found)})", "calm")
        yield from (next(lines) for _ in found)


def _row(item: InboxItem, style: Style, now: datetime) -> list[Segment]:
    sign = Segment(style.sign("unknown" if item.kind == "unread" else "attention"), "warn")
    since = Segment(age(item.since, now) if item.since else "", "calm", right=True)
    words = Segment(clean(item.words, limit=_WORDS))
    command = Segment(clean(item.command, limit=1_000), "calm") if item.command else BLANK
    return [sign, Segment(clean(item.about, limit=_SUBJECT), "strong"), words, since, command]
