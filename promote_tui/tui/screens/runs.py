"""Runs, live and past, newest first; enter watches one again."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from promote_tui.core.errors import PromoteError
from promote_tui.core.text import plural
from promote_tui.ports import RunFilter
from promote_tui.tui import messages
from promote_tui.tui.presentation.ink import ink, spread, wrap
from promote_tui.tui.presentation.lists import run_columns, run_line
from promote_tui.tui.screens.view import View
from promote_tui.tui.widgets.drawn import Drawn
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.message import Message

    from promote_tui.core.run import Run

PAGE = 50


class RunsScreen(View):
    """The record of who deployed what, when, and how it ended."""

    CSS_PATH = "runs.tcss"
    TITLE_WORDS = "Runs"
    AUTO_FOCUS = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "refresh", "Refresh", id="runs.refresh", tooltip="read the runs again"),
        Binding("1", "app.switch_mode('pipeline')", "Pipeline", id="runs.pipeline", tooltip="what runs where"),
        Binding("q", "app.leave", "quit; a run goes on", show=False, id="runs.quit"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._ticket = 0
        self._cursor: str | None = None
        self._asked: str | None = None
        self._error: PromoteError | None = None
        self._rows: Rows[Run] = Rows(self._row, marks=self.promoter.marks, empty="reading the runs")

    def compose(self) -> ComposeResult:
        """Return the bar, the list and the run under the cursor."""
        yield Drawn(lambda width: self.tabs(width, "Runs"), "top")
        yield Drawn(self._heading, "heading")
        yield Drawn(lambda width: [run_columns(width)], "columns")
        yield self._rows
        yield Drawn(self._detail, "detail")
        yield KeyBar()

    def on_mount(self) -> None:
        """Follow the board: what changes a cell is often a run."""
        self.promoter.board_changed.subscribe(self, lambda _nothing: self.query_one("#top", Drawn).redraw())
        self.set_interval(2.0, self._look_again)

    def on_resize(self) -> None:
        """Take more air where there is room."""
        self.set_class(self.wide, "-wide")

    def on_screen_resume(self) -> None:
        """Read again whenever the screen comes to the front."""
        self._read()

    def _look_again(self) -> None:
        if self.app.screen is self and any(run.live for run in self._rows.items):
            self._read()

    def _row(self, run: Run, _index: int, width: int) -> Content:
        return run_line(run, self.now, self.glyphs, width)

    def _heading(self, width: int) -> list[Content]:
        if self._error is not None:
            return wrap(ink(str(self._error), "bad"), width)
        live = sum(run.live for run in self._rows.items)
        count = f"{len(self._rows.items)}+ runs" if self._cursor else plural(len(self._rows.items), "run")
        return [
            spread(
                ink(f"{live} going on" if live else "none is going on", "live" if live else "muted"),
                ink(count, "muted"),
                width,
            )
        ]

    def _detail(self, width: int) -> list[Content]:
        run = self._rows.current
        if run is None:
            return []
        first = spread(ink(run.planned.subject, "strong"), ink(f"{run.planned.who}   {run.id}", "muted"), width)
        return [first, ink(run.cause, "bad") if run.cause else ink(run.planned.key, "muted")]

    def _read(self, *, more: bool = False) -> None:
        engine = self.promoter.engine
        if engine is None:
            return
        self._ticket += 1
        ticket, cursor = self._ticket, self._cursor if more else None
        self._asked = cursor

        def work() -> Message:
            try:
                return messages.RunsRead(ticket, engine.runs(RunFilter(), cursor, PAGE), cursor)
            except PromoteError as error:
                return messages.ReadFailed(ticket, error)

        self.promoter.background(work, self)

    def on_runs_read(self, message: messages.RunsRead) -> None:
        """Show a page, behind those that are there where it goes on."""
        if message.ticket != self._ticket:
            return
        self._error, self._cursor = None, message.page.cursor
        self._rows.empty = "no run yet; p on a cell of the pipeline starts one"
        self._rows.show((*self._rows.items, *message.page.runs) if message.more_of else message.page.runs)
        self._redraw()

    def on_read_failed(self, message: messages.ReadFailed) -> None:
        """Show why the runs cannot be read."""
        if message.ticket == self._ticket:
            self._error = message.error
            self._redraw()

    def _redraw(self) -> None:
        for drawn in self.query(Drawn):
            drawn.redraw()
        self._rows.refresh()

    def on_rows_moved(self) -> None:
        """Show the run under the cursor."""
        self.query_one("#detail", Drawn).redraw()

    def on_rows_near_end(self) -> None:
        """Read the next page."""
        if self._cursor is not None and self._cursor != self._asked:
            self._read(more=True)

    def on_rows_chosen(self) -> None:
        """Watch a live run, replay a past one."""
        if self._rows.current is not None:
            self.promoter.open_run(self._rows.current.id)

    def action_refresh(self) -> None:
        """Read the first page again."""
        self._read()
