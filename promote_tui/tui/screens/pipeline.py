"""The pipeline: what runs where, and what a promotion into the cell under the cursor would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from promote_tui.core.cell_state import CellState, state_of
from promote_tui.tui.actions import navigation
from promote_tui.tui.bindings import bind
from promote_tui.tui.lazy import Lazy
from promote_tui.tui.presentation.pipeline import detail, pane, side, summary
from promote_tui.tui.presentation.pipeline.cells import MatrixStyle
from promote_tui.tui.presentation.style import align_right, ink
from promote_tui.tui.presentation.widths import TALL
from promote_tui.tui.screens.filterable import FilterableScreen
from promote_tui.tui.state.cell_details import CellDetails
from promote_tui.tui.state.matrix_rows import MatrixRows, in_promotion_order
from promote_tui.tui.timers import call_after
from promote_tui.tui.widgets.filter_field import FilterField
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.lines import LinesView
from promote_tui.tui.widgets.stage_matrix import StageMatrix

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.events import Resize
    from textual.geometry import Size

    from promote_tui.core.matrix import CellView
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.model.pipeline import Commit, SavedView
    from promote_tui.core.planning.plan import Draft
    from promote_tui.tui.host import Host
    from promote_tui.tui.presentation.copy_items import CopyItem
    from promote_tui.tui.presentation.pipeline.grid import Grid

_NOTES_OF_DRAFT: Lazy[Callable[[Host, Draft | None], list[CopyItem]]] = Lazy(
    "promote_tui.tui.actions.clipboard:notes_of_draft"
)

_COALESCE = 0.05


class PipelineScreen(FilterableScreen):
    """The matrix, and the cell under its cursor in words."""

    CSS_PATH = "pipeline.tcss"
    TITLE_WORDS = "Pipeline"
    AUTO_FOCUS = "StageMatrix"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("pipeline.promote", "promote", "Promote", "promote into this cell, or all marked"),
        bind("pipeline.diff", "diff", "Diff", "diff against what p would deploy"),
        bind("pipeline.mark", "mark", "Mark", "mark for a batch"),
        bind("pipeline.filter", "filter", "Filter", "filter; enter keeps it, esc clears"),
        bind("pipeline.clear", "clear", "Clear", "clear the filter, then the marks"),
        bind("pipeline.branches", "branches", "Branches", "the service's branches", show=False),
        bind("pipeline.sort", "sort", "Sort", "sort by name, staleness or drift", show=False),
        bind("pipeline.group", "group", "Group", "group by owner, or not", show=False),
        bind("pipeline.refresh", "refresh", "Refresh", "read every stack again", show=False),
        bind("pipeline.quit", "app.do('leave')", "Quit", "quit; runs continue", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._frame = 0
        self._details = CellDetails(self, lambda: self.matrix.cursor, self._details_changed)
        self._shown = MatrixRows(self, self._filter_changed)
        self._stale = False
        self._left = False
        self._explained: CellKey | None = None
        self.filter_field = FilterField("service, hash, branch, or state:failed drift:behind", self._shown_count)
        self.matrix = StageMatrix(self._shown.stages, self._view_of, self._look, self._shown.count_behind)

    def compose(self) -> ComposeResult:
        """Return the bar, the summary, the matrix and the pane."""
        self._share(self.app.size)
        yield LinesView(lambda width: self.tabs(width, "Pipeline"), "top")
        yield LinesView(self._summary, "summary")
        yield self.filter_field
        yield self.matrix
        yield LinesView(self._title_line, "title")
        yield LinesView(self._below, "pane")
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the services at once; their cells come alive one by one."""
        self.host.cells_changed.subscribe(self, self._board_changed)
        self.host.view_chosen.subscribe(self, lambda view: self.call_later(self._show_view, view))
        if self.host.saved_view is not None:
            self.call_after_refresh(self._show_view, self.host.saved_view)
        self._details.follow()
        self.matrix.marked = self.host.marked
        self._show_rows()
        self._explained = self.matrix.cursor
        self.set_interval(1.0, self._tick)
        if len(self.glyphs.frames) > 1 and self.app.animation_level != "none":
            self.set_interval(0.25, self._spin)

    def on_resize(self, event: Resize) -> None:
        """Share the room anew."""
        self._share(event.size)

    def _share(self, size: Size) -> None:
        """Leave the pane its room: eleven lines of a small screen go to everything but the matrix."""
        self.fit(size)
        rest = 24 if size.height >= TALL else 11
        lines, room = self._shown.most_lines + 1, max(4, size.height - rest)
        self.matrix.limit_height(room, lines)
        self.set_class(lines < room, "-airy")

    def on_screen_resume(self) -> None:
        """Show what has changed meanwhile: marks may be gone."""
        super().on_screen_resume()
        if self._left:
            self._redraw()

    def on_screen_suspend(self) -> None:
        """Note that something may change meanwhile; the first frame needs no second one."""
        super().on_screen_suspend()
        self._left = True

    def _tick(self) -> None:
        if self.is_current:
            self.redraw_lines("#top")

    def _spin(self) -> None:
        if not self.is_current:
            return
        names = [stage.name for stage in self.host.pipeline.stages]
        running = {
            service
            for service in self.matrix.visible_services
            if any(state_of(self._view_of((service, name))) is CellState.RUNNING for name in names)
        }
        self._frame += 1 if running else 0
        for name in running:
            self.matrix.redraw(name)

    def _view_of(self, key: CellKey) -> CellView | None:
        return self.host.cells.views.get(key)

    def _look(self, shape: Grid) -> MatrixStyle:
        return MatrixStyle(shape, self.glyphs, self.now, self.host.marks, self._frame)

    def current_cell(self) -> CellKey | None:
        """Return the cell under the cursor."""
        return self.matrix.cursor

    def proposed_commit(self) -> Commit | None:
        """Return the commit that a promotion into the cell under the cursor would bring."""
        draft = self._details.draft(self.matrix.cursor)
        return draft.commit if draft else None

    def copy_items(self) -> Sequence[CopyItem]:
        """Return the hashes, the command and the names of the cell under the cursor."""
        if not self.matrix.cursor:
            return []
        pane = self._pane()
        return [*summary.copy_items(pane), *_NOTES_OF_DRAFT.load()(self.host, pane.draft)]

    def web_pages(self) -> list[tuple[str, str]]:
        """Return the console's page of the stack under the cursor."""
        return summary.web_pages(self._pane()) if self.matrix.cursor else []

    def is_offered(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer to clear only where there is something."""
        return super().is_offered(action, parameters) or bool(self.host.marked)

    def why_not(self, action: str, _parameters: tuple[object, ...]) -> str:
        """Return why nothing can be done with the cell under the cursor."""
        if action in {"promote", "diff", "mark", "branches"} and self.matrix.cursor is None:
            return f"{self._shown.misread or pane.NO_MATCH}; {pane.CLEAR}"
        if action in {"promote", "branches"} and self.host.engine is None:
            return "not read yet"
        if action == "promote" and not self.host.marked:
            return pane.why_no_promotion(self._pane())
        if action == "group" and not any(service.owner for service in self.host.pipeline.services):
            return "no service has an `owner` in the configuration"
        if action == "diff":
            return summary.why_no_diff(self._pane())
        return ""

    def _summary(self, width: int) -> list[Content]:
        pipeline = self.host.pipeline
        last = pipeline.stages[-1].name
        around = summary.SummaryContext(len(pipeline.services), last, self._shown.order, len(self.host.marked))
        return [summary.summary_line(self.host.totals(), around, self.now, self.glyphs, width)]

    def _shown_count(self, width: int) -> list[Content]:
        every = len(self.host.pipeline.services)
        return [align_right(ink(f"{len(self.matrix.services)} of {every} services", "muted"), width)]

    def _board_changed(self, key: CellKey | None) -> None:
        self._details.after_refresh()
        if key is None:
            self._shown.read_facts()
            self._show_rows()
            self._redraw()
            return
        self.matrix.redraw(key[0])
        if not self._stale:
            self._stale = True
            call_after(self, _COALESCE, self._catch_up)

    def _catch_up(self) -> None:
        """Draw once what many cells have changed."""
        self._stale = False
        if self._shown.query:
            self._show_rows()
        self._redraw_around()

    def _redraw(self) -> None:
        self._redraw_around()
        self.matrix.refresh()

    def _redraw_around(self) -> None:
        self.redraw_lines()
        self.query(KeyBar).refresh()

    def _details_changed(self) -> None:
        self._redraw()
        self.refresh_bindings()

    def _show_rows(self) -> None:
        self.matrix.empty = pane.no_match_words(self._shown.misread, self._shown.reading)
        self.matrix.show_groups(self._shown.groups())

    def _filter_changed(self) -> None:
        self._show_rows()
        self._redraw()

    def _pane(self) -> pane.CellPane:
        key = self.matrix.cursor or ("", self.host.pipeline.stages[self.matrix.column].name)
        return self._details.pane(key, with_next=True, marked=len(self.host.marked))

    def _title_line(self, width: int) -> list[Content]:
        if self.matrix.cursor is None:
            return [pane.no_match_title(width, self.glyphs, self._shown.misread, self._shown.reading)]
        return [pane.title(self._pane(), width)]

    def _below(self, width: int) -> list[Content]:
        height, has_sides = self.query_one("#pane").size.height, self.wide and self.tall
        left = self._main(side.LEFT if has_sides else width, height)
        return side.beside(left, self._pane(), width, height) if has_sides else left

    def _main(self, width: int, height: int) -> list[Content]:
        if self.matrix.cursor is None:
            return pane.clear_hint(self._shown.misread, width)
        return detail.main_lines(self._pane(), width, height)

    def on_stage_matrix_moved(self) -> None:
        """Explain the cell that the cursor stands on now."""
        self._details.after_move()
        if self.matrix.cursor != self._explained:
            self._explain()
            self.refresh_bindings()

    def _explain(self) -> None:
        self._explained = self.matrix.cursor
        self.redraw_lines("#title, #pane")

    @property
    def filtered_list(self) -> StageMatrix:
        """The matrix."""
        return self.matrix

    def apply_filter(self) -> None:
        """Show the services that fit."""
        self._shown.apply_filter(self.filter_field.text)
        self._filter_changed()

    def action_clear(self) -> None:
        """Clear the filter; where there is none, the marks."""
        if not self.is_filtering:
            self.host.marked.clear()
        self._shown.clear()
        self._filter_changed()
        super().action_clear()

    def action_mark(self) -> None:
        """Mark the cell for a batch, or take its mark away, and go on to the next service."""
        key = self.matrix.cursor
        if key is not None:
            self.host.marked ^= {key}
            self.matrix.marked = self.host.marked
            self.matrix.action_move(1, 0)
            self._redraw()
            self.refresh_bindings()

    def action_sort(self) -> None:
        """Sort by the next of name, staleness and drift."""
        self._shown.next_order()
        self.matrix.order_mark = "" if self._shown.order == "name" else self.glyphs.sort
        self._filter_changed()

    async def _show_view(self, view: SavedView) -> None:
        """Show the matrix as a saved view has it."""
        if self._shown.is_grouped != bool(view.group_by):
            self.action_group()
        await self.keep_filter(view.filter)

    def action_group(self) -> None:
        """Group the services by owner, or not any more."""
        self._shown.group()
        self._filter_changed()
        self._share(self.app.size)

    def action_refresh(self) -> None:
        """Read everything again."""
        self._shown.forget_facts()
        self.host.refresh_cells()

    def on_stage_matrix_sorted(self) -> None:
        """Sort, as the key does."""
        self.action_sort()

    def on_stage_matrix_opened(self) -> None:
        """Open the service's commits."""
        if self.matrix.cursor is not None and self.host.engine is not None:
            navigation.open_commits(self.host, self.matrix.cursor)

    def action_branches(self) -> None:
        """Open the service's commits and let a branch be chosen there."""
        key = self.matrix.cursor
        if key is not None:
            screen = navigation.commits_screen(*key)
            self.app.push_screen(screen)
            self.call_after_refresh(screen.run_action, "branches")

    def action_diff(self) -> None:
        """Show the difference between what runs here and what would come."""
        draft = self._details.draft(self.matrix.cursor)
        if draft is not None:
            navigation.open_diff_of(self.host, draft)

    def action_promote(self) -> None:
        """Open the review of a promotion into the cell, or the commits where none suggests itself."""
        marked = in_promotion_order(self.host.marked, self.host.pipeline)
        key = marked[0] if marked else self.matrix.cursor
        if key is None:
            return
        if not marked and self._details.has_no_commit(key):
            navigation.open_commits(self.host, key)
            return
        self.host.marked.clear()
        self.app.push_screen(navigation.review_screen(key, draft=self._details.draft(key), queue=marked[1:]))
