"""The pipeline: what runs where, and what a promotion into the cell under the cursor would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input

from promote_tui.core.errors import PromoteError, UsageError
from promote_tui.core.model import Unreachable
from promote_tui.ports import RunFilter
from promote_tui.tui.messages import DraftRead
from promote_tui.tui.presentation import detail
from promote_tui.tui.presentation.cells import Grid, Look, State, matches, state_of, summary
from promote_tui.tui.presentation.ink import ink, right_aligned, spread
from promote_tui.tui.screens.promote import PromoteScreen
from promote_tui.tui.screens.service import ServiceScreen
from promote_tui.tui.screens.view import TALL, View
from promote_tui.tui.widgets.drawn import Drawn
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.stage_matrix import StageMatrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.events import Resize

    from promote_tui.core.plan import Draft
    from promote_tui.core.run import Run
    from promote_tui.core.snapshot import CellKey, CellView
    from promote_tui.engine.engine import Engine

_DEBOUNCE = 0.15
_SIDE = 45
_RECENT = 4


def look_at(engine: Engine, key: CellKey, ticket: int) -> DraftRead:
    """Return the draft for a cell and the newest runs there; what cannot be had is left out, with its reason."""
    draft, error = None, None
    runs: Sequence[Run] = ()
    try:
        draft = engine.draft(*key)
    except PromoteError as why:
        error = why
    try:
        runs = engine.runs(RunFilter(service=key[0], stage=key[1]), limit=_RECENT).runs
    except PromoteError as why:
        error = error or why
    return DraftRead(ticket, draft, error, runs)


class PipelineScreen(View):
    """The matrix, and the cell under its cursor in words."""

    CSS_PATH = "pipeline.tcss"
    TITLE_WORDS = "Pipeline"
    AUTO_FOCUS = "StageMatrix"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "promote", "Promote", id="pipeline.promote", tooltip="promote into this cell"),
        Binding("slash", "filter", "Filter", id="pipeline.filter", tooltip="filter; enter keeps it, esc clears"),
        Binding("r", "refresh", "Refresh", id="pipeline.refresh", tooltip="read every stack again"),
        Binding("4", "app.switch_mode('runs')", "Runs", id="pipeline.runs", tooltip="runs, live and past"),
        Binding("escape", "clear", "Clear filter", id="pipeline.clear", tooltip="clear the filter"),
        Binding("q", "app.leave", "quit; a run goes on", show=False, id="pipeline.quit"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._ticket = 0
        self._frame = 0
        self._found: dict[CellKey, DraftRead] = {}
        self._generation = 0

    def compose(self) -> ComposeResult:
        """Return the bar, the summary, the matrix and the pane."""
        yield Drawn(lambda width: self.tabs(width, "Pipeline"), "top")
        yield Drawn(self._summary, "summary")
        with Horizontal(id="filtering"):
            yield Drawn(lambda _width: [ink("/", "strong")], "slash")
            yield Input(id="filter", placeholder="service, hash or state", compact=True)
            yield Drawn(self._kept, "kept")
        yield StageMatrix(self.promoter.pipeline.stages, self._view_of, self._look)
        yield Drawn(self._title_line, "title")
        with Horizontal(id="pane"):
            yield Drawn(self._main, "main")
            yield Drawn(lambda width: detail.side(self._pane(), width), "side")
        yield KeyBar()

    @property
    def matrix(self) -> StageMatrix:
        """The matrix."""
        return self.query_one(StageMatrix)

    def on_mount(self) -> None:
        """Show the services at once; their cells come alive one by one."""
        self.promoter.board_changed.subscribe(self, self._board_changed)
        self._show_rows()
        self.set_interval(1.0, self._tick)
        if len(self.glyphs.frames) > 1 and self.app.animation_level != "none":
            self.set_interval(0.25, self._spin)

    def on_resize(self, event: Resize) -> None:
        """Leave the pane its room: eleven lines of a small screen go to everything but the matrix."""
        tall = event.size.height >= TALL
        self.set_class(tall, "-tall")
        self.set_class(self.wide, "-wide")
        rest = 24 if tall else 11
        room = max(4, event.size.height - rest)
        self.matrix.styles.max_height = room
        self.set_class(len(self.promoter.pipeline.services) + 1 < room, "-airy")

    def _tick(self) -> None:
        self.query_one("#top", Drawn).redraw()

    def _spin(self) -> None:
        if any(state_of(view) is State.RUNNING for view in self.promoter.board.views.values()):
            self._frame += 1
            self.matrix.refresh()

    def _view_of(self, key: CellKey) -> CellView | None:
        return self.promoter.board.views.get(key)

    def _look(self, shape: Grid) -> Look:
        return Look(shape, self.glyphs, self.now, self.promoter.marks, self._frame)

    def _summary(self, width: int) -> list[Content]:
        services = [service.name for service in self.promoter.pipeline.services]
        keys = [(name, stage.name) for name in services for stage in self.promoter.pipeline.stages]
        right = ink(f"{len(services)} services" if width >= 110 else "", "muted")  # noqa: PLR2004 - the wide screen
        room = width - right.cell_length - 1
        views = [self.promoter.board.views.get(key) for key in keys]
        return [spread(summary(views, self.glyphs, room, self._frame), right, width)]

    def _kept(self, width: int) -> list[Content]:
        every = len(self.promoter.pipeline.services)
        return [right_aligned(ink(f"{len(self.matrix.services)} of {every} services", "muted"), width)]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Offer what the keys do now: while the filter is typed they are letters."""
        if action == "clear":
            return self.has_class("-filtering")
        typing = self.focused is not None and self.focused.id == "filter"
        return not (typing and action in {"promote", "filter", "refresh"})

    def _board_changed(self, _nothing: None) -> None:
        board = self.promoter.board
        if board.generation != self._generation and not board.reading:
            self._generation = board.generation
            self._found.clear()
            self._ask()
        self._show_rows()
        self._redraw()

    def _redraw(self) -> None:
        for drawn in self.query(Drawn):
            drawn.redraw()
        self.matrix.refresh()

    def _show_rows(self) -> None:
        query = self.query_one("#filter", Input).value
        stages = [stage.name for stage in self.promoter.pipeline.stages]
        views = self.promoter.board.views
        names = [service.name for service in self.promoter.pipeline.services]
        kept = [name for name in names if matches(query, name, {stage: views.get((name, stage)) for stage in stages})]
        self.matrix.show_services(kept)

    def _pane(self) -> detail.Pane:
        stages = self.promoter.pipeline.stages
        board = self.promoter.board
        key = self.matrix.cursor or ("", stages[self.matrix.column].name)
        found = self._found.get(key)
        return detail.Pane(
            key[0],
            self.promoter.pipeline.stage(key[1]),
            board.views.get(key),
            self.now,
            self.glyphs,
            found.draft if found else None,
            found.error if found else None,
            found.runs if found else (),
            board.trouble if not board.reading else None,
        )

    def _title_line(self, width: int) -> list[Content]:
        if self.matrix.cursor is None:
            return [detail.no_match(width, self.glyphs)]
        return [detail.title(self._pane(), width)]

    def _main(self, width: int) -> list[Content]:
        if self.matrix.cursor is None:
            return [ink(detail.CLEAR, "muted")]
        return detail.main(self._pane(), width, self.query_one("#pane").size.height)

    def on_stage_matrix_moved(self) -> None:
        """Explain the cell that the cursor stands on now."""
        self._ask()
        self._redraw()

    def _ask(self) -> None:
        self._ticket += 1
        ticket = self._ticket
        self.set_timer(_DEBOUNCE, lambda: self._look_up(ticket))

    def _look_up(self, ticket: int) -> None:
        key = self.matrix.cursor
        view = self.promoter.board.views.get(key) if key else None
        engine = self.promoter.engine
        if ticket != self._ticket or engine is None or key is None or key in self._found:
            return
        if view is None or isinstance(view.cell, Unreachable):
            return
        self.promoter.background(lambda: look_at(engine, key, ticket), self)

    def on_draft_read(self, message: DraftRead) -> None:
        """Show what a promotion would bring, if the cursor is still there."""
        if message.ticket == self._ticket and self.matrix.cursor is not None:
            self._found[self.matrix.cursor] = message
            self._redraw()

    def action_filter(self) -> None:
        """Begin to filter."""
        self.add_class("-filtering")
        self.query_one("#filter", Input).focus()
        self.refresh_bindings()

    def on_input_changed(self) -> None:
        """Filter as it is typed."""
        self._show_rows()
        self._redraw()

    def on_input_submitted(self) -> None:
        """Keep the filter and go back to the matrix."""
        if not self.query_one("#filter", Input).value:
            self.remove_class("-filtering")
        self.matrix.focus()

    def action_clear(self) -> None:
        """Clear the filter."""
        self.remove_class("-filtering")
        self.query_one("#filter", Input).value = ""
        self.matrix.focus()
        self.refresh_bindings()

    def action_refresh(self) -> None:
        """Read everything again."""
        self.promoter.refresh_board()

    def on_stage_matrix_opened(self) -> None:
        """Open the service's commits."""
        key = self.matrix.cursor
        if key is not None and self.promoter.engine is not None:
            self.app.push_screen(ServiceScreen(*key))

    def action_promote(self) -> None:
        """Open the review of a promotion into the cell, or the commits where none suggests itself."""
        key = self.matrix.cursor
        view = self.promoter.board.views.get(key) if key else None
        if key is None:
            self.promoter.say(f"{detail.NO_MATCH}; {detail.CLEAR}", failed=True)
        elif view is None or self.promoter.engine is None:
            self.promoter.say("not read yet", failed=True)
        elif isinstance(view.cell, Unreachable):
            self.promoter.say(f"{view.cell.target}: {view.cell.reason}; {view.cell.remedy}", failed=True)
        elif key in self._found and isinstance(self._found[key].error, UsageError):
            self.app.push_screen(ServiceScreen(*key))
        else:
            self.app.push_screen(PromoteScreen(*key, revision=None, draft=self._draft_of(key)))

    def _draft_of(self, key: CellKey) -> Draft | None:
        found = self._found.get(key)
        return found.draft if found else None
