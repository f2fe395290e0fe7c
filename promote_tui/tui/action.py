"""What an action of the app is, and what it needs of the screen in front; of the app it knows the Host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.binding import ActiveBinding

    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.model.pipeline import Commit
    from promote_tui.tui.presentation.copy_items import CopyItem

NO_CELL = "there is no service and stage here"
NOT_OPEN = "the configuration is still being read"


class FrontScreen(Protocol):
    """The screen in front."""

    TITLE_WORDS: str

    @property
    def active_bindings(self) -> Mapping[str, ActiveBinding]:
        """The keys that work on it."""
        ...

    def current_cell(self) -> CellKey | None:
        """Return the service and the stage that it is about just now."""
        ...

    def proposed_commit(self) -> Commit | None:
        """Return the commit that a decision made here would be about."""
        ...

    def copy_items(self) -> Sequence[CopyItem]:
        """Return all that can be copied here."""
        ...

    def web_pages(self) -> Sequence[tuple[str, str]]:
        """Return (what it is, URL) of all that the browser can open here."""
        ...

    def roll_back(self) -> None:
        """Open the review of a rollback of the stage that it is about."""
        ...


class Action(Protocol):
    """What a key does on every screen; `view` is the one in front, None where that is a dialog."""

    def why_not(self, view: FrontScreen | None, /) -> str:
        """Return why it cannot be done now, in plain words; empty where it can."""
        ...

    def run(self, view: FrontScreen | None, /) -> None:
        """Do it."""
        ...
