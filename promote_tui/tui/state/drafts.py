"""The drafts of many cells, read a few at a time, and kept until what they were read for has changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.message_pump import MessagePump

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.matrix import CellKey, CellView
    from promote_tui.core.planning.plan import Draft
    from promote_tui.tui.app import PromoteApp

    Views = tuple[CellView | None, CellView | None]

AT_ONCE = 4
"""How many drafts are read at the same time."""


@dataclass(frozen=True, slots=True)
class PartDraft:
    """The draft of one service of a release, or why there is none; `views` are the cells that it was read for."""

    views: Views
    draft: Draft | None = None
    error: PromoteError | None = None


class Drafts:
    """What the engine has said of each cell; `owner` is told of each answer by `changed`."""

    def __init__(self, app: PromoteApp, owner: MessagePump, changed: Callable[[], object]) -> None:
        self._app = app
        self._owner = owner
        self._changed = changed
        self._found: dict[CellKey, PartDraft] = {}
        self._reading: set[CellKey] = set()
        self._ticket = 0

    def of(self, key: CellKey, views: Views) -> PartDraft | None:
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
        self._app.background.run(
            self._owner,
            lambda: engine.plans.draft(*key),
            lambda draft: self._take(ticket, key, PartDraft(views, draft)),
            lambda error: self._take(ticket, key, PartDraft(views, error=error)),
        )

    def _take(self, ticket: int, key: CellKey, answer: PartDraft) -> None:
        """Keep an answer, unless everything was forgotten since it was asked for."""
        self._reading.discard(key)
        if ticket == self._ticket:
            self._found[key] = answer
        self._changed()

    def forget(self) -> None:
        """Forget everything, so that it is read again."""
        self._ticket += 1
        self._found.clear()
