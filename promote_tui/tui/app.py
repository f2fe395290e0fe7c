"""The terminal UI: paints first, then opens the engine in a thread, and draws what it says.

The app puts together what the terminal UI consists of: the screens and actions of the registry, the threads, the
matrix and the drafts, and what happens of its own accord (the package `session`). Only the pipeline is imported before
the first frame; every other screen is when it is opened.
"""

from __future__ import annotations

import asyncio
import gc
import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from textual.actions import parse
from textual.app import App
from textual.events import Key
from textual.signal import Signal

from promote_tui.core.errors import PromoteError
from promote_tui.core.keymap import DEFAULTS
from promote_tui.core.text import clean
from promote_tui.tui import registry
from promote_tui.tui.background import Background
from promote_tui.tui.lazy import Lazy
from promote_tui.tui.options import Options
from promote_tui.tui.presentation.glyphs import ASCII, UNICODE
from promote_tui.tui.presentation.style import text_colours
from promote_tui.tui.screens.base import View
from promote_tui.tui.screens.pipeline import PipelineScreen
from promote_tui.tui.session.held_keys import HeldKeys, KeyPassed
from promote_tui.tui.session.key_queue import KeyQueue
from promote_tui.tui.session.matrix_refresh import MatrixRefresh
from promote_tui.tui.session.opening import Opening
from promote_tui.tui.session.run_watch import RunWatch
from promote_tui.tui.session.size_guard import SizeGuard
from promote_tui.tui.session.theme import DARK, FIRST_THEME, apply_theme, describe_unknown
from promote_tui.tui.session.totals import TotalsCounter
from promote_tui.tui.state.cell_store import CellStore
from promote_tui.tui.state.draft_store import DraftStore
from promote_tui.tui.state.inbox import InboxStore
from promote_tui.tui.timers import call_after
from promote_tui.tui.widgets.key_bar import key_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.text import Text
    from textual.actions import ActionParseResult
    from textual.binding import BindingType
    from textual.dom import DOMNode
    from textual.events import Event, Resize
    from textual.screen import Screen

    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.model.pipeline import Pipeline, SavedView
    from promote_tui.core.planning.plan import Plan
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.engine import Engine
    from promote_tui.tui.presentation.pipeline.summary import MatrixTotals

_ERROR_WORDS: Lazy[Callable[[PromoteError, Callable[[str], str]], str]] = Lazy(
    "promote_tui.tui.presentation.next_steps:error_words"
)
_STOP: Lazy[Callable[[App[int]], str]] = Lazy("promote_tui.tui.terminal.suspend:stop_for_now")
_TEXT: Lazy[type[Text]] = Lazy("rich.text:Text")


class PromoteApp(App[int]):
    """The app: it owns the engine, the matrix, the drafts and every thread."""

    TITLE = "promote-tui"
    CSS_PATH: ClassVar[list[str]] = ["app.tcss", "screens/pipeline.tcss"]  # type: ignore[assignment]
    """The first screen's too: a style file that comes later has all of them read again."""
    ENABLE_COMMAND_PALETTE = False
    theme = FIRST_THEME
    HEAD_START = 0.1
    """Seconds for the first frame to go out and the first key to be answered, before all that is heavy is imported."""
    MODES: ClassVar[dict[str, str | Callable[[], Screen[None]]]] = {root.mode: root.open for root in registry.ROOTS[1:]}
    DEFAULT_MODE = registry.ROOTS[0].mode
    BINDINGS: ClassVar[list[BindingType]] = [*registry.bindings()]

    def __init__(self, pipeline: Pipeline, open_engine: Callable[[], Engine], options: Options) -> None:
        super().__init__()
        self.pipeline = pipeline
        self.options = options
        self.glyphs = ASCII if options.ascii_only else UNICODE
        self.marks = options.ascii_only or self.no_color or (options.theme or "").startswith("ansi-")
        self.read_only = options.read_only or pipeline.read_only
        self.engine: Engine | None = None
        self.cells = CellStore()
        if options.cached_matrix is not None:
            self.cells.show_cached(options.cached_matrix.views, options.cached_matrix.taken_at)
        self.marked: set[CellKey] = set()
        """The cells that a person marked for a batch."""
        self.background = Background(self.say_trouble)
        self.cells_changed: Signal[CellKey | None] = Signal(self, "cells")
        """Says which cell was read, or None where it may be all of them."""
        self.saved_view = options.view
        self.view_chosen: Signal[SavedView] = Signal(self, "view")
        self.run_ended_signal: Signal[Run] = Signal(self, "run ended")
        self.drafts = DraftStore(self)
        self.inbox = InboxStore(self)
        self.headline = TotalsCounter(self, options.cached_matrix, options.save_matrix)
        self.matrix_refresh = MatrixRefresh(self, self.headline.keep)
        self.opening = Opening(self, open_engine, self.matrix_refresh.begin, options.attach)
        self.runs = RunWatch(self)
        self.cover = SizeGuard(self)
        self._keys = KeyQueue()
        self._held = HeldKeys()
        self._actions = registry.Actions(self)
        self.set_keymap(dict(options.keys))
        apply_theme(self, options.theme or DARK)

    # what it offers, see Host

    @property
    def the_engine(self) -> Engine:
        """The engine; ask only where it is certain that there is one."""
        if self.engine is None:
            raise PromoteError("promote-tui", "the engine is not open yet")
        return self.engine

    @property
    def live(self) -> Mapping[str, Run | None]:
        """The runs of this session that have not ended."""
        return self.runs.live

    @property
    def sandbox(self) -> bool:
        """Whether everything ends with the program."""
        return self.options.sandbox

    @property
    def is_too_small(self) -> bool:
        """Whether everything is covered."""
        return self.cover.is_shown

    def totals(self) -> MatrixTotals:
        """Return the totals of all cells."""
        return self.headline.totals()

    def now(self) -> datetime:
        """Return the present moment, from the engine's clock once there is one."""
        return self.engine.clock.now() if self.engine else datetime.now(UTC)

    def key_of(self, action: str) -> str:
        """Return the first key of an action, as people write it."""
        keys = dict(self.options.keys).get(action, DEFAULTS[action])
        return key_name(keys.split(",")[0])

    def describe_error(self, error: PromoteError) -> str:
        """Return an error in one line, its next step as the key that does it here."""
        return _ERROR_WORDS.load()(error, self.key_of)

    def say(self, words: str, *, failed: bool = False) -> None:
        """Show a toast that something has finished or cannot be done."""
        self.notify(clean(words), severity="error" if failed else "information", timeout=8, markup=False)

    def say_trouble(self, error: PromoteError) -> None:
        """Show what went wrong; the screen stays."""
        self.say(self.describe_error(error), failed=True)

    def refresh_cells(self) -> None:
        """Read every cell again; if the engine could not be opened, or nobody knows the user, try that first."""
        if self.engine is None:
            if not self.cells.is_reading:
                self.opening.begin()
        elif self.engine.pipeline.needs_user:
            self.opening.find_user()
        else:
            self.matrix_refresh.begin()

    def make_signal(self, name: str) -> Signal[Any]:
        """Return a new signal of the app."""
        return Signal(self, name)

    def discard(self, plan: Plan) -> None:
        """Delete a plan that will not be run, in a thread."""
        engine = self.the_engine
        self.background.run(self, lambda: engine.plans.discard(plan))

    def read_rules(self, engine: Engine) -> Engine:
        """Return an engine that follows the rules as fetched; blocks, raises PromoteError."""
        return self.options.reload(engine) if self.options.reload else engine

    def open_run(self, run: str) -> None:
        """Show a run, live or past."""
        self.cover.push(registry.WatchRun(run).open())

    def run_started(self, run: str) -> None:
        """Watch a run that was started from here, and read the matrix again."""
        self.runs.live[run] = None
        self.refresh_cells()

    def run_ended(self, run: Run) -> None:
        """Note the end of a run, once."""
        self.runs.end(run)

    # its life

    def get_default_screen(self) -> View:
        """Return the pipeline: as the default of its mode it is not styled twice, as a mode's screen would be."""
        self.add_mode(self.DEFAULT_MODE, PipelineScreen)
        return PipelineScreen()

    def get_css_variables(self) -> dict[str, str]:
        """Return the theme's variables with three strengths of text: `auto 60%` has no colour of its own in a line."""
        variables = super().get_css_variables()
        return {**variables, **text_colours(variables["background"], variables["foreground"])}

    def on_mount(self) -> None:
        """Paint first; everything heavy comes after the first frame."""
        self._refuses(describe_unknown(self, self.options.theme or DARK))
        self.set_class(self.options.ascii_only, "-ascii")
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self.exit, 128 + number)
        self.cells.is_reading = True
        call_after(self, self.HEAD_START, self.opening.begin)
        self.cells_changed.subscribe(self, self.drafts.follow_cells)
        self.set_interval(30.0, self.drafts.sweep)
        self.set_interval(2.0, self.runs.look)
        self.set_interval(max(1.0, self.options.refresh_seconds), self.matrix_refresh.begin_unasked)
        self.app_resume_signal.subscribe(self, lambda _app: self.screen.refresh())  # the terminal may be empty

    def on_resize(self, event: Resize) -> None:
        """Cover everything where the terminal is too small to be read safely."""
        self.cover.fit(event.size)

    def on_unmount(self) -> None:
        """Leave no plan behind that nobody can come back to."""
        self.drafts.close()

    def _fatal_error(self) -> None:
        """Leave with one line where Textual would print a traceback."""
        error = self._exception
        words = f"promote-tui: unexpected {type(error).__name__}: {error}; this is a bug. Runs continue."
        self._exit_renderables.append(_TEXT.load()(clean(words)))
        self._close_messages_no_wait()

    # keys and actions

    async def on_event(self, event: Event) -> None:
        """Ask the screen in front about a key first: what a key does to the focus holds for the next one."""
        if isinstance(event, Key) and event.key == "ctrl+z":
            self._refuses(_STOP.load()(self))  # as everywhere; runs go on meanwhile
        elif not isinstance(event, Key) or event.is_forwarded:
            await super().on_event(event)
        elif not self._held.hold(event, self._front):
            await self._press(event)

    async def _press(self, event: Key) -> None:
        front, way = self._front, self.focused or self.screen
        moves_focus = front is not None and front.moves_focus(event)
        if self._keys.press(event, front):
            return
        await super().on_event(event)
        if moves_focus:
            self._held.follow(way)

    async def on_key_passed(self, message: KeyPassed) -> None:
        """Let the keys go on that waited for where the focus goes; none is for a screen that was not in front then."""
        message.stop()
        for event, meant_for in self._held.arrive(message, self.focused or self.screen):
            front = self._front
            if front is None or front is meant_for:
                if not self._held.hold(event, meant_for):
                    await self._press(event)
            else:
                front.intercept_key(event, late=True)

    def on_key(self, event: Key) -> None:
        """Ask a screen that stands in front only since a key was pressed about that key, where nobody wanted it."""
        if self._keys.arrive(event, self._front):
            event.stop()
            event.prevent_default()

    def _refuses(self, reason: str) -> bool:
        """Say why something cannot be done, where there is a reason."""
        if reason:
            self.say(reason, failed=True)
        return bool(reason)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action, or say why it cannot be done now."""
        asked = getattr(default_namespace or self, "why_not", None)
        if asked is not None and isinstance(action, str):
            _, name, parameters = parse(action)
            if self._refuses(asked(name, parameters)):
                return True
        return await super().run_action(action, default_namespace, namespaces)

    @property
    def _front(self) -> View | None:
        return self.screen if isinstance(self.screen, View) else None

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why an action of the app cannot be done on the screen in front; empty where it can."""
        return self._actions.why_not(str(parameters[0]), self._front) if action == "do" else ""

    def action_root(self, mode: str) -> None:
        """Show a root screen."""
        self.switch_mode(mode)

    def action_do(self, name: str) -> None:
        """Do an action of the registry, or say why it cannot be done."""
        if not self._refuses(self.why_not("do", (name,))):
            self._actions.find(name).run(self._front)


def run(pipeline: Pipeline, open_engine: Callable[[], Engine], options: Options | None = None) -> int:
    """Run the terminal UI until it is left, and return the exit code.

    `open_engine` is called in a thread once the first frame is painted; what it raises as a
    PromoteError is shown, with its next step.
    """
    gc.disable()
    app = PromoteApp(pipeline, open_engine, options or Options())
    app.run()
    app.background.finish()
    return app.return_value if app.return_value is not None else app.return_code or 0
