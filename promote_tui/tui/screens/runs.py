"""Runs, live and past, newest first and by day; enter watches one again."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content

from promote_tui.core.git.links import console_url
from promote_tui.core.runs import filters
from promote_tui.core.runs.recourse import recourse
from promote_tui.core.runs.run import Outcome, RunStatus
from promote_tui.core.text import plural
from promote_tui.ports import RunFilter
from promote_tui.tui.actions import next_stage
from promote_tui.tui.background import silent
from promote_tui.tui.bindings import bind
from promote_tui.tui.presentation.next_steps import ACTIONS, error_words
from promote_tui.tui.presentation.run import list as recorded
from promote_tui.tui.presentation.run.outcome import Keys, reconcile_words
from promote_tui.tui.presentation.style import BLANK, align_right, ink, line, spread, wrap
from promote_tui.tui.screens.filterable import FilterableScreen
from promote_tui.tui.timers import once
from promote_tui.tui.widgets.filter_field import FilterField
from promote_tui.tui.widgets.grouped_list import FixedLine, GroupedList
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Resize

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.filter_query import Query
    from promote_tui.core.matrix import CellKey
    from promote_tui.core.next_steps import NextStep
    from promote_tui.core.planning.next_stage import Onward
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.engine import Engine

PAGE = 50
_ENOUGH, _MOST_PAGES = 20, 10
"""A filter reads on until it has found so many runs, at most so many pages at once."""
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
        bind("runs.quit", "app.leave", "quit; runs continue", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.filter_field = FilterField("stage:prod who:ana since:2026-03, or words", self._filter_note)
        self._ticket = 0
        self._cursor: str | None = None
        self._reading = False
        self._read_once = False
        self._error: PromoteError | None = None
        self._found: list[Run] = []
        self._total = ""
        self._frame = 0
        self._rested = 0
        self._onward: dict[str, Onward | None] = {}
        self._rows: GroupedList[Run] = GroupedList(self._row, lambda run: run.id, marks=self.promoter.marks)

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
        """Follow the board: what changes a cell is often a run."""
        self.promoter.board_changed.subscribe(self, lambda _key: self._board_changed())
        self.set_interval(2.0, self._look_again)
        self.set_interval(0.25, self._spin)

    def on_screen_resume(self) -> None:
        """Read again whenever the screen comes to the front."""
        self._read()

    def on_resize(self, event: Resize) -> None:
        """Leave the run under the cursor its room."""
        super().on_resize(event)
        self.soon(self._show)

    def _board_changed(self) -> None:
        if self.is_current:
            self.query_one("#top", LinesView).redraw()
            if not self._read_once:
                self._read()

    def _spin(self) -> None:
        if self.is_current and any(run.live for run in self._found):
            self._frame += 1 if self.app.animation_level != "none" else 0
            self._rows.refresh()

    def _look_again(self) -> None:
        """Read the live runs again, and hear of new ones."""
        engine, ticket = self.promoter.engine, self._ticket
        if engine is None or not self.is_current or self._reading or not self._read_once:
            return
        live = tuple(run.id for run in self._found if run.live)

        # where they cannot be read the whole list says so when it is
        self.background(lambda: _afresh(engine, live), lambda runs: self._update(ticket, runs), silent)

    def _update(self, ticket: int, runs: Sequence[Run]) -> None:
        """Show how the live runs stand, in their places; new ones come on top."""
        if ticket != self._ticket:
            return
        fresh = {run.id: run for run in runs}
        known = {run.id for run in self._found}
        new = [run for run in runs if run.id not in known and filters.fits(run, self._query, self.now)]
        changed = new or any(fresh.get(run.id, run) != run for run in self._found)
        self._found = sorted(
            [*new, *(fresh.get(run.id, run) for run in self._found)],
            key=lambda run: (run.started_at, run.id),
            reverse=True,
        )
        if changed:
            self._show()

    @property
    def _query(self) -> Query:
        return filters.parse_filter(self._typed)

    @property
    def _typed(self) -> str:
        return self.filter_field.text

    def _read(self, *, more: bool = False) -> None:
        engine = self.promoter.engine
        if engine is None:
            return
        self._ticket += 1
        self._reading = True
        ticket, query, now, wanted = self._ticket, self._query, self.now, self._wanted
        begin = self._cursor if more else None
        at_least = _ENOUGH if more or query else max(_ENOUGH, len(self._found))

        self.background(
            lambda: _pages(engine, wanted, lambda run: filters.fits(run, query, now), begin, at_least),
            lambda page: self._show_page(ticket, *page, more=begin is not None),
            lambda error: self._show_failure(ticket, error),
        )

    @property
    def _wanted(self) -> RunFilter:
        """What the ledger itself can narrow; the rest is asked of each run."""
        query, pipeline = self._query, self.promoter.pipeline
        services, stages = query.fields.get("service", ()), query.fields.get("stage", ())
        return RunFilter(
            service=_only(services, [service.name for service in pipeline.services]),
            stage=_only(stages, [stage.name for stage in pipeline.stages]),
            status=filters.status_of(query),
            since=filters.since_of(query, self.now),
            until=filters.until_of(query, self.now),
        )

    def _show_page(self, ticket: int, runs: Sequence[Run], cursor: str | None, *, more: bool) -> None:
        """Show a page, behind those that are there where it goes on."""
        if ticket != self._ticket:
            return
        self._reading, self._read_once = False, True
        self._error, self._cursor = None, cursor
        self._found = [*self._found, *runs] if more else list(runs)
        if not self._query:
            self._total = f"{len(self._found)}{'+' if self._cursor else ''}"
        self._show()

    def _show_failure(self, ticket: int, error: PromoteError) -> None:
        """Show why the runs cannot be read."""
        if ticket == self._ticket:
            self._reading, self._error = False, error
            self._show()

    def _show(self) -> None:
        lines: list[Run | FixedLine] = []
        for number, run in enumerate(self._found):
            if not number or recorded.day_of(run) != recorded.day_of(self._found[number - 1]):
                lines.append(self._day(run))
            lines.append(run)
        self._rows.empty = self._nothing()
        self._rows.show_lines(lines)
        self.set_class(not self._found, "-bare")
        self._redraw()

    def _nothing(self) -> str:
        if not self._read_once:
            return "" if self._error else "reading the runs"
        if self._query and self._cursor is not None:
            return "no match so far; reading on"
        if self._query:
            misread = filters.describe_misfit(self._typed, [stage.name for stage in self.promoter.pipeline.stages])
            return f"{misread or 'no run matches the filter'}; {self.promoter.key_of('runs.clear')} clears it"
        return f"no run yet; {self.promoter.key_of('pipeline.promote')} on a cell of the pipeline starts one"

    def _day(self, run: Run) -> FixedLine:
        day = recorded.day_of(run)
        return FixedLine(lambda width: recorded.day_line(day, self.now, self.glyphs, width))

    def _row(self, run: Run, width: int) -> Content:
        return recorded.run_line(run, self.now, self.glyphs, width, self._frame)

    def _redraw(self) -> None:
        for drawn in self.query(LinesView):
            drawn.redraw()
        self._rows.refresh()
        self.refresh_bindings()

    def _summary(self, width: int) -> list[Content]:
        if self._error is not None:
            retry = line("   ", ink(self.promoter.key_of("runs.refresh"), "strong"), ink(" tries again", "muted"))
            return wrap(line(ink(self.promoter.told(self._error), "bad"), retry), width)
        if not self._read_once:
            return [BLANK]
        return [spread(self._going_on(), ink(self._count(), "muted"), width)]

    def _going_on(self) -> Content:
        lost = sum(run.status is RunStatus.UNKNOWN for run in self._found)
        live = sum(run.live for run in self._found if run.status is not RunStatus.UNKNOWN)
        marks = [ink(f"{self.glyphs.running(self._frame)} {live} running", "live")] if live else []
        marks += [ink(f"{self.glyphs.unknown} {lost} to reconcile", "warn")] if lost else []
        return Content("    ").join(marks) if marks else ink("no run in progress", "muted")

    def _count(self) -> str:
        count = f"{len(self._found)}{'+' if self._cursor else ''}"
        if self._query:
            return f"{count} of {self._total} runs" if self._total else f"{count} runs"
        return f"{count} runs" if self._cursor else plural(len(self._found), "run")

    def _filter_note(self, width: int) -> list[Content]:
        clear = line(
            ink(self.promoter.key_of("runs.clear").replace("escape", "esc"), "strong"), ink(" clears", "muted")
        )
        return [align_right(line(ink(self._count(), "muted"), "   ", clear), width)]

    def _detail(self, width: int) -> list[Content]:
        run = self._rows.at
        if run is None:
            return []
        gap = [BLANK] if self.tall else []
        room = max(2, self.query_one("#detail").size.height - 2 - 3 * len(gap))
        return [
            *gap,
            recorded.title(run, self.glyphs, width),
            *gap,
            recorded.actions(run, self._following(run), self._onward.get(run.id), self.promoter.key_of, self.glyphs),
            *gap,
            *recorded.detail(run, self.now, self.glyphs, self._keys, (width, room), unproved=self._unproved(run)),
        ]

    @property
    def _keys(self) -> Keys:
        key = self.promoter.key_of
        first = key("runs.promote"), key("runs.reconcile"), key("app.open"), key("app.copy"), key("app.rollback")
        return Keys(*first, key("runs.related"), key("app.decide"))

    def _unproved(self, run: Run) -> bool:
        return self.promoter.board.unproved(run)

    def _step(self) -> NextStep | None:
        run = self._rows.at
        return recourse(run, unproved=self._unproved(run)) if run else None

    def next_keys(self) -> list[str]:
        """Return the key of what can be done about the run under the cursor."""
        step = self._step()
        return [ACTIONS["runs"][step.deed]] if step else []

    def _following(self, run: Run) -> str | None:
        after = [stage.name for stage in self.promoter.pipeline.stages if stage.after == run.stage]
        return after[0] if after else None

    def offers(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer to clear only where there is a filter, what is done about a run only where it is the next step."""
        if action in {"reconcile", "related"}:
            step = self._step()
            return step is not None and ACTIONS["runs"][step.deed] == f"runs.{action}"
        return super().offers(action, parameters)

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:  # noqa: ARG002 - the same
        """Return why the commit of the run under the cursor cannot be promoted."""
        if action == "reconcile" and self.promoter.read_only:
            return "promote-tui was started with --read-only"
        if action != "promote":
            return ""
        run = self._rows.at
        if run is None:
            return "there is no run here" if self._read_once else "the runs are still being read"
        if not any(service.name == run.service for service in self.promoter.pipeline.services):
            return f"{run.service} is not in this configuration"
        return recorded.next_promotion(run, self._following(run))[1]

    def copies(self) -> list[tuple[str, str]]:
        """Return the run's id, its commit, and the command that watches it."""
        run = self._rows.at
        if run is None:
            return []
        found = [
            ("run", run.id),
            ("commit", run.to_commit),
            recorded.command_for(run),
            ("reason", run.cause),
        ]
        return [(what, text) for what, text in found if text]

    def opens(self) -> list[tuple[str, str]]:
        """Return the run's stack in the console."""
        run = self._rows.at
        if run is None:
            return []
        _, region, name = (*run.planned.key.split("/", 2), "", "")[:3]
        stack_id = run.observed.stack_id if run.observed else run.planned.stack_id
        return [("stack in the console", console_url(region, stack_id or name))]

    def about(self) -> CellKey | None:
        """Return where the run under the cursor deployed to."""
        run = self._rows.at
        return (run.service, run.stage) if run else None

    def on_rows_moved(self) -> None:
        """Show the run under the cursor; near the last one, read on."""
        self.query_one("#detail", LinesView).redraw()
        self.refresh_bindings()
        self._rested += 1
        rested = self._rested
        once(self, _RESTING, lambda: self._ask_onward() if rested == self._rested else None)
        if self._cursor is not None and not self._reading and self._rows.index >= len(self._rows.items) - _NEAR_END:
            self._read(more=True)

    def _ask_onward(self) -> None:
        """Ask what the next stage's branches allow, once the cursor rests on a run that went well."""
        run = self._rows.at
        if run is not None and run.outcome is Outcome.VERIFIED and run.id not in self._onward and self._following(run):
            next_stage.ask(self.promoter, run, self, lambda onward: self._show_onward(run.id, onward))

    def _show_onward(self, run: str, onward: Onward | None) -> None:
        """Show the way on."""
        self._onward[run] = onward
        self.query_one("#detail", LinesView).redraw()

    def on_rows_chosen(self) -> None:
        """Watch a live run, replay a past one."""
        if self._rows.at is not None:
            self.promoter.open_run(self._rows.at.id)

    def action_promote(self) -> None:
        """Open the review of the run's commit, for the next stage or for the same again."""
        run = self._rows.at
        stage = recorded.next_promotion(run, self._following(run))[0] if run else ""
        if run is not None and stage:
            known = self._onward.get(run.id) if run.outcome is Outcome.VERIFIED else None
            self.app.push_screen(next_stage.screen(run.service, run.to_commit, stage, known))

    def action_reconcile(self) -> None:
        """Find out from the stack what happened to the run under the cursor, and free the lock."""
        engine, run = self.promoter.engine, self._rows.at
        if engine is None or run is None:
            return
        self.promoter.say(f"asking AWS what happened to run {run.id}")

        self.background(
            lambda: reconcile_words(engine.runs.reconcile(run.id)),
            lambda words: self._answered(f"run {run.id}: {words}"),
            lambda error: self._answered(error_words(error, self.promoter.key_of, "runs"), failed=True),
        )

    def _answered(self, words: str, *, failed: bool = False) -> None:
        """Say what became of the run, and read all of them again."""
        self.promoter.say(words, failed=failed)
        self._read()
        self.promoter.refresh_board()

    def action_related(self) -> None:
        """Open the run that brings the stage back."""
        run = self._rows.at
        if run is not None and run.rollback:
            self.promoter.open_run(run.rollback)

    @property
    def filtered_list(self) -> GroupedList[Run]:
        """The runs."""
        return self._rows

    def apply_filter(self) -> None:
        """Ask the ledger once the keys rest."""
        self._ticket += 1
        ticket = self._ticket
        once(self, _DEBOUNCE, lambda: self._read() if ticket == self._ticket else None)

    def action_refresh(self) -> None:
        """Read the runs again, as many as there are."""
        self._read()


def _pages(
    engine: Engine, wanted: RunFilter, fits: Callable[[Run], bool], cursor: str | None, at_least: int
) -> tuple[list[Run], str | None]:
    """Return runs that fit, from a cursor on, and where to go on (None: that was all)."""
    found: list[Run] = []
    for _ in range(_MOST_PAGES):
        page = engine.runs.page(wanted, cursor, PAGE)
        found += [run for run in page.runs if fits(run)]
        cursor = page.cursor
        if cursor is None or len(found) >= at_least:
            break
    return found, cursor


def _afresh(engine: Engine, live: tuple[str, ...]) -> list[Run]:
    """Return the runs that hold a lock, and those of `live` that do not any more."""
    now = engine.runs.unfinished()
    ids = {run.id for run in now}
    return [*now, *(engine.runs.find(name) for name in live if name not in ids)]


def _only(values: tuple[str, ...], names: list[str]) -> str | None:
    """Return the one name that is asked for, where it is one and written out."""
    return next((name for name in names if (name.lower(),) == values), None)
