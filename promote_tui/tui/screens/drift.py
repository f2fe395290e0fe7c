"""Drift: commits, settings and stacks that are apart, each kind by itself, oldest first; the causes stand below."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal

from promote_tui.core.model.cells import Unreachable, stack_of
from promote_tui.core.text import plural
from promote_tui.tui.actions import navigation
from promote_tui.tui.actions.clipboard import notes_of_draft
from promote_tui.tui.bindings import bind
from promote_tui.tui.presentation.drift import pane
from promote_tui.tui.presentation.drift.filter import is_shown, misread
from promote_tui.tui.presentation.drift.model import DriftRow, drift_rows
from promote_tui.tui.presentation.drift.rows import row_line
from promote_tui.tui.presentation.drift.summary import ComparisonProgress, summary_line
from promote_tui.tui.presentation.pipeline import detail, side, summary
from promote_tui.tui.presentation.pipeline.pane import clear_hint, unreachable_words
from promote_tui.tui.presentation.style import align_right, ink
from promote_tui.tui.presentation.widths import TALL
from promote_tui.tui.screens.filterable import FilterableScreen
from promote_tui.tui.state.cell_details import CellDetails
from promote_tui.tui.state.drifts import DriftStore
from promote_tui.tui.timers import call_after
from promote_tui.tui.widgets.drift_list import DriftList
from promote_tui.tui.widgets.filter_field import FilterField
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.events import Resize

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.model.cells import CellKey
    from promote_tui.tui.presentation.copy_items import CopyItem
    from promote_tui.tui.presentation.pipeline.pane import CellPane

_DEBOUNCE, _COALESCE = 0.15, 0.1


class DriftScreen(FilterableScreen):
    """Everything that is apart, in one list; the row under the cursor is explained below it."""

    CSS_PATH = "drift.tcss"
    TITLE_WORDS = "Drift"
    AUTO_FOCUS = "GroupedList"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("drift.diff", "diff", "Diff", "difference between the two stages, line by line"),
        bind("drift.promote", "promote", "Promote", "promote from the stage before"),
        bind("drift.detect", "detect", "Detect", "detect drift of this stack"),
        bind("drift.filter", "filter", "Filter", "filter; enter keeps it, esc clears"),
        bind("drift.refresh", "refresh", "Refresh", "read every stack again"),
        bind("drift.detect_all", "detect_all", "detect drift of every stack", show=False),
        bind("drift.clear", "clear", "Clear filter", "clear the filter"),
        bind("drift.quit", "app.do('leave')", "quit; runs continue", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.filter_field = FilterField("service, hash or state; stage:prod drift:config", self._shown_count)
        self._details = CellDetails(self, self.current_cell, self._show)
        self._stale = False
        self._drifts = DriftStore(self.host, self, self._soon, self._complain)
        self._every: list[DriftRow] = []
        self._complained = 0
        """The refresh of which a person has heard that something could not be compared."""
        self._rows = DriftList(self._row, self.glyphs, marks=self.host.marks)

    def compose(self) -> ComposeResult:
        """Return the bar, the summary or the filter, the list and the pane."""
        yield LinesView(lambda width: self.tabs(width, "Drift"), "top")
        yield LinesView(self._summary, "summary")
        yield self.filter_field
        yield self._rows
        yield LinesView(self._title, "title")
        with Horizontal(id="pane"):
            yield LinesView(self._main, "main")
            yield LinesView(self._side, "side")
        yield KeyBar()

    def on_mount(self) -> None:
        """Show what is known at once."""
        self.host.cells_changed.subscribe(self, self._board_changed)
        self._details.follow()
        self.set_interval(1.0, self._tick)

    def on_screen_resume(self) -> None:
        """Catch up with what was read while another screen was in front."""
        self._catch_up()

    def on_resize(self, event: Resize) -> None:
        """Leave the pane its room."""
        self._rows.styles.max_height = max(4, event.size.height - (20 if event.size.height >= TALL else 11))
        self.run_when_drawn(self._show)

    def _tick(self) -> None:
        if self.is_current:
            self.redraw_lines("#top")

    def _board_changed(self, key: CellKey | None) -> None:
        if self.is_current and key is None:
            self._catch_up()
        elif self.is_current:
            self._soon()

    def _catch_up(self) -> None:
        """Draw once what many cells have changed; what was looked up for an older refresh is looked up again."""
        self._stale = False
        self._details.after_refresh()
        self._show()

    def _show(self) -> None:
        """Show the rows that the filter keeps, and all that is said about them."""
        self._every = drift_rows(self.host.pipeline, self.host.cells.views.get, self._drifts.findings())
        self._rows.empty = self._misfit.partition(";")[0] if self._every else ""
        shown = [row for row in self._every if is_shown(row, self.filter_field.text)]
        self._rows.show_rows(shown, tall=self.tall, wide=self.wide)
        self.set_class(not self._every, "-bare")
        self._read()
        self.redraw_lines()
        self.refresh_bindings()

    @property
    def _misread(self) -> str:
        stages = [stage.name for stage in self.host.pipeline.stages]
        return misread(self.filter_field.text, stages)

    @property
    def _misfit(self) -> str:
        """Why the filter leaves no row."""
        return self._misread or pane.NO_MATCH

    @property
    def _comparison(self) -> ComparisonProgress:
        app, cells = self.host, self.host.cells
        total = len(app.pipeline.services) * len(app.pipeline.stages)
        is_comparing = app.engine is not None and not cells.is_from_cache
        progress, untold = self._drifts.progress(), self._drifts.count_uncompared()
        read = len(cells.views), total, cells.taken_at is not None
        return ComparisonProgress(*read, self._failed, *progress, untold, is_comparing)

    def _read(self) -> None:
        """Read the drifts of services: those with a row in sight first, a few at a time."""
        cells = self.host.cells
        if self.host.engine is None or cells.is_reading or cells.is_from_cache or not self.is_current:
            return
        rows = self._rows.rows
        seen = [row.service for row in rows[: self._rows.size.height]]
        every = [service.name for service in self.host.pipeline.services]
        self._drifts.read(dict.fromkeys([*seen, *(row.service for row in rows), *every]))

    def _complain(self, error: PromoteError) -> None:
        """Say once a refresh that a service could not be compared: what one says, all may say."""
        if self._complained != self.host.cells.last_refresh:
            self._complained = self.host.cells.last_refresh
            self.host.say(f"{error.subject}: {error.cause}", failed=True)

    def _soon(self) -> None:
        """Draw once what many answers have changed."""
        if not self._stale:
            self._stale = True
            call_after(self, _COALESCE, self._catch_up)

    @property
    def _failed(self) -> bool:
        """Whether nothing could be read, and nothing is being read."""
        cells = self.host.cells
        return cells.trouble is not None and not cells.is_reading and not cells.views

    def _row(self, row: DriftRow, width: int) -> Content:
        return row_line(row, self.now, self.glyphs, width, here=row is self._rows.at)

    def _summary(self, width: int) -> list[Content]:
        return [summary_line(self._every, self._comparison, self.glyphs, width)]

    def _shown_count(self, width: int) -> list[Content]:
        shown = len(self._rows.rows)
        return [align_right(ink(f"{shown} of {plural(len(self._every), 'row')}", "muted"), width)]

    def current_cell(self) -> CellKey | None:
        """Return the cell that the row under the cursor is about."""
        row = self._rows.at
        return (row.service, row.stage) if row else None

    def copy_items(self) -> Sequence[CopyItem]:
        """Return what can be copied of the cell."""
        if not self._rows.at:
            return []
        found = self._pane()
        return [*summary.copy_items(found), *notes_of_draft(self.host, found.draft)]

    def web_pages(self) -> list[tuple[str, str]]:
        """Return the console's page of the stack."""
        return summary.web_pages(self._pane()) if self._rows.at else []

    def why_not(self, action: str, _parameters: tuple[object, ...]) -> str:
        """Return why nothing can be done with the row under the cursor."""
        if action in {"detect", "detect_all"}:
            return self._why_not_detect(self._rows.at, every=action == "detect_all")
        return self._why_not_row(action, self._rows.at) if action in {"promote", "diff"} else ""

    def _why_not_row(self, action: str, row: DriftRow | None) -> str:
        if row is None:
            return self._why_no_row()
        if action == "diff":
            return "" if row.ends else "one of the two commits is unknown"
        if isinstance(row.view.cell, Unreachable):
            return unreachable_words(row.view.cell, self.host.key_of("app.login"))
        return "" if self.host.engine is not None else "not read yet"

    def _why_no_row(self) -> str:
        return self._misfit if self._every else self._comparison.why_empty(self.glyphs)[2]

    def _why_not_detect(self, row: DriftRow | None, *, every: bool) -> str:
        if self.host.engine is None:
            return "not read yet"
        if every:
            return "" if self._stacks() else "there is no stack"
        if row is None:
            return self._why_no_row()
        if (row.service, row.stage) in self._drifts.detecting:
            return "CloudFormation is detecting drift already"
        return "" if stack_of(row.view.cell) else "there is no stack to check"

    def _stacks(self) -> list[CellKey]:
        """Return the cells whose stacks can be looked at: those with a row first."""
        views = self.host.cells.views
        order = dict.fromkeys([*((row.service, row.stage) for row in self._every), *views])
        return [key for key in order if (view := views.get(key)) is not None and stack_of(view.cell)]

    def _pane(self) -> CellPane:
        return self._details.pane(self.current_cell() or ("", self.host.pipeline.stages[-1].name))

    def _title(self, width: int) -> list[Content]:
        return [pane.title(self._rows.at, self._pane(), self._misfit, width)]

    def _main(self, width: int) -> list[Content]:
        row, height = self._rows.at, self.query_one("#pane").size.height
        if self._failed:
            return detail.main_lines(self._pane(), width, height)
        if row is not None:
            return pane.explain(row, self._pane(), width, height)
        if self._every:
            return clear_hint(self._misread, width)
        return pane.keys(self._pane()) if self.host.cells.taken_at is not None else []

    def _side(self, width: int) -> list[Content]:
        return side.side_lines(self._pane(), width) if self._rows.at is not None else []

    def on_row_list_moved(self) -> None:
        """Explain the row that the cursor stands on now."""
        self._details.after_move()
        row = self._rows.at
        self.set_class(row is not None and row.kind in pane.WHOLE, "-whole")
        self.redraw_lines("#title, #main, #side")
        self.refresh_bindings()

    @property
    def filtered_list(self) -> DriftList:
        """The rows."""
        return self._rows

    def apply_filter(self) -> None:
        """Show the rows that fit."""
        self._show()

    def action_refresh(self) -> None:
        """Read every stack again."""
        self.host.refresh_cells()

    def on_row_list_chosen(self) -> None:
        """Open the service's commits."""
        key = self.current_cell()
        if key is not None and self.host.engine is not None:
            navigation.open_commits(self.host, key)

    def action_detect(self) -> None:
        """Let CloudFormation look for drift of the stack under the cursor."""
        key = self.current_cell()
        if key is not None:
            self._drifts.detect([key])
            self._show()

    def action_detect_all(self) -> None:
        """Let CloudFormation look for drift of every stack, a few at a time."""
        stacks = self._stacks()
        self._drifts.detect(stacks)
        self.host.say(f"CloudFormation detects drift of {plural(len(stacks), 'stack')}, a few at a time")
        self._show()

    def action_diff(self) -> None:
        """Show what lies between the stage and the one before."""
        row = self._rows.at
        if row is not None and row.ends is not None:
            navigation.open_diff(self.host, row.service, row.ends, f"{row.stage} to {row.view.against}")

    def action_promote(self) -> None:
        """Open the review of a promotion into the cell, or the commits where none suggests itself."""
        key = self.current_cell()
        if key is None:
            return
        if self._details.has_no_commit(key):
            navigation.open_commits(self.host, key)
        else:
            self.app.push_screen(navigation.review_screen(key, draft=self._details.draft(key)))
