"""The drafts of many cells, read a few at a time, and kept until what they were read for has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.tui.messages import PartDrafted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.message import Message
    from textual.message_pump import MessagePump

    from promote_tui.core.matrix import CellKey, CellView
    from promote_tui.tui.app import PromoteApp

    Views = tuple[CellView | None, CellView | None]

AT_ONCE = 4
"""How many drafts are read at the same time."""


class Drafts:
    """What the engine has said of each cell; the answers are messages to `owner`."""

    def __init__(self, app: PromoteApp, owner: MessagePump) -> None:
        self._app = app
        self._owner = owner
        self._found: dict[CellKey, PartDrafted] = {}
        self._reading: set[CellKey] = set()
        self._ticket = 0

    def of(self, key: CellKey, views: Views) -> PartDrafted | None:
        """Return the answer for a cell; None where there is none yet for what its stacks say now."""
        found = self._found.get(key)
        return found if found is not None and found.views == views else None

    def read(self, wanted: Iterable[tuple[CellKey, Views]]) -> None:
        """Begin to read what is missing, in this order, as long as there is room."""
        for key, views in wanted:
            if len(self._reading) >= AT_ONCE:
                return
            if key not in self._reading and self.of(key, views) is None:
                self._ask(key, views)

    def _ask(self, key: CellKey, views: Views) -> None:
        engine, ticket = self._app.the_engine, self._ticket
        self._reading.add(key)

        def work() -> Message:
            try:
                return PartDrafted(ticket, key, views, engine.draft(*key), None)
            except PromoteError as error:
                return PartDrafted(ticket, key, views, None, error)

        self._app.background(work, self._owner)

    def take(self, answer: PartDrafted) -> None:
        """Keep an answer, unless everything was forgotten since it was asked for."""
        self._reading.discard(answer.key)
        if answer.ticket == self._ticket:
            self._found[answer.key] = answer

    def forget(self) -> None:
        """Forget everything, so that it is read again."""
        self._ticket += 1
        self._found.clear()
