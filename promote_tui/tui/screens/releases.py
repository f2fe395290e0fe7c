"""Releases: several services into one stage, in waves by what they depend on, each reviewed on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical

from promote_tui.core.planning.waves import Wave, waves
from promote_tui.tui.action import NOT_OPEN
from promote_tui.tui.actions import navigation
from promote_tui.tui.actions.clipboard import notes_of_draft
from promote_tui.tui.actions.release_plans import ReleasePlans
from promote_tui.tui.bindings import bind
from promote_tui.tui.presentation.drift.model import Kind, drift_rows
from promote_tui.tui.presentation.release import box, clipboard, side
from promote_tui.tui.presentation.release import view as drawing
from promote_tui.tui.presentation.release.issues import find_blockers, find_obstacles
from promote_tui.tui.presentation.release.model import IDLE, EntryStatus, ReleaseDraft, ReleaseEntry, wants_draft
from promote_tui.tui.presentation.review.facts import is_unknown_base
from promote_tui.tui.presentation.style import align_right, ink
from promote_tui.tui.screens.filterable import FilterableScreen
from promote_tui.tui.state.matrix_rows import MatrixRows
from promote_tui.tui.state.release_selection import ReleaseSelection
from promote_tui.tui.timers import call_after
from promote_tui.tui.widgets.filter_field import FilterField
from promote_tui.tui.widgets.grouped_list import FixedLine, GroupedList
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
    from promote_tui.core.model.pipeline import Stage
    from promote_tui.tui.presentation.copy_items import CopyItem

_COALESCE = 0.1


class ReleasesScreen(FilterableScreen):
    """What would go into a stage, and whether all of it may."""

    CSS_PATH = "releases.tcss"
    TITLE_WORDS = "Releases"
    AUTO_FOCUS = "GroupedList"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("releases.promote", "plan", "Plan", "plan a release of these services, under a name"),
        bind("releases.promote", "promote", "Promote", "review the services of the next wave, one after another"),
        bind("releases.open", "open_release", "Releases", "open a release: planned, at work or past"),
        bind("releases.mark", "mark", "Leave out", "leave the service out, or include it again"),
        bind("releases.later", "stage(1)", "Stage", "the stage after this one"),
        bind("releases.earlier", "stage(-1)", "stage before", "the stage before this one", show=False),
        bind("releases.diff", "diff", "Diff", "what the service would deploy, line by line"),
        bind("releases.refresh", "refresh", "Refresh", "read everything again", show=False),
        bind(
            "releases.mark_all", "mark_all", "Mark all", "include all that are behind, of those in the list", show=False
        ),
        bind("releases.filter", "filter", "Filter", "filter the services; enter keeps it, esc clears"),
        bind("releases.all", "clear", "Clear filter", "clear the filter"),
        bind("releases.all", "all", "Include all", "include every service with waiting commits"),
        bind("releases.quit", "app.do('leave')", "quit; runs continue", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._verdict = Vertical(id="verdict")
        self._stage: str | None = None
        self._stale = False
        self._selection = ReleaseSelection(lambda: self.host.marked)
        self._waves = waves(self.host.pipeline.services)
        self._needs = {service.name: service.depends_on for service in self.host.pipeline.services}
        self._rows = GroupedList[ReleaseEntry](self._row, lambda entry: entry.service, marks=self.host.marks)
        self._shown = MatrixRows(self, self._show)
        self._plans = ReleasePlans(self)
        self.filter_field = FilterField("service, owner:payments, or drift:behind", self._filter_note)
        self._release = self._gathered()

    def compose(self) -> ComposeResult:
        """Return the bar, the stages, the waves beside the service under the cursor, and the box."""
        yield LinesView(lambda width: self.tabs(width, "Releases"), "top")
        yield LinesView(self._heading, "heading")
        yield self.filter_field
        with Horizontal(id="body"):
            with Vertical(id="main"):
                yield LinesView(lambda width: [drawing.column_heads(self.glyphs, width)], "heads")
                yield self._rows
            yield LinesView(self._side, "side")
        with self._verdict:
            yield LinesView(self._box, "issues")
        yield KeyBar()

    def on_mount(self) -> None:
        """Follow the matrix; what would be promoted is read once it is known what runs where."""
        self.host.cells_changed.subscribe(self, self._board_changed)
        self.host.drafts.by_cell.changed.subscribe(self, lambda _key: self._show() if self.is_current else None)

    def on_screen_resume(self) -> None:
        """Catch up with what happened while another screen was in front: the marks may be gone too."""
        self._selection.forget_stale()
        self._show()

    def on_resize(self, _event: Resize) -> None:
        """Put air between the waves where there is room."""
        self.run_when_drawn(self._show)

    def _board_changed(self, key: CellKey | None) -> None:
        if self.is_current and key is None:
            self._show()
        elif self.is_current and not self._stale:
            self._stale = True
            call_after(self, _COALESCE, self._show)  # once for what many cells have changed

    def current_cell(self) -> CellKey | None:
        """Return the service under the cursor in the chosen stage."""
        return self._rows.at.key if self._rows.at else None

    def copy_items(self) -> Sequence[CopyItem]:
        """Return the release in words, the commit that the service under the cursor would get, and its notes."""
        entry = self._rows.at
        found = clipboard.copies(self._release, entry, self.host.pipeline.project)
        return [*found, *notes_of_draft(self.host, entry.draft if entry else None)]

    @property
    def _into(self) -> Stage:
        """The chosen stage; until one was chosen, the last that has something waiting."""
        pipeline = self.host.pipeline
        if self._stage is not None:
            return pipeline.stage(self._stage)
        views = self.host.cells.views
        waiting = {row.stage for row in drift_rows(pipeline, views.get) if row.kind is Kind.COMMIT}
        found = next((stage for stage in reversed(pipeline.stages) if stage.name in waiting), pipeline.stages[-1])
        if self.host.cells.taken_at is not None:
            self._stage = found.name
        return found

    def _gathered(self) -> ReleaseDraft:
        stage, self._names = self._into, self._listed()
        entries = {service.name: self._part(service.name, stage) for service in self.host.pipeline.services}
        return ReleaseDraft(
            stage,
            self._waves,
            entries,
            self.glyphs,
            self.host.key_of,
            self._needs,
            self.host.read_only,
            self._trouble,
            self.host.cells.trouble if self.host.cells.views else None,
        )

    @property
    def _trouble(self) -> PromoteError | None:
        """Why nothing at all is known."""
        cells = self.host.cells
        return cells.trouble if not cells.is_reading and not cells.views else None

    def _part(self, service: str, stage: Stage) -> ReleaseEntry:
        key = service, stage.name
        view = self.host.cells.views.get(key)
        found = self.host.drafts.by_cell.of(key)
        unmarked = self._selection.has_choice(stage.name) and key not in self.host.marked
        left_out = service not in self._names or unmarked
        if found is None:
            return ReleaseEntry(*key, view, left_out=left_out, is_unreadable=self._trouble is not None)
        return ReleaseEntry(*key, view, found.draft, found.error, left_out)

    def _listed(self) -> set[str]:
        """Return the services that the filter leaves."""
        return {name for _, names in self._shown.groups() for name in names}

    def _show(self) -> None:
        self._stale = False
        self._release = self._gathered()
        self._selection.unmark_done(lambda key: self._part(key[0], self.host.pipeline.stage(key[1])).status)
        self._rows.show_lines(self._lines())
        self._show_box()
        self.redraw_lines()
        self.refresh_bindings()
        self._read()

    def _show_box(self) -> None:
        issues, frame = find_blockers(self._release), self._verdict
        frame.border_title = box.box_title(self._release)
        frame.set_class(not issues, "-go")
        frame.set_class(box.is_calm(issues), "-calm")

    def _box(self, width: int) -> list[Content]:
        around = 18 if self.tall else 9
        room = self.size.height - around - len(self._rows.items)
        return box.box_lines(self._release, width, max(3, min(8, room)), air=self.tall)

    def _lines(self) -> list[ReleaseEntry | FixedLine]:
        lines: list[ReleaseEntry | FixedLine] = []
        for wave in self._waves:
            entries = [self._release.entries[name] for name in wave.services if name in self._names]
            if entries:
                lines += [FixedLine(lambda _width: ink(""))] if self.tall else []
                lines += [self._head(wave), *entries]
        words = drawing.left_out_words(self._release) if self.tall else ""
        return [
            *lines,
            *([FixedLine(lambda _width: ink("")), FixedLine(lambda _width: ink(words, "muted"))] if words else []),
        ]

    def _head(self, wave: Wave) -> FixedLine:
        return FixedLine(lambda width: drawing.wave_line(self._release, wave, width))

    def _row(self, entry: ReleaseEntry, width: int) -> Content:
        return drawing.entry_line(entry, self.glyphs, width, here=entry is self._rows.at)

    def _heading(self, width: int) -> list[Content]:
        names = [stage.name for stage in self.host.pipeline.stages]
        return [drawing.stages_line(self._release, names, width, marks=self.host.marks)]

    def _side(self, width: int) -> list[Content]:
        height = self.query_one("#body").size.height
        return side.side_lines(self._release, self._rows.at, width, height)

    def _read(self) -> None:
        """Read the drafts that are missing, in the order of the rows."""
        if self.host.engine is None or self.host.cells.taken_at is None:
            return
        keys = [(service, self._into.name) for wave in self._waves for service in wave.services]
        views = self.host.cells.views
        self.host.drafts.by_cell.read(key for key in keys if wants_draft(views.get(key)))

    def on_row_list_moved(self) -> None:
        """Explain the service under the cursor."""
        self.redraw_lines("#side")
        self.refresh_bindings()

    def is_offered(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer to take everything in only where something was chosen; to plan only where a release can go."""
        if action in {"plan", "promote"}:
            return self._release.is_plannable is (action == "plan")
        if action == "all":
            return not self.is_filtering and self._selection.has_choice(self._into.name)
        return super().is_offered(action, parameters)

    def why_not(self, action: str, _parameters: tuple[object, ...]) -> str:
        """Return why an action cannot be done now."""
        entry = self._rows.at
        if action in {"plan", "open_release"} and self.host.engine is None:
            return NOT_OPEN
        if action in {"plan", "promote"}:
            return self._why_not_begin(action)
        if action == "mark" and entry is not None and entry.status in IDLE:
            return f"{entry.service}: nothing is waiting for {entry.stage}"
        if action == "diff" and (entry is None or entry.draft is None or entry.status is EntryStatus.SAME):
            return "there is nothing to compare here"
        if action == "diff" and entry is not None and entry.draft is not None and is_unknown_base(entry.draft):
            return f"what runs in {entry.stage} is not in this clone"
        return ""

    def _why_not_begin(self, action: str) -> str:
        if action == "plan":
            return next((issue.words for issue in find_obstacles(self._release)), "")
        issues = find_blockers(self._release)
        return f"{'' if box.is_calm(issues) else 'no-go: '}{issues[0].words}" if issues else ""

    def action_stage(self, steps: int) -> None:
        """Choose another stage; it stops at the first and the last."""
        names = [stage.name for stage in self.host.pipeline.stages]
        at = names.index(self._into.name) + steps
        self._stage = names[max(0, min(len(names) - 1, at))]
        self._show()

    def action_mark(self) -> None:
        """Leave the service under the cursor out, or take it in."""
        entry = self._rows.at
        if entry is None:
            return
        self._selection.toggle(entry, self._release.entries.values())
        self._show()

    def action_mark_all(self) -> None:
        """Include all services in the list that have something waiting, and no others."""
        listed = [one for one in self._release.entries.values() if one.service in self._names]
        self._selection.choose(self._into.name, listed)
        self._show()

    def action_plan(self) -> None:
        """Ask for the name of a release, then plan it: of all services, where nobody has chosen any."""
        is_chosen = self._selection.has_choice(self._into.name) or self.is_filtering
        included = self._release.included
        self._selection.begin(entry.key for entry in included)
        self._plans.plan(self._into.name, tuple(entry.service for entry in included) if is_chosen else ())

    def action_open_release(self) -> None:
        """Choose one of the project's releases."""
        self._plans.choose()

    @property
    def filtered_list(self) -> GroupedList[ReleaseEntry]:
        """The services."""
        return self._rows

    def apply_filter(self) -> None:
        """Show the services that fit, while it is typed."""
        self._shown.apply_filter(self.filter_field.text)
        self._show()

    def _filter_note(self, width: int) -> list[Content]:
        words = self._shown.misread or f"{len(self._names)} of {len(self._release.entries)}"
        return [align_right(ink(words, "muted"), width)]

    def action_clear(self) -> None:
        """Clear the filter."""
        super().action_clear()
        self._shown.clear()
        self._show()

    def action_all(self) -> None:
        """Take everything in that has something waiting."""
        self._selection.clear(self._into.name)
        self._show()

    def action_refresh(self) -> None:
        """Read every stack and every draft again."""
        self.host.drafts.by_cell.forget()
        self.host.refresh_cells()
        self._show()

    def on_row_list_chosen(self) -> None:
        """Open the service's commits."""
        if self._rows.at is not None and self.host.engine is not None:
            navigation.open_commits(self.host, self._rows.at.key)

    def action_diff(self) -> None:
        """Show what the service under the cursor would bring."""
        entry = self._rows.at
        if entry is not None and entry.draft is not None:
            navigation.open_diff_of(self.host, entry.draft)

    def action_promote(self) -> None:
        """Open the review of the first service of the next wave; the others of that wave follow it."""
        wave = self._release.next_wave
        if wave is None or find_blockers(self._release):
            return
        first, *rest = (self._release.entries[name] for name in wave.services)
        queue = tuple(entry.key for entry in rest)
        self._selection.begin((first.key, *queue))
        self.app.push_screen(navigation.review_screen(first.key, draft=first.draft, queue=queue))
