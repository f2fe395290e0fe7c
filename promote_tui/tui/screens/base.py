"""What the screens have in common: the app they belong to, the bar on top, the keys that work everywhere."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

from textual.css.query import NoMatches
from textual.screen import Screen

from promote_tui.tui.actions import navigation
from promote_tui.tui.background import ignore_error
from promote_tui.tui.bindings import FIELD_OPENERS
from promote_tui.tui.presentation.style import ink, line, make_clickable, spread
from promote_tui.tui.presentation.widths import TALL, WIDE
from promote_tui.tui.presentation.wording import ago
from promote_tui.tui.registry import ROOTS, Root
from promote_tui.tui.styles import read_styles
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from textual.content import Content
    from textual.events import Key, Resize
    from textual.geometry import Size
    from textual.signal import Signal

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.model.pipeline import Commit
    from promote_tui.engine.engine import Engine
    from promote_tui.tui.host import Host
    from promote_tui.tui.presentation.copy_items import CopyItem
    from promote_tui.tui.presentation.glyphs import Glyphs

T = TypeVar("T")
V = TypeVar("V")
_ROOM_FOR_REGION = 78
"""Cells of a bar that has room for the region."""


class View(Screen[None]):
    """A screen of promote-tui."""

    TITLE_WORDS = ""
    """What the help calls this screen."""
    _questions = 0
    """The dialogs that are still being read."""

    def __init__(self) -> None:
        super().__init__()
        self._when_drawn: dict[Callable[[], object], bool] = {}
        """What is to be done once the screen is drawn, and whether it was asked for again since."""
        read_styles(self)

    @property
    def host(self) -> Host:
        """The app, as far as screens know it."""
        return cast("Host", self.app)

    @property
    def engine(self) -> Engine:
        """The engine; screens that need it are opened once it is there."""
        return self.host.the_engine

    def background(
        self,
        work: Callable[[], T],
        then: Callable[[T], object] | None = None,
        failed: Callable[[PromoteError], object] | None = None,
    ) -> None:
        """Run work that blocks in a thread, then `then` with its value or `failed` with its error; see Background.

        A screen that is gone hears nothing, even where it still has a message loop: its parts go first.
        """

        def show(value: T) -> None:
            if then is not None and not self.is_gone:
                then(value)

        def tell(error: PromoteError) -> None:
            if failed is not None and not self.is_gone:
                failed(error)

        self.host.background.run(self, work, show, failed if failed in {None, ignore_error} else tell)

    def prepare_question(
        self,
        read: Callable[[], T],
        ask: Callable[[T], object],
        failed: Callable[[PromoteError], object],
    ) -> None:
        """Read in a thread what a dialog shows, then ask; a letter that is typed meanwhile is no key of this screen."""
        self._questions += 1

        def answer(then: Callable[[V], object], value: V) -> None:
            self._questions -= 1
            then(value)

        self.background(read, partial(answer, ask), partial(answer, failed))

    @property
    def is_gone(self) -> bool:
        """Whether it is being closed: its widgets may be gone already."""
        return not (self.is_attached and self.display)

    def hear(self, signal: Signal[T], then: Callable[[T], object]) -> None:
        """Subscribe to a signal for as long as the screen exists."""
        signal.subscribe(self, then)

    @property
    def glyphs(self) -> Glyphs:
        """The set of characters in use."""
        return self.host.glyphs

    @property
    def now(self) -> datetime:
        """The present moment, from the engine's clock."""
        return self.host.now()

    @property
    def wide(self) -> bool:
        """Whether there is room for a second pane."""
        return self.size.width >= WIDE

    @property
    def tall(self) -> bool:
        """Whether there is room for blank lines between groups."""
        return self.size.height >= TALL

    @property
    def is_starting_run(self) -> bool:
        """Whether a run is about to begin from this screen; quitting now would leave it unannounced."""
        return False

    def next_keys(self) -> list[str]:
        """Return the ids of the bindings that are the next step here: they come first in the footer."""
        return []

    @property
    def buffers_letters(self) -> bool:
        """Whether letters are buffered: they are meant for a field that is still being made."""
        return False

    def is_offered(self, _action: str, _parameters: tuple[object, ...], /) -> bool:
        """Tell whether a key of this screen makes sense in its present state; if not, it is not shown."""
        return True

    def why_not(self, _action: str, _parameters: tuple[object, ...], /) -> str:
        """Return why an action cannot be done now, in plain words; empty where it can.

        The footer leaves it out, the help shows it with the reason, and its key says the reason.
        """
        return ""

    def intercept_key(self, event: Key, *, late: bool = False) -> bool:  # noqa: ARG002 - for those who override it
        """Take a key before the focused widget gets it, in the order in which keys arrive.

        `late`: it was on its way to what stood in front when it was pressed, where nobody wanted it.
        """
        return self._questions > 0 and (event.is_printable or event.key == "enter")

    @property
    def is_searching(self) -> bool:
        """Whether the field that filters or searches this screen has the focus."""
        return False

    def moves_focus(self, event: Key) -> bool:
        """Tell whether a key opens a field, or may leave the one it is typed in: those behind it wait for that."""
        here = self.focused
        if here is not None and here.check_consume_key(event.key, event.character):
            return False
        found = self.active_bindings.get(event.key)
        return self.is_searching or (found is not None and found.binding.id in FIELD_OPENERS)

    def copy_items(self) -> Sequence[CopyItem]:
        """Return (what it is, text) of all that `y` can copy here."""
        return []

    def web_pages(self) -> list[tuple[str, str]]:
        """Return (what it is, URL) of all that `o` can open here."""
        return []

    def proposed_commit(self) -> Commit | None:
        """Return the commit that a decision made here would be about."""
        return None

    def current_cell(self) -> CellKey | None:
        """Return the service and the stage that the screen is about just now."""
        return None

    async def action_go_back(self) -> None:
        """Do what esc does, for a click on the crumbs."""
        await self.run_action("back" if hasattr(self, "action_back") else "app.pop_screen")

    def roll_back(self) -> None:
        """Open the review of a rollback of the stage that the screen is about."""
        cell = self.current_cell()
        if cell is not None:
            self.app.push_screen(navigation.review_screen(cell, is_rollback=True))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Show what the screen offers; why it may not be done now is said when its key is pressed."""
        return self.is_offered(action, parameters)

    def run_when_drawn(self, work: Callable[[], object]) -> None:
        """Do it once the screen is drawn; do nothing if the screen is closed before that.

        What is asked for again before it was done is done once more only, once that is drawn, too.
        """
        if work in self._when_drawn:
            self._when_drawn[work] = True
            return
        self._when_drawn[work] = False

        def go() -> None:
            is_asked_again = self._when_drawn.pop(work)
            with contextlib.suppress(NoMatches):
                work()
            if is_asked_again:
                self.run_when_drawn(work)

        self.call_after_refresh(go)

    def redraw_lines(self, selector: str = "LinesView") -> None:
        """Draw lines anew: all of them, or those that a selector names."""
        for lines in self.query(selector).results(LinesView):
            lines.redraw()

    def on_resize(self, event: Resize) -> None:
        """Let the styles know how much room there is."""
        self.fit(event.size)

    def on_mount(self) -> None:
        """Follow what waits: the bar counts it."""
        self.hear(self.host.inbox.changed, lambda _none: self.redraw_lines("#top"))

    def fit(self, size: Size) -> None:
        """Set the classes for a size; done before the first frame, it saves styling everything twice."""
        self.set_class(size.width >= WIDE, "-wide", update=self.is_mounted)
        self.set_class(size.height >= TALL, "-tall", update=self.is_mounted)

    def on_screen_suspend(self) -> None:
        """Take the hints away while a dialog has the keys."""
        self.query(KeyBar).refresh()

    def on_screen_resume(self) -> None:
        """Show the hints again."""
        self.query(KeyBar).refresh()

    def read_at(self) -> Content:
        """Return how old the matrix is, and whether it is being read again."""
        cells = self.host.cells
        old = ago(cells.taken_at, self.now) if cells.taken_at else ""
        if cells.is_reading:
            old = f"{old}, reading" if old else "reading"
        return ink(old, "muted")

    def tabs(self, width: int, active: str) -> list[Content]:
        """Return the bar of a root screen."""
        parts = [self._tab(root, root.name, active) for root in ROOTS if not root.counts]
        counted = [(root, self._counted(root, active)) for root in ROOTS if root.counts]
        counts = [self._tab(root, name, active) for root, name in counted if name]
        regions = dict.fromkeys(stage.aws.region for stage in self.host.pipeline.stages)
        where = ", ".join(regions) if len(regions) == 1 else f"{len(regions)} regions"
        room = _ROOM_FOR_REGION + sum(part.cell_length for part in counts)
        right = line(*counts, ink(where if width >= room else "", "muted"), "   ", self.read_at())
        return [spread(line(ink(self.host.pipeline.project, "strong"), " ", *parts), right, width)]

    def _tab(self, root: Root, name: str, active: str) -> Content:
        tab = _tab(self.host.key_of(root.key), name, active=root.name == active, marks=self.host.marks)
        return make_clickable(tab, root.action)

    def _counted(self, root: Root, active: str) -> str:
        """Return `Inbox 3`; nothing where nothing waits and another screen is in front."""
        words = self.host.inbox.count_words
        return f"{root.name} {words}".rstrip() if words or root.name == active else ""

    def crumbs(self, width: int, right: Content, *names: str) -> list[Content]:
        """Return the bar of a screen that stands on another one."""
        between = ink(f" {self.glyphs.crumb} ", "faint")
        parts: list[Content] = [make_clickable(ink(self.host.pipeline.project, "strong"), "screen.go_back")]
        for name in names[:-1]:
            parts += [between, make_clickable(ink(name, "muted"), "screen.go_back")]
        return [spread(line(*parts, between, ink(names[-1], "strong")), right, width)]


def _tab(key: str, name: str, *, active: bool, marks: bool) -> Content:
    left, right = ("[", "]") if active and marks else (" ", " ")
    text = line(left, ink(f"{key} ", "muted"), ink(name, "strong" if active else "muted"), right)
    return line(text.stylize_before("on $primary-muted") if active else text, " ")
