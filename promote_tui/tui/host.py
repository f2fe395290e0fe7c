"""What the app offers to its screens, its actions and its session: all that they know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from promote_tui.tui.state.context import AppContext, ScreenContext

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from textual.dom import DOMNode
    from textual.screen import Screen
    from textual.signal import Signal

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.model.pipeline import SavedView
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.engine import Engine
    from promote_tui.tui.presentation.glyphs import Glyphs
    from promote_tui.tui.state.inbox import InboxStore

T = TypeVar("T")


class Host(AppContext, Protocol):
    """The app."""

    glyphs: Glyphs
    marks: bool
    """Whether brackets show what colours alone would."""
    read_only: bool
    marked: set[CellKey]
    """The cells that a person marked for a batch."""
    cells_changed: Signal[CellKey | None]
    """Says which cell was read, or None where it may be all of them."""
    saved_view: SavedView | None
    """How the matrix is looked at when it is first shown."""
    view_chosen: Signal[SavedView]
    """Says which saved view of the matrix was chosen."""
    run_ended_signal: Signal[Run]
    """Says which run of this session has ended."""

    @property
    def inbox(self) -> InboxStore:
        """What waits for the person at the keyboard."""
        ...

    @property
    def live(self) -> Mapping[str, Run | None]:
        """The runs that were started or attached to here and have not ended."""
        ...

    @property
    def sandbox(self) -> bool:
        """Whether everything, runs too, ends with the program."""
        ...

    @property
    def is_too_small(self) -> bool:
        """Whether everything is covered, since the terminal is too small."""
        ...

    def describe_error(self, error: PromoteError) -> str:
        """Return an error in one line, its next step as the key that does it here."""
        ...

    def say_trouble(self, error: PromoteError) -> None:
        """Show what went wrong; the screen stays."""
        ...

    def refresh_cells(self) -> None:
        """Read every cell again; if the engine could not be opened, try that first."""
        ...

    def read_rules(self, engine: Engine) -> Engine:
        """Return an engine that follows the rules as fetched; blocks, raises PromoteError."""
        ...

    def open_run(self, run: str) -> None:
        """Show a run, live or past."""
        ...

    def run_started(self, run: str) -> None:
        """Watch a run that was started from here, and read the matrix again."""
        ...

    def run_ended(self, run: Run) -> None:
        """Note the end of a run, once."""
        ...

    # of Textual's app

    @property
    def screen(self) -> Screen[Any]:
        """The screen in front."""
        ...

    @property
    def screen_stack(self) -> Sequence[Screen[Any]]:
        """The screens of this mode, the one in front last."""
        ...

    def push_screen(self, screen: Screen[T], callback: Callable[[T | None], None] | None = None) -> object:
        """Show a screen in front; the callback is given its answer."""
        ...

    def switch_screen(self, screen: Screen[Any]) -> object:
        """Show a screen in the place of the one in front."""
        ...

    def switch_mode(self, mode: str) -> object:
        """Show a root screen."""
        ...

    def pop_screen(self) -> object:
        """Take the screen in front away."""
        ...

    async def run_action(self, action: str, default_namespace: DOMNode | None = None) -> bool:
        """Do what a key does."""
        ...

    def exit(self, result: int | None = None) -> None:
        """Leave the program."""
        ...

    def bell(self) -> None:
        """Ring."""
        ...

    def copy_to_clipboard(self, text: str) -> None:
        """Put a text on the clipboard."""
        ...

    def open_url(self, url: str) -> None:
        """Open a page in the browser."""
        ...

    def suspend(self) -> AbstractContextManager[None]:
        """Give the terminal to another program in the meantime."""
        ...


class ActionOwner(ScreenContext, Protocol):
    """A screen as its own actions see it."""

    def prepare_question(
        self,
        read: Callable[[], T],
        ask: Callable[[T], object],
        failed: Callable[[PromoteError], object],
    ) -> None:
        """Read in a thread what a dialog shows, then ask."""
        ...

    @property
    def host(self) -> Host:
        """The app."""
        ...
