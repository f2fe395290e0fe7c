"""Runs, live and past, newest first and by day; enter watches one again."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from promote_tui.core.releases.history import ReleaseRuns
from promote_tui.core.runs.next_step import next_step_after
from promote_tui.core.runs.run import Outcome
from promote_tui.tui.actions import next_stage
from promote_tui.tui.bindings import bind
from promote_tui.tui.presentation.next_steps import ACTIONS, error_words
from promote_tui.tui.presentation.run import clipboard, release_row
from promote_tui.tui.presentation.run import list as recorded
from promote_tui.tui.presentation.run.outcome import RunKeys, reconcile_words
from promote_tui.tui.presentation.run.progress import RunView
from promote_tui.tui.presentation.style import BLANK, align_right, ink, line, spread, wrap
from promote_tui.tui.screens.filterable import FilterableScreen
from promote_tui.tui.state.run_list import RunList
from promote_tui.tui.timers import call_after
from promote_tui.tui.widgets.filter_field import FilterField
from promote_tui.tui.widgets.grouped_list import FixedLine, GroupedList
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from datetime import date

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.events import Resize

    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.next_steps import NextStep
    from promote_tui.core.planning.next_stage import NextStage
    from promote_tui.core.releases.history import HistoryEntry
    from promote_tui.core.runs.run import Run

_DEBOUNCE = 0.15
_NEAR_END = 10
_RESTING = 0.12


class RunsScreen(FilterableScreen):
    """The record of who deployed what, when, and how it ended."""

    CSS_PATH = "runs.tcss"
    TITLE_WORDS = "Runs"
    AUTO_FOCUS = "GroupedList"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("runs.promote", "promote", "Promote", "promote to the next stage, or review it again"),
        bind("runs.reconcile", "reconcile", "Reconcile", "reconcile a lost run"),
        bind("runs.related", "related", "Open run", "open the run that rolls the stage back"),
        bind("runs.filter", "filter", "Filter", "filter; enter keeps it, esc clears"),
        bind("runs.refresh", "refresh", "Refresh", "read the runs again"),
        bind("runs.clear", "clear", "Clear filter", "clear the filter"),
        bind("runs.quit", "app.do('leave')", "quit; runs continue", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.filter_field = FilterField("stage:prod who:ana since:2026-03, or words", self._filter_note)
        self._list = RunList(self, lambda: self.filter_field.text, self._show)
        self._frame = 0
        self._rested = 0
        self._onward: dict[str, NextStage | None] = {}
        self._open: set[str] = set()
        self._rows: GroupedList[HistoryEntry] = GroupedList(self._row, _key, marks=self.host.marks)

    def compose(self) -> ComposeResult:
        """Return the bar, the filter, the list and the run under the cursor."""
        yield LinesView(lambda width: self.tabs(width, "Runs"), "top")
        yield LinesView(self._summary, "summary")
        yield self.filter_field
        yield LinesView(lambda width: [recorded.run_columns(width)], "columns")
        yield self._rows
        yield LinesView(self._detail, "detail")
        yield KeyBar()

    def on_mount(self) -> None:
        """Follow the matrix: what changes a cell is often a run."""
        self.host.cells_changed.subscribe(self, lambda _key: self._board_changed())
        self.set_interval(2.0, self._look_again)
        self.set_interval(0.25, self._spin)

    def on_screen_resume(self) -> None:
        """Read again whenever the screen comes to the front."""
        self._list.read()

    def on_resize(self, event: Resize) -> None:
        """Leave the run under the cursor its room."""
        super().on_resize(event)
        self.run_when_drawn(self._show)

    def _board_changed(self) -> None:
        if self.is_current:
            self.redraw_lines("#top")
            if not self._list.is_read:
                self._list.read()

    def _spin(self) -> None:
        if self.is_current and any(run.live for run in self._list.runs):
            self._frame += 1 if self.app.animation_level != "none" else 0
            self._rows.refresh()

    def _look_again(self) -> None:
        if self.is_current:
            self._list.update()

    def _show(self) -> None:
        lines: list[HistoryEntry | FixedLine] = []
        for day, entries in groupby(self._list.entries, recorded.day_of):
            lines.append(self._day(day))
            for entry in entries:
                lines += [entry, *(entry.runs if isinstance(entry, ReleaseRuns) and entry.name in self._open else ())]
        self._rows.empty = self._nothing()
        self._rows.show_lines(lines)
        self.set_class(not self._list.runs, "-bare")
        self._redraw()

    def _nothing(self) -> str:
        if not self._list.is_read:
            return "" if self._list.error else "reading the runs"
        if self._list.query and self._list.has_more:
            return "no match so far; reading on"
        if self._list.query:
            misfit = self._list.why_no_match or "no run matches the filter"
            return f"{misfit}; {self.host.key_of('runs.clear')} clears it"
        return f"no run yet; {self.host.key_of('pipeline.promote')} on a cell of the pipeline starts one"

    def _day(self, day: date) -> FixedLine:
        return FixedLine(lambda width: recorded.day_line(day, self.now, self.glyphs, width))

    def _row(self, entry: HistoryEntry, width: int) -> Content:
        if isinstance(entry, ReleaseRuns):
            return release_row.release_line(entry, self.now, self.glyphs, width, self._frame)
        indent = "  " if entry.planned.release in self._open else ""
        return line(indent, recorded.run_line(entry, self.now, self.glyphs, width - len(indent), self._frame))

    @property
    def _run(self) -> Run | None:
        """The run under the cursor; None on a release."""
        return None if isinstance(self._rows.at, ReleaseRuns) else self._rows.at

    def _redraw(self) -> None:
        self.redraw_lines()
        self._rows.refresh()
        self.refresh_bindings()

    def _summary(self, width: int) -> list[Content]:
        if self._list.error is not None:
            retry = line("   ", ink(self.host.key_of("runs.refresh"), "strong"), ink(" tries again", "muted"))
            return wrap(line(ink(self.host.describe_error(self._list.error), "bad"), retry), width)
        if not self._list.is_read:
            return [BLANK]
        live = recorded.live_counts(self._list.runs, self.glyphs, self._frame)
        return [spread(live, ink(self._list.count_words(), "muted"), width)]

    def _filter_note(self, width: int) -> list[Content]:
        clear = line(ink(self.host.key_of("runs.clear").replace("escape", "esc"), "strong"), ink(" clears", "muted"))
        return [align_right(line(ink(self._list.count_words(), "muted"), "   ", clear), width)]

    def _detail(self, width: int) -> list[Content]:
        if isinstance(self._rows.at, ReleaseRuns):
            return self._release_detail(self._rows.at, width)
        run = self._run
        if run is None:
            return []
        seen = RunView(run, self.now, unproved=self._unproved(run))
        gap = [BLANK] if self.tall else []
        room = max(2, self.query_one("#detail").size.height - 2 - 3 * len(gap))
        return [
            *gap,
            recorded.title(run, self.glyphs, width),
            *gap,
            recorded.action_line(run, self._following(run), self._onward.get(run.id), self.host.key_of, self.glyphs),
            *gap,
            *recorded.detail(seen, self.glyphs, self._keys, width, room),
        ]

    def _release_detail(self, entry: ReleaseRuns, width: int) -> list[Content]:
        is_open = entry.name in self._open
        shown = release_row.release_detail(entry, self.glyphs, self.host.key_of, width, is_open=is_open)
        return shown[: max(2, self.query_one("#detail").size.height)]

    @property
    def _keys(self) -> RunKeys:
        return RunKeys.read(self.host.key_of, runs="runs.related", promote="runs.promote", reconcile="runs.reconcile")

    def _unproved(self, run: Run) -> bool:
        return self.host.cells.is_still_unproved(run)

    def _step(self) -> NextStep | None:
        run = self._run
        return next_step_after(run, unproved=self._unproved(run)) if run else None

    def next_keys(self) -> list[str]:
        """Return the key of what can be done about the run under the cursor."""
        step = self._step()
        return [ACTIONS["runs"][step.kind]] if step else []

    def _following(self, run: Run) -> str | None:
        return next_stage.stage_after(self.host, run)

    def is_offered(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer to clear only where there is a filter, what is done about a run only where it is the next step."""
        if action in {"reconcile", "related"}:
            step = self._step()
            return step is not None and ACTIONS["runs"][step.kind] == f"runs.{action}"
        return super().is_offered(action, parameters)

    def why_not(self, action: str, _parameters: tuple[object, ...]) -> str:
        """Return why the commit of the run under the cursor cannot be promoted."""
        if action == "reconcile" and self.host.read_only:
            return "promote-tui was started with --read-only"
        if action != "promote":
            return ""
        if isinstance(self._rows.at, ReleaseRuns):
            return f"this is a release; {self.host.key_of('rows.choose')} shows its runs"
        run = self._run
        if run is None:
            return "there is no run here" if self._list.is_read else "the runs are still being read"
        if not any(service.name == run.service for service in self.host.pipeline.services):
            return f"{run.service} is not in this configuration"
        return recorded.next_promotion(run, self._following(run))[1]

    def copy_items(self) -> list[tuple[str, str]]:
        """Return the run's id, its commit, and the command that watches it."""
        if isinstance(self._rows.at, ReleaseRuns):
            return release_row.release_copies(self._rows.at)
        return clipboard.row_copies(self._run) if self._run else []

    def web_pages(self) -> list[tuple[str, str]]:
        """Return the run's stack in the console."""
        return clipboard.console_page(self._run) if self._run else []

    def current_cell(self) -> CellKey | None:
        """Return where the run under the cursor deployed to, where the matrix has it: it has no previews."""
        run = self._run
        return run.cell if run else None

    def on_row_list_moved(self) -> None:
        """Show the run under the cursor; near the last one, read on."""
        self.redraw_lines("#detail")
        self.refresh_bindings()
        self._rested += 1
        rested = self._rested
        call_after(self, _RESTING, lambda: self._ask_onward() if rested == self._rested else None)
        near_end = self._rows.index >= len(self._rows.items) - _NEAR_END
        if near_end and self._list.has_more and not self._list.is_reading:
            self._list.read(more=True)

    def _ask_onward(self) -> None:
        """Ask what the next stage's branches allow, once the cursor rests on a run that went well."""
        run = self._run
        if run is not None and run.outcome is Outcome.VERIFIED and run.id not in self._onward and self._following(run):
            next_stage.find_next_stage(self.host, run, self, lambda onward: self._show_onward(run.id, onward))

    def _show_onward(self, run: str, onward: NextStage | None) -> None:
        """Show the way on."""
        self._onward[run] = onward
        self.redraw_lines("#detail")

    def on_row_list_chosen(self) -> None:
        """Watch a live run, replay a past one; show the runs of a release, or hide them again."""
        if isinstance(self._rows.at, ReleaseRuns):
            self._open ^= {self._rows.at.name}
            self._show()
        elif self._rows.at is not None:
            self.host.open_run(self._rows.at.id)

    def action_promote(self) -> None:
        """Open the review of the run's commit, for the next stage or for the same again."""
        run = self._run
        stage = recorded.next_promotion(run, self._following(run))[0] if run else ""
        if run is not None and stage:
            known = self._onward.get(run.id) if run.outcome is Outcome.VERIFIED else None
            self.app.push_screen(next_stage.next_stage_screen(run.service, run.to_commit, stage, known))

    def action_reconcile(self) -> None:
        """Find out from the stack what happened to the run under the cursor, and free the lock."""
        engine, run = self.host.engine, self._run
        if engine is None or run is None:
            return
        self.host.say(f"asking AWS what happened to run {run.id}")

        self.background(
            lambda: reconcile_words(engine.runs.reconcile(run.id)),
            lambda words: self._answered(f"run {run.id}: {words}"),
            lambda error: self._answered(error_words(error, self.host.key_of, "runs"), failed=True),
        )

    def _answered(self, words: str, *, failed: bool = False) -> None:
        """Say what became of the run, and read all of them again."""
        self.host.say(words, failed=failed)
        self._list.read()
        self.host.refresh_cells()

    def action_related(self) -> None:
        """Open the run that brings the stage back."""
        run = self._run
        if run is not None and run.rollback:
            self.host.open_run(run.rollback)

    @property
    def filtered_list(self) -> GroupedList[HistoryEntry]:
        """The runs and releases."""
        return self._rows

    def apply_filter(self) -> None:
        """Ask the ledger once the keys rest."""
        ticket = self._list.drop_answers()
        call_after(self, _DEBOUNCE, lambda: self._list.read() if self._list.is_newest(ticket) else None)

    def action_refresh(self) -> None:
        """Read the runs again, as many as there are."""
        self._list.read()


def _key(entry: HistoryEntry) -> str:
    """Return what stays the same of an entry when the list is read again."""
    return f"release {entry.name}" if isinstance(entry, ReleaseRuns) else entry.id
