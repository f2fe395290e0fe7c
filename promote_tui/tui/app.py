"""The terminal UI: paints first, then opens the engine in a thread, and draws what it says.

Whatever blocks runs in a thread that the app owns and answers with a message; handlers alone touch
widgets. Refreshes carry a generation number, so that a late answer never overwrites a newer one.
Only the pipeline is imported before the first frame; every other screen is when it is opened.
"""

from __future__ import annotations

import asyncio
import gc
import signal
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from textual._context import active_message_pump
from textual.actions import parse
from textual.app import App
from textual.events import Key
from textual.signal import Signal

from promote_tui.core.errors import PromoteError
from promote_tui.core.keymap import DEFAULTS
from promote_tui.core.text import clean, plural
from promote_tui.tui.background import Background
from promote_tui.tui.bindings import bind
from promote_tui.tui.presentation.glyphs import ASCII, UNICODE
from promote_tui.tui.presentation.pipeline.summary import Facts, facts, from_headline, headline
from promote_tui.tui.presentation.style import BLANK, ink, line, text_colours
from promote_tui.tui.screens.base import View
from promote_tui.tui.screens.pipeline import PipelineScreen
from promote_tui.tui.state.board import Board
from promote_tui.tui.state.draft_store import DraftStore
from promote_tui.tui.timers import once
from promote_tui.tui.widgets.key_bar import key_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.actions import ActionParseResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.dom import DOMNode
    from textual.events import Event, Resize

    from promote_tui.core.matrix import CellKey, CellView, Snapshot
    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.core.planning.plan import Plan
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.engine import Engine
    from promote_tui.startup.matrix_cache import Remembered
    from promote_tui.tui.dialogs.confirm import Ask

DARK, LIGHT = "tokyo-night", "catppuccin-latte"
LEAST = 60, 16
"""Columns and rows below which nothing is safe to read."""
_ON_THEIR_WAY = 200
"""Keys that may be on their way at once: as many as somebody types while the machine stalls."""
_FETCH = "git fetch, also of the configuration's own repository, then read everything again"
_DECIDING = frozenset({"rollback", "approve", "decide"})


def _runs() -> View:
    from promote_tui.tui.screens.runs import RunsScreen  # noqa: PLC0415 - not before the first frame

    return RunsScreen()


def _releases() -> View:
    from promote_tui.tui.screens.releases import ReleasesScreen  # noqa: PLC0415 - the same

    return ReleasesScreen()


def _drift() -> View:
    from promote_tui.tui.screens.drift import DriftScreen  # noqa: PLC0415 - the same

    return DriftScreen()


@dataclass(frozen=True, slots=True)
class Options:
    """How the terminal UI was started; `keys` are (action id, keys) pairs that a person chose."""

    read_only: bool = False
    attach: str | None = None
    sandbox: bool = False
    """Whether everything, runs too, ends with the program."""
    theme: str | None = None
    ascii_only: bool = False
    refresh_seconds: float = 60.0
    keys: tuple[tuple[str, str], ...] = ()
    remembered: Remembered | None = field(default=None, repr=False)
    remember: Callable[[Snapshot, Mapping[str, Any]], None] | None = field(default=None, repr=False)
    """Keeps a complete refresh, and what all its cells come to, for the next start; called in a thread."""
    read_again: Callable[[Engine], Engine] | None = None
    """Returns the engine by the rules as they were fetched; called in a thread, raises PromoteError."""


class PromoteApp(App[int]):
    """The app: it owns the engine, the board and every thread."""

    TITLE = "promote-tui"
    CSS_PATH: ClassVar[list[str]] = ["app.tcss", "screens/pipeline.tcss"]  # type: ignore[assignment]
    """The first screen's too: a style file that comes later has all of them read again."""
    ENABLE_COMMAND_PALETTE = False
    HEAD_START = 0.1
    """Seconds for the first frame to go out and the first key to be answered, before all that is heavy is imported."""
    MODES: ClassVar[dict[str, str | Callable[[], View]]] = {  # type: ignore[assignment]
        "releases": _releases,
        "drift": _drift,
        "runs": _runs,
    }
    DEFAULT_MODE = "pipeline"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("app.help", "help", "Help", "this page"),
        bind("app.pipeline", "root('pipeline')", "Pipeline", "Pipeline: what runs where", show=False),
        bind("app.releases", "root('releases')", "Releases", "Releases: several services, in waves", show=False),
        bind("app.drift", "root('drift')", "Drift", "Drift: how the stages differ", show=False),
        bind("app.runs", "root('runs')", "Runs", "Runs: live and past", show=False),
        bind("app.palette", "palette", "Palette", "find anything", show=False),
        bind("app.copy", "copy", "Copy", "copy a hash, a link, a command", show=False),
        bind("app.open", "open", "Open", "open in the browser", show=False),
        bind(
            "app.fetch",
            "fetch",
            "Fetch",
            _FETCH,
            show=False,
        ),
        bind("app.login", "login", "Log in", "log in to AWS", show=False),
        bind("app.rollback", "rollback", "Roll back", "roll back (opens a review)", show=False),
        bind("app.approve", "approve", "Approve", "approve what would be promoted", show=False),
        bind("app.decide", "decide", "Decide", "hold, veto, other decisions", show=False),
        bind("app.leave", "leave", "quit; runs continue", show=False, priority=True),
    ]

    def __init__(self, pipeline: Pipeline, open_engine: Callable[[], Engine], options: Options) -> None:
        super().__init__()
        self.pipeline = pipeline
        self.options = options
        self.glyphs = ASCII if options.ascii_only else UNICODE
        self.marks = options.ascii_only or self.no_color or (options.theme or "").startswith("ansi-")
        self.read_only = options.read_only or pipeline.read_only
        self.board = Board()
        if options.remembered is not None:
            self.board.remember(options.remembered.views, options.remembered.taken_at)
        self.engine: Engine | None = None
        self.marked: set[CellKey] = set()
        """The cells that a person marked for a batch."""
        self.live: dict[str, Run | None] = {}
        """The runs that were started or attached to here and have not ended."""
        self.logging_in = False
        """Whether it is being found out which log-in is missing."""
        self._told: set[str] = set()
        self._pressed: deque[tuple[Key, View]] = deque(maxlen=_ON_THEIR_WAY)
        self.background = Background(self.say_trouble)
        self._refreshing = self._again = self._checking = self._watching = self._fetching = False
        self._unrecorded = ""
        self._leaving: Ask[bool] | None = None
        self.board_changed: Signal[CellKey | None] = Signal(self, "board")
        """Says which cell was read, or None where it may be all of them."""
        self.drafts = DraftStore(self)
        self._open_engine = open_engine
        self.set_keymap(dict(options.keys))
        self._dress(options.theme or DARK)

    def _dress(self, theme: str) -> None:
        """Take the theme; one as dark as Textual's own before any style is read, else all of them are read again."""
        found = self.available_themes.get(theme, self.available_themes[DARK])
        if found.ansi or not found.dark:
            self.theme = found.name
            return
        self.set_reactive(PromoteApp.theme, found.name)
        self.add_class(f"-theme-{found.name}", update=False)
        self.stylesheet.set_variables(self.get_css_variables())

    @property
    def the_engine(self) -> Engine:
        """The engine; only screens that cannot be reached without it may ask."""
        if self.engine is None:
            raise PromoteError("promote-tui", "the engine is not open yet")
        return self.engine

    def get_default_screen(self) -> View:
        """Return the pipeline: as the default of its mode it is not styled twice, as a mode's screen would be."""
        self.add_mode(self.DEFAULT_MODE, PipelineScreen)
        return PipelineScreen()

    def facts(self) -> Facts:
        """Return what all cells come to; what an earlier start has noted of them until the first is read again."""
        kept = self.options.remembered
        if kept is not None and self.board.untouched and (noted := from_headline(kept.headline)) is not None:
            return noted
        stages, views = self.pipeline.stages, self.board.views
        return facts([[views.get((one.name, stage.name)) for stage in stages] for one in self.pipeline.services])

    def now(self) -> datetime:
        """Return the present moment, from the engine's clock once there is one."""
        return self.engine.clock.now() if self.engine else datetime.now(UTC)

    def key_of(self, action: str) -> str:
        """Return the first key of an action, as people write it."""
        keys = dict(self.options.keys).get(action, DEFAULTS[action])
        return key_name(keys.split(",")[0])

    def get_css_variables(self) -> dict[str, str]:
        """Return the theme's variables with three strengths of text: `auto 60%` has no colour of its own in a line."""
        variables = super().get_css_variables()
        return {**variables, **text_colours(variables["background"], variables["foreground"])}

    def on_mount(self) -> None:
        """Paint first; everything heavy comes after the first frame."""
        wanted = self.options.theme or DARK
        if wanted != self.theme:
            themes = ", ".join(sorted(self.available_themes))
            self.say(f"theme {wanted}: there is no such theme; one of: {themes}", failed=True)
        self.set_class(self.options.ascii_only, "-ascii")
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self.exit, 128 + number)
        self.board.reading = True
        once(self, self.HEAD_START, self.open_engine)
        self.board_changed.subscribe(self, self.drafts.follow_board)
        self.set_interval(30.0, self.drafts.sweep)
        self.set_interval(2.0, self._watch)
        self.set_interval(max(1.0, self.options.refresh_seconds), self._refresh_by_itself)

    async def on_event(self, event: Event) -> None:
        """Ask the screen in front about a key first: what a key does to the focus holds for the next one."""
        if isinstance(event, Key) and event.key == "ctrl+z":
            self._stop_for_now()
            return
        if isinstance(event, Key) and isinstance(self.screen, View) and not event.is_forwarded:
            self._pressed.append((event, self.screen))
            if self.screen.takes(event):
                return
        await super().on_event(event)

    def on_key(self, event: Key) -> None:
        """Ask a screen that stands in front only since a key was pressed about that key, where nobody wanted it."""
        was_there = any(pressed is event and screen is self.screen for pressed, screen in self._pressed)
        if not was_there and isinstance(self.screen, View) and self.screen.takes(event, late=True):
            event.stop()
            event.prevent_default()

    def _stop_for_now(self) -> None:
        """Suspend, as ctrl+z does everywhere; runs go on meanwhile."""
        from promote_tui.tui.terminal.suspend import stop_for_now  # noqa: PLC0415 - not before it is wanted

        reason = stop_for_now(self)
        if reason:
            self.say(reason, failed=True)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action, or say why it cannot be done now: whoever has the key has the reason too."""
        holder = default_namespace or self
        asked = getattr(holder, "why_not", None)
        if asked is not None and isinstance(action, str):
            _, name, parameters = parse(action)
            reason = asked(name, parameters)
            if reason:
                self.say(reason, failed=True)
                return True
        return await super().run_action(action, default_namespace, namespaces)

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:  # noqa: ARG002 - as the screens have it
        """Return why an action of the app cannot be done on the screen in front; empty where it can."""
        view = self.screen
        if action in _DECIDING:
            return self._why_not_decide(view)
        if action == "copy" and not (isinstance(view, View) and view.copies()):
            return "nothing to copy here"
        if action == "open" and not (isinstance(view, View) and view.opens()):
            return "nothing to open here"
        if action in {"fetch", "login"} and self.engine is None:
            return "the configuration is still being read"
        return ""

    def _why_not_decide(self, view: object) -> str:
        if self.engine is None:
            return "not read yet"
        if self.read_only:
            return "promote-tui was started with --read-only"
        return "" if isinstance(view, View) and view.about() is not None else "there is no service and stage here"

    def say_trouble(self, error: PromoteError) -> None:
        """Say what went wrong; the screen stays."""
        self.say(self.told(error), failed=True)

    def _handle_exception(self, error: Exception) -> None:
        """Let go what a screen lacks that was left while it opened: its parts never came, or are gone already."""
        from promote_tui.tui.teardown import lacks_parts  # noqa: PLC0415 - not before something is wrong

        if not lacks_parts(error, self, active_message_pump.get(None)):
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Leave with one line where Textual would print a traceback."""
        from rich.text import Text  # noqa: PLC0415 - only where everything is lost

        error = self._exception
        words = f"promote-tui: unexpected {type(error).__name__}: {error}; this is a bug. Runs continue."
        self._exit_renderables.append(Text(clean(words)))
        self._close_messages_no_wait()

    def told(self, error: PromoteError) -> str:
        """Return an error in one line, its next step as the key that does it here."""
        from promote_tui.tui.presentation.next_steps import error_words  # noqa: PLC0415 - not before there is one

        return error_words(error, self.key_of)

    def say(self, words: str, *, failed: bool = False) -> None:
        """Say in a toast that something has finished or cannot be done."""
        self.notify(clean(words), severity="error" if failed else "information", timeout=8, markup=False)

    def open_engine(self) -> None:
        """Open the engine in a thread; what it needs to import is imported there."""
        gc.freeze()
        gc.enable()
        self.board.reading = True

        def work() -> tuple[Engine, Sequence[Run]]:
            engine = self._open_engine()
            return engine, engine.runs.unfinished()

        self.background.run(self, work, self._engine_opened, self._engine_failed)

    def _engine_opened(self, opened: tuple[Engine, Sequence[Run]]) -> None:
        """Read everything, and offer what still runs from before."""
        self.engine, found = opened
        self.pipeline = self.engine.pipeline  # the same stages, with the rules that hold
        policy = self.pipeline.policy
        if policy is not None and policy.differs:
            words = f"this configuration differs from {policy.where}, which holds: {', '.join(policy.differs)}"
            self.say(words, failed=True)
        self.refresh_board()
        if self.options.attach:
            self.open_run(self.options.attach)
        else:
            runs = self.key_of("app.runs")
            lost = [run for run in found if run.status.value == "unknown"]
            unfinished = [run for run in found if run not in lost]
            self._say_unfinished(unfinished, f"not finished: {{}}. Press {runs} to watch.")
            self._say_unfinished(lost, f"to reconcile: {{}}. Press {runs} to open {_it(lost)}.")

    def _say_unfinished(self, found: Sequence[Run], words: str) -> None:
        if found:
            names = ", ".join(f"{run.service} to {run.stage}" for run in found[:3])
            self.say(f"{plural(len(found), 'run')} {words.format(names)}")

    def _engine_failed(self, error: PromoteError) -> None:
        """Show why, with the next step in words: no key but `r`, which tries again, works without the engine."""
        self.board.reading, self.board.trouble = False, error.by(None)
        self.board_changed.publish(None)

    def refresh_board(self) -> None:
        """Read every cell again; answers of an older refresh are dropped from now on."""
        if self.engine is None:
            if not self.board.reading:
                self.open_engine()
            return
        if self._refreshing:
            self._again = True  # one call waits for AWS at a time; what has changed since is read right after it
            return
        self._refreshing = True
        engine, generation = self.engine, self.board.begin()

        def hear(key: CellKey, view: CellView) -> None:
            self.call_later(self.cell_read, generation, key, view)

        def work() -> None:
            taken = engine.snapshot(hear)
            settled = engine.runs.settle(taken)
            if settled:
                self.call_later(self._runs_settled, settled)
                taken = engine.snapshot(hear)
            self.call_later(self._snapshot_taken, generation, taken)
            self._remember(taken)

        self.background.run(self, work, failed=lambda error: self._snapshot_failed(generation, error))
        self.board_changed.publish(None)

    def _remember(self, snapshot: Snapshot) -> None:
        """Keep a snapshot for the next start, with what it comes to."""
        if self.options.remember is not None:
            services, stages = self.pipeline.services, self.pipeline.stages
            rows = [[snapshot.cells.get((one.name, stage.name)) for stage in stages] for one in services]
            self.options.remember(snapshot, headline(facts(rows)))

    def _refreshed(self) -> None:
        """Begin the next refresh, where somebody has asked for one meanwhile."""
        self._refreshing = False
        if self._again:
            self._again = False
            self.refresh_board()

    def _refresh_by_itself(self) -> None:
        if self.engine is not None and not self.board.reading:
            self.refresh_board()

    def cell_read(self, generation: int, key: CellKey, view: CellView) -> None:
        """Show one cell."""
        if self.board.accept(generation, key, view):
            self.board_changed.publish(key)

    def _snapshot_taken(self, generation: int, snapshot: Snapshot) -> None:
        """Show all cells."""
        if self.board.complete(generation, snapshot):
            self.board_changed.publish(None)
            self._check(snapshot)
            self._say_unrecorded(snapshot.unrecorded)
        self._refreshed()

    def _say_unrecorded(self, why: str) -> None:
        """Say once what is not shown where the ledger cannot be read."""
        if why and why != self._unrecorded:
            self.say(f"runs, holds and vetoes are not shown: {why}", failed=True)
        self._unrecorded = why

    def _runs_settled(self, runs: Sequence[Run]) -> None:
        """Say how runs have ended of which that was not known."""
        for run in runs:
            self.say(f"{run.service} to {run.stage}: reconciled, {run.status.value.replace('_', ' ')}")

    def _check(self, snapshot: Snapshot) -> None:
        """Look whether the functions run what was deployed, one look at a time; nothing waits for it."""
        if self._checking:
            return
        self._checking, engine = True, self.the_engine

        def work() -> Snapshot:
            checked = engine.drift.check_code(snapshot)
            if checked != snapshot:
                self._remember(checked)
            return checked

        self.background.run(self, work, self._checked, self._check_failed)

    def _checked(self, snapshot: Snapshot) -> None:
        """Mark the cells whose functions run other code than was deployed."""
        self._checking = False
        self.board.check(snapshot)
        self.board_changed.publish(None)

    def _check_failed(self, error: PromoteError) -> None:
        """Say why nothing was checked."""
        self._checking = False
        self.say_trouble(error)

    def _snapshot_failed(self, generation: int, error: PromoteError) -> None:
        """Show why nothing could be read."""
        if self.board.fail(generation, error):
            self.board_changed.publish(None)
        self._refreshed()

    def discard(self, plan: Plan) -> None:
        """Delete a plan that will not be run."""
        engine = self.the_engine
        self.background.run(self, lambda: engine.plans.discard(plan))

    def run_started(self, run: str) -> None:
        """Watch a run that was started from here, and read the matrix again."""
        self.live[run] = None
        self.refresh_board()

    def open_run(self, run: str) -> None:
        """Show a run, live or past."""
        from promote_tui.tui.actions.navigation import run_screen  # noqa: PLC0415 - not before the first frame

        covered = self.screen.has_class("-too-small")
        if covered:
            self.pop_screen()
        self.push_screen(run_screen(run))
        if covered:
            self._cover()

    def _watch(self) -> None:
        """Look whether the runs of this session have ended."""
        if self.engine is None or not self.live or self._watching:
            return
        self._watching = True
        engine, names = self.engine, tuple(self.live)

        # where the ledger does not answer the run's own screen says so; here the next look may do better
        self.background.run(
            self,
            lambda: [engine.runs.find(name) for name in names],
            self._runs_seen,
            lambda _error: self._runs_seen(()),
        )

    def _runs_seen(self, runs: Sequence[Run]) -> None:
        """Say which runs have ended, and read the matrix again."""
        self._watching = False
        if not self.screen_stack:
            return  # the app is being left
        for run in runs:
            if run.live and run.status.value != "unknown":
                self.live[run.id] = run
            elif run.id in self.live:
                self.ended(run)

    def ended(self, run: Run) -> None:
        """Note the end of a run, once; a toast tells of it unless its own screen does."""
        self.live.pop(run.id, None)
        if run.id in self._told:
            return
        self._told.add(run.id)
        if self.pipeline.notify and self._rings(run):
            self.bell()
        if getattr(self.screen, "name_of_run", None) != run.id:
            self.say(_ended(run))
        if not self.live and self._leaving is not None:
            self._leaving.expire()
        self.refresh_board()

    def _rings(self, run: Run) -> bool:
        from promote_tui.core.runs.notices import rings_bell  # noqa: PLC0415 - not before a run has ended

        return rings_bell(self.pipeline.notify, run)

    def action_root(self, mode: str) -> None:
        """Show a root screen."""
        self.switch_mode(mode)

    def action_help(self) -> None:
        """Show the keys of the screen in front."""
        from promote_tui.tui.dialogs.help import Help  # noqa: PLC0415 - not before the first frame

        if isinstance(self.screen, View):
            active = list(self.screen.active_bindings.values())
            self.push_screen(Help(active, self.screen.TITLE_WORDS, self.glyphs))

    def action_palette(self) -> None:
        """Find anything by its name."""
        from promote_tui.tui.dialogs.palette import show  # noqa: PLC0415 - not before the first frame

        if isinstance(self.screen, View):
            show(self, self.screen)

    def action_copy(self) -> None:
        """Copy what the screen has to copy; where there is more than one thing, ask which."""
        from promote_tui.tui.actions.clipboard import copy  # noqa: PLC0415 - not before the first frame

        if isinstance(self.screen, View):
            copy(self, self.screen.copies())

    def action_open(self) -> None:
        """Open what the screen is about in the browser; where there is more than one page, ask which."""
        from promote_tui.tui.actions.clipboard import browse  # noqa: PLC0415 - not before the first frame

        if isinstance(self.screen, View):
            browse(self, self.screen.opens())

    def action_rollback(self) -> None:
        """Review the way back for what the screen is about."""
        if isinstance(self.screen, View):
            self.screen.roll_back()

    def action_approve(self) -> None:
        """Approve what would be promoted."""
        from promote_tui.tui.actions.decisions import approve  # noqa: PLC0415 - the same

        if isinstance(self.screen, View):
            approve(self, self.screen.about(), self.screen.proposes())

    def action_decide(self) -> None:
        """Choose a decision about what the screen is about."""
        from promote_tui.tui.actions.decisions import decide  # noqa: PLC0415 - the same

        if isinstance(self.screen, View):
            decide(self, self.screen.about(), self.screen.proposes())

    def action_login(self) -> None:
        """Log in to AWS for the cell that the screen is about."""
        from promote_tui.tui.actions.login import begin  # noqa: PLC0415 - not before the first frame

        begin(self, self.screen.about() if isinstance(self.screen, View) else None)

    def action_fetch(self) -> None:
        """Bring the repositories up to date, then read everything again."""
        engine = self.the_engine
        if self._fetching:
            self.say("fetching already")
            return
        self._fetching = True
        self.say("fetching")
        read_again = self.options.read_again or (lambda engine: engine)

        def work() -> tuple[Sequence[PromoteError], Engine | None]:
            troubles = engine.commits.fetch()
            try:
                return troubles, read_again(engine)
            except PromoteError as error:
                return [error, *troubles], None

        self.background.run(self, work, self._fetched, lambda error: self._fetched(([error], None)))

    def _fetched(self, found: tuple[Sequence[PromoteError], Engine | None]) -> None:
        """Say what could not be fetched; what could is read, and every open review asks its gates again."""
        self._fetching = False
        troubles, engine = found
        for trouble in troubles[:3]:
            self.say_trouble(trouble)
        if engine is not None:
            self._rule_by(engine)
        self.refresh_board()

    def _rule_by(self, engine: Engine) -> None:
        """Go by the rules as they were fetched: where they are others, what is planned is planned again."""
        other = _rules(engine.pipeline) != _rules(self.pipeline)
        self.engine, self.pipeline = engine, engine.pipeline
        if other and engine.pipeline.policy is not None:
            self.say(f"the rules are those of {engine.pipeline.policy.where or 'this file'} now")
        self.drafts.refresh_all(replan=other)

    def action_leave(self) -> None:
        """Quit; ask first while a run of this session goes on."""
        from promote_tui.tui.dialogs.confirm import Ask  # noqa: PLC0415 - not before the first frame

        if any(isinstance(screen, View) and screen.handing_over for screen in self.screen_stack):
            self.say("a run is starting; quit once it has begun", failed=True)
        elif not self.live or self.screen.has_class("-too-small"):  # which says that the run goes on
            self.exit(0)
        elif self._leaving is None:
            names = ", ".join(self.live)
            words: tuple[str, ...]
            if self.options.sandbox:
                words = (f"The sandbox ends when you quit, and {names} with it.",)
                answers = (("Stay", False), ("Quit, end the sandbox", True))
            else:
                verb = "keeps" if len(self.live) == 1 else "keep"
                again = f"To watch it again: promote-tui attach {next(iter(self.live))}"
                words = (f"{names} {verb} running without this window.", again)
                answers = (("Stay", False), ("Quit, leave it running", True))
            self._leaving = Ask[bool]("Quit?", words, answers)
            self.push_screen(self._leaving, self._leave)

    def _leave(self, quit_now: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
        self._leaving = None
        if quit_now:
            self.exit(0)

    def on_unmount(self) -> None:
        """Leave no plan behind that nobody can come back to."""
        self.drafts.close()

    def on_resize(self, event: Resize) -> None:
        """Cover everything where the terminal is too small to be read safely."""
        if (event.size.width < LEAST[0] or event.size.height < LEAST[1]) and not self.screen.has_class("-too-small"):
            self._cover()

    def _cover(self) -> None:
        from promote_tui.tui.dialogs.too_small import TooSmall  # noqa: PLC0415 - not before the first frame

        self.push_screen(TooSmall(self._goes_on, LEAST))

    def _goes_on(self) -> Content:
        if not self.live:
            return BLANK
        verb = "continues" if len(self.live) == 1 else "continue"
        return line(ink(self.glyphs.running(), "live"), " ", ink(f"{plural(len(self.live), 'run')} {verb}"))


def _rules(pipeline: Pipeline) -> tuple[str, str] | None:
    """Return from which commit the rules are; None where nothing is known of that."""
    return (pipeline.policy.kind, pipeline.policy.sha) if pipeline.policy else None


def _it(found: Sequence[object]) -> str:
    return "it" if len(found) == 1 else "them"


def _ended(run: Run) -> str:
    where = f"{run.service} to {run.stage}"
    if run.status.value == "unknown":
        return f"{where}: the verdict of run {run.id} is unknown; open it to reconcile it"
    held = f", {run.stage} is on hold until lifted" if run.went_back else ""
    return f"{where}: {run.went_back or run.status.value.replace('_', ' ')}{held}"


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
