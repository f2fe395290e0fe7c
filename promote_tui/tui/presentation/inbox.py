"""An inbox on the screen: a row for each thing that waits, and all about the one under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.inbox.item import KIND_WORDS
from promote_tui.core.text import list_first
from promote_tui.tui.presentation.lines import AGE, pair_of
from promote_tui.tui.presentation.style import BLANK, Role, align_right, fit, ink, line, rule, spread, wrap
from promote_tui.tui.presentation.wording import age, exact_time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from textual.content import Content

    from promote_tui.core.inbox.item import InboxItem, ItemKind
    from promote_tui.tui.presentation.glyphs import Glyphs

_LEAST, _MOST = 12, 34
_KEYED = 10
SignKind: TypeAlias = Literal["approval", "tick"]
SIGNS: dict[SignKind, tuple[str, str]] = {"approval": ("inbox.approve", "approve"), "tick": ("inbox.tick", "tick it")}
"""What a person can give right here, with its key."""
_OPENS: dict[ItemKind, str] = {
    "release": "open the release",
    "approval": "open the review",
    "tick": "open the review",
    "soak": "open the review, to promote it",
    "hold": "lift the hold",
    "hotfix": "open its commits",
    "external": "adopt it",
    "unread": "log in, or say what helps",
}
_SIGNED: dict[ItemKind, Role] = {"release": "bad", "soak": "good", "unread": "warn", "external": "warn", "hold": "warn"}


def summary(items: Sequence[InboxItem], marked: int, *, is_reading: bool) -> Content:
    """Return how many things wait and how many are the viewer's, are marked, and whether more may come."""
    waiting = [item for item in items if item.kind != "unread"]
    mine = sum(item.is_mine for item in waiting)
    parts = [ink(f"{len(waiting)} waiting", "strong" if waiting else "muted")]
    parts += [ink(f"{mine} mine", "muted")] if mine else []
    parts += [ink(f"{marked} marked", "live")] if marked else []
    parts += [ink("reading", "muted")] if is_reading else []
    return line(*(part if at == 0 else line("   ", part) for at, part in enumerate(parts)))


def kind_line(kind: ItemKind, count: int, glyphs: Glyphs, width: int) -> Content:
    """Return `APPROVALS 2 ─────`."""
    left = line(ink(KIND_WORDS[kind].upper(), "label"), ink(f" {count}", "muted"))
    return rule(left, BLANK, width + 1, glyphs.rule).truncate(width)


def about_width(items: Sequence[InboxItem], width: int) -> int:
    """Return how wide the column is that says what the items are about."""
    longest = max((len(item.about) for item in items), default=0)
    return max(_LEAST, min(longest, _MOST, width // 3))


def item_line(item: InboxItem, at: int, now: datetime, mark: Content, width: int) -> Content:
    """Return `▎ orders/prod  8d20b6e Retry refunds: 0 of 1 approval so far   2h`."""
    about = fit(ink(item.about, "strong" if item.is_mine else "plain"), at)
    words = ink(item.words, _SIGNED.get(item.kind, "plain"))
    since = align_right(ink(age(item.since, now), "muted"), AGE)
    return spread(line(mark, " ", about, "  ", words), since, width)


def title(item: InboxItem, now: datetime, glyphs: Glyphs, width: int) -> Content:
    """Return `orders/prod ───── mine, for 2h`."""
    said = ["mine"] if item.is_mine else []
    said += [f"for {age(item.since, now)}"] if item.since else []
    return rule(ink(item.about, "strong"), ink(", ".join(said), "muted"), width, glyphs.rule)


def action_line(item: InboxItem, marked: int, key_of: Callable[[str], str], glyphs: Glyphs) -> Content:
    """Return the keys that decide it, or that open where it is decided."""
    arrow = ink(f" {glyphs.arrow} ", "muted")
    parts = []
    if item.kind in SIGNS:
        key, words = SIGNS[item.kind]
        many = f" ({marked} marked)" if marked else ""
        parts.append(line(ink(key_of(key), "strong"), arrow, ink(f"{words}{many}", "strong")))
    opens = _OPENS["release" if item.release else item.kind]
    parts.append(line(ink(key_of("rows.choose"), "strong"), arrow, ink(opens)))
    return line(*(part if at == 0 else line("      ", part) for at, part in enumerate(parts)))


def detail(item: InboxItem, width: int, height: int) -> list[Content]:
    """Return all that is known of an item, and the command that does it."""
    services = list_first(item.services, 12) if len(item.services) > 1 or item.release else ""
    rows = [
        ("waits", ink(item.words)),
        ("services", ink(services)),
        ("since", ink(exact_time(item.since) if item.since else "")),
    ]
    shown = [pair_of(ink(name, "muted"), value, _KEYED) for name, value in rows if value.plain]
    return [part for row in shown for part in wrap(row, width, _KEYED)][:height]
