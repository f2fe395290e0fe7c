"""What waits for the person at the keyboard: read after each refresh of the matrix, one reading at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.signal import Signal

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.inbox.item import Inbox, InboxItem
    from promote_tui.core.matrix import Snapshot
    from promote_tui.tui.state.context import AppContext


class InboxStore:
    """The newest inbox; until there is one, the items that the first reading has said so far.

    `error` says why nothing could be read at all. Every change is published.
    """

    def __init__(self, app: AppContext) -> None:
        self._app = app
        self.changed: Signal[None] = app.make_signal("inbox")
        self.inbox: Inbox | None = None
        self.error: PromoteError | None = None
        self.is_reading = False
        self._so_far: list[InboxItem] = []
        self._snapshot: Snapshot | None = None
        self._is_wanted = False

    @property
    def items(self) -> Sequence[InboxItem]:
        """What waits, as far as it is known."""
        return self.inbox.items if self.inbox is not None else self._so_far

    @property
    def count_words(self) -> str:
        """How many things wait: `3`; `?` where all of them could not be read, empty where nothing waits."""
        if self.inbox is None or not self.inbox.items:
            return ""
        return str(self.inbox.count) if self.inbox.count else "?"

    def read(self, snapshot: Snapshot) -> None:
        """Read it by a matrix that was just read; where one reading is going on, right after that."""
        self._snapshot = snapshot
        self.read_again()

    def read_again(self) -> None:
        """Read it again by the same matrix: somebody has decided something."""
        snapshot = self._snapshot
        if snapshot is None or self.is_reading:
            self._is_wanted = self.is_reading
            return
        self.is_reading, self._is_wanted = True, False
        app, engine = self._app, self._app.the_engine

        def hear(items: Sequence[InboxItem]) -> None:
            app.call_later(self._hear, items)

        app.background.run(app, lambda: engine.inbox(snapshot, hear), self._take, self._fail)

    def _hear(self, items: Sequence[InboxItem]) -> None:
        """Show the items of a first reading as they come."""
        if self.inbox is None:
            self._so_far += items
            self.changed.publish(None)

    def _take(self, inbox: Inbox) -> None:
        self.inbox, self.error = inbox, None
        self._end()

    def _fail(self, error: PromoteError) -> None:
        """Note why it could not be read; what was known before stays."""
        self.error = error
        self._end()

    def _end(self) -> None:
        self.is_reading = False
        self._so_far.clear()
        self.changed.publish(None)
        if self._is_wanted:
            self.read_again()
