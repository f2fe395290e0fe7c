"""What waits for the person at the keyboard, kind by kind; enter opens where it is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from promote_tui.core.inbox.item import KINDS
from promote_tui.core.model.pipeline import Commit
from promote_tui.tui.actions.inbox import InboxActions
from promote_tui.tui.bindings import bind
from promote_tui.tui.presentation import inbox as drawn
from promote_tui.tui.presentation.style import BLANK, ink, wrap
from promote_tui.tui.screens.base import View
from promote_tui.tui.widgets.grouped_list import FixedLine, GroupedList
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.events import Resize

    from promote_tui.core.inbox.item import InboxItem, ItemKind
    from promote_tui.core.model.cells import CellKey
    from promote_tui.tui.presentation.copy_items import CopyItem
    from promote_tui.tui.presentation.inbox import SignKind


class InboxScreen(View):
    """Approvals, ticks, holds and all else that waits, over all services."""

    CSS_PATH = "inbox.tcss"
    TITLE_WORDS = "Inbox"
    AUTO_FOCUS = "GroupedList"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("inbox.approve", "sign('approval')", "Approve", "approve what is marked, or is under the cursor"),
        bind("inbox.tick", "sign('tick')", "Tick", "tick what is marked, or is under the cursor"),
        bind("inbox.mark", "mark", "Mark", "mark an approval or a tick, to give several with one reason"),
        bind("inbox.mine", "mine", "Mine", "only mine, or everything"),
        bind("inbox.refresh", "refresh", "Refresh", "read everything again"),
        bind("inbox.quit", "app.do('leave')", "quit; runs continue", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._marked: set[tuple[object, ...]] = set()
        self._only_mine = False
        self._rows: GroupedList[InboxItem] = GroupedList(self._row, lambda item: item.key, marks=self.host.marks)

    def compose(self) -> ComposeResult:
        """Return the bar, the list and the item under the cursor."""
        yield LinesView(lambda width: self.tabs(width, "Inbox"), "top")
        yield LinesView(self._summary, "summary")
        yield self._rows
        yield LinesView(self._detail, "detail")
        yield KeyBar()

    def on_mount(self) -> None:
        """Follow the inbox, and the age of the matrix."""
        self.hear(self.host.inbox.changed, lambda _none: self._show())
        self.hear(self.host.cells_changed, lambda _key: self.redraw_lines("#top"))
        self._show()

    def on_resize(self, event: Resize) -> None:
        """Fill the room that there is."""
        super().on_resize(event)
        self.run_when_drawn(self._show)

    @property
    def _items(self) -> list[InboxItem]:
        return [each for each in self.host.inbox.items if not self._only_mine or each.is_mine or each.kind == "unread"]

    def _show(self) -> None:
        items = self._items
        self._marked &= {item.key for item in items}
        lines: list[InboxItem | FixedLine] = []
        for kind in KINDS:
            found = [item for item in items if item.kind == kind]
            lines += [self._head(kind, len(found)), *found] if found else []
        self._rows.empty = self._nothing()
        self._rows.show_lines(lines)
        self.set_class(not items, "-bare")
        self.redraw_lines()
        self.refresh_bindings()

    def _nothing(self) -> str:
        found = self.host.inbox
        if found.error is not None:
            return self.host.describe_error(found.error)
        if found.inbox is None:
            return "reading what waits for you"
        key = self.host.key_of("inbox.mine")
        return f"nothing of yours waits; {key} shows everything" if self._only_mine else "nothing waits for you"

    def _head(self, kind: ItemKind, count: int) -> FixedLine:
        return FixedLine(lambda width: drawn.kind_line(kind, count, self.glyphs, width))

    def _row(self, item: InboxItem, width: int) -> Content:
        mark = ink(self.glyphs.mark, "live") if item.key in self._marked else ink(" ")
        return drawn.item_line(item, drawn.about_width(self._items, width), self.now, mark, width)

    def _summary(self, width: int) -> list[Content]:
        store = self.host.inbox
        if store.error is not None and store.items:
            return wrap(ink(self.host.describe_error(store.error), "bad"), width)
        return [drawn.summary(self._items, len(self._marked), is_reading=store.is_reading)]

    def _detail(self, width: int) -> list[Content]:
        item = self._rows.at
        if item is None:
            return []
        gap = [BLANK] if self.tall else []
        room = max(2, self.query_one("#detail").size.height - 2 - 3 * len(gap))
        marked = len(self._chosen(item.kind)) if self._marked else 0
        return [
            *gap,
            drawn.title(item, self.now, self.glyphs, width),
            *gap,
            drawn.action_line(item, marked, self.host.key_of, self.glyphs),
            *gap,
            *drawn.detail(item, width, room),
        ]

    def _chosen(self, kind: ItemKind) -> list[InboxItem]:
        """Return the marked items of a kind; where none is marked at all, the one under the cursor."""
        at = [self._rows.at] if self._rows.at is not None else []
        found = [item for item in self._items if item.key in self._marked] if self._marked else at
        return [item for item in found if item.kind == kind]

    def next_keys(self) -> list[str]:
        """Return the key of what can be given here."""
        item = self._rows.at
        return [drawn.SIGNS[item.kind][0]] if item is not None and item.kind in drawn.SIGNS else []

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why nothing can be given or marked now."""
        item = self._rows.at
        if action == "mark":
            return "" if item is not None and item.kind in drawn.SIGNS else "only approvals and ticks can be marked"
        if action != "sign":
            return ""
        if self.host.read_only:
            return "promote-tui was started with --read-only"
        kind: ItemKind = "approval" if parameters == ("approval",) else "tick"
        return "" if self._chosen(kind) else f"no {kind} is marked, or under the cursor"

    def is_offered(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer what can be given in the footer only where it can."""
        return action not in {"sign", "mark"} or not self.why_not(action, parameters)

    def current_cell(self) -> CellKey | None:
        """Return the service and the stage of the item under the cursor, where it is about one."""
        item = self._rows.at
        is_one = item is not None and len(item.services) == 1 and not item.release
        return (item.services[0], item.stage) if item is not None and is_one else None

    def proposed_commit(self) -> Commit | None:
        """Return the commit that the item under the cursor is about."""
        item = self._rows.at
        if item is None or not item.commit or item.release:
            return None
        return Commit(item.commit, item.subject, "", item.since or self.now)

    def copy_items(self) -> list[CopyItem]:
        """Return the command that does it, and the commit that it is about."""
        item = self._rows.at
        found = [("command", item.command)] if item is not None and item.command else []
        return [*found, *([("commit", item.commit)] if item is not None and item.commit else [])]

    def on_row_list_moved(self) -> None:
        """Show the item under the cursor."""
        self.redraw_lines("#detail")
        self.refresh_bindings()

    def on_row_list_chosen(self) -> None:
        """Open the place where it is decided."""
        if self._rows.at is not None:
            InboxActions(self.host).open(self._rows.at)

    def action_sign(self, kind: SignKind) -> None:
        """Give what is marked with one reason."""
        InboxActions(self.host).sign_off(kind, self._chosen(kind))

    def action_mark(self) -> None:
        """Mark the item under the cursor, or take its mark away, and go on to the next."""
        item = self._rows.at
        if item is not None:
            self._marked ^= {item.key}
            self._rows.action_move(1)
            self._show()

    def action_mine(self) -> None:
        """Show only what is the viewer's, or everything."""
        self._only_mine = not self._only_mine
        self._show()

    def action_refresh(self) -> None:
        """Read the matrix again, and the inbox with it."""
        self.host.refresh_cells()
