"""All that the state of the screens knows of the app and of its screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from textual.signal import Signal

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.core.planning.plan import Plan
    from promote_tui.engine.engine import Engine
    from promote_tui.tui.background import Background
    from promote_tui.tui.presentation.glyphs import Glyphs
    from promote_tui.tui.presentation.pipeline.summary import MatrixTotals
    from promote_tui.tui.state.cell_store import CellStore
    from promote_tui.tui.state.draft_store import DraftStore

T = TypeVar("T")


class AppContext(Protocol):
    """The engine once there is one, the matrix, and the threads that read."""

    pipeline: Pipeline
    engine: Engine | None
    cells: CellStore
    drafts: DraftStore
    glyphs: Glyphs
    read_only: bool
    background: Background

    @property
    def the_engine(self) -> Engine:
        """The engine; ask only where it is certain that there is one."""
        ...

    def make_signal(self, name: str) -> Signal[Any]:
        """Return a new signal of the app."""
        ...

    def discard(self, plan: Plan) -> None:
        """Delete a plan that will not be run, in a thread."""
        ...

    def call_later(self, callback: Callable[..., object], *args: object) -> bool:
        """Do it on the message loop of the app; from any thread."""
        ...

    def key_of(self, action: str) -> str:
        """Return the first key of an action, as people write it."""
        ...

    def say(self, words: str, *, failed: bool = False) -> None:
        """Show a toast that something has finished or cannot be done."""
        ...

    def now(self) -> datetime:
        """Return the present moment, from the engine's clock once there is one."""
        ...

    def totals(self) -> MatrixTotals:
        """Return the totals of all cells."""
        ...


class ScreenContext(Protocol):
    """A screen as its state sees it."""

    @property
    def host(self) -> AppContext:
        """What is read."""
        ...

    @property
    def engine(self) -> Engine:
        """The engine; ask only where it is certain that there is one."""
        ...

    @property
    def now(self) -> datetime:
        """The present moment."""
        ...

    @property
    def is_current(self) -> bool:
        """Whether it can be seen."""
        ...

    def background(
        self,
        work: Callable[[], T],
        then: Callable[[T], object] | None = None,
        failed: Callable[[PromoteError], object] | None = None,
    ) -> None:
        """Run work that blocks in a thread, then `then` with its value or `failed` with its error."""
        ...

    def call_later(self, callback: Callable[..., object], *args: Any) -> bool:  # noqa: ANN401 - as Textual has it
        """Do it on the message loop of the screen; from any thread."""
        ...

    def hear(self, signal: Signal[T], then: Callable[[T], object]) -> None:
        """Subscribe to a signal for as long as the screen exists."""
        ...
