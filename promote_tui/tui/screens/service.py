"""A service's commits on a branch, with the stages that stand on each; picking a commit is picking a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical

from promote_tui.core.git.commits import search_for
from promote_tui.core.git.links import commit_url
from promote_tui.tui.actions import navigation
from promote_tui.tui.actions.choices import choose_branch, choose_stage
from promote_tui.tui.actions.clipboard import notes_item
from promote_tui.tui.bindings import bind
from promote_tui.tui.presentation.commits import detail as near
from promote_tui.tui.presentation.commits import rail
from promote_tui.tui.presentation.style import BLANK, align_right, ink, line, wrap
from promote_tui.tui.screens.filterable import FilterableScreen
from promote_tui.tui.state.branch_log import BranchLog
from promote_tui.tui.state.commit_details import CommitDetails
from promote_tui.tui.state.commit_seeker import CommitSeeker
from promote_tui.tui.timers import call_after
from promote_tui.tui.widgets.commit_rail import CommitRail
from promote_tui.tui.widgets.filter_field import FilterField
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content

    from promote_tui.core.matrix import CellView
    from promote_tui.core.model.cells import Cell, CellKey
    from promote_tui.core.model.pipeline import Branch, Commit, Stage
    from promote_tui.tui.presentation.commits.rail import RailRow
    from promote_tui.tui.presentation.copy_items import CopyItem
    from promote_tui.tui.state.commits import CommitPage

_TYPING = 0.2
_READING = "reading the commits"
_EMPTY = "no commit of this branch changes the service; b chooses another branch"


class ServiceScreen(FilterableScreen):
    """The commit rail of a service, on a branch or with the cursor on a commit."""

    CSS_PATH = "service.tcss"
    TITLE_WORDS = "Service"
    AUTO_FOCUS = "CommitRail"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("service.promote", "promote", "Promote", "promote this commit to a stage"),
        bind("service.diff", "diff", "Diff", "what the commit changes, line by line"),
        bind("service.branches", "branches", "Branches", "choose another branch"),
        bind("service.search", "filter", "Search", "search the messages; who:NAME for an author"),
        bind("service.next_stage", "stage(1)", "next stage", "down to the next commit that a stage runs", show=False),
        bind("service.previous_stage", "stage(-1)", "stage above", "up to the one before", show=False),
        bind("service.refresh", "refresh", "Refresh", "read the commits again", show=False),
        bind("service.clear", "clear", "Clear", "clear the search"),
        bind("service.back", "app.pop_screen", "Back"),
    ]

    def __init__(
        self,
        service: str,
        stage: str,
        *,
        branch: str | None = None,
        commit: str | None = None,
        back: str = "",
    ) -> None:
        super().__init__()
        self.filter_field = FilterField("words of the message, who:NAME", self._match_count)
        self._service = service
        self._stage = stage
        self._back = back
        """Why a commit to roll back to is to be chosen here; empty where it is not."""
        self._generation = 0
        self._log = BranchLog(self, service, branch, commit)
        self._details = CommitDetails(self, service, self._cells, self._redraw_details)
        self._drawn = rail.Rail(self._views(), {}, (), self.host.now(), self.glyphs)
        self._rows = CommitRail(self._row, lambda row: row.commit.sha, marks=self.host.marks, empty=_READING)
        self._seeker = CommitSeeker(self._log, self._rows.go_to, self._complain, rollback=stage if back else None)
        self._seeker.sha = commit

    def compose(self) -> ComposeResult:
        """Return the bar, the rail and the commit under the cursor."""
        yield LinesView(self._crumbs, "top")
        yield LinesView(self._heading, "heading")
        yield self.filter_field
        with Horizontal(id="body"):
            with Vertical(id="rail"):
                yield LinesView(self._columns, "columns")
                yield self._rows
            yield LinesView(lambda width: self._near(width, near.side_lines, "#side"), "side")
        yield LinesView(lambda width: self._near(width, near.bottom_lines, "#below"), "below")
        yield KeyBar()

    def on_mount(self) -> None:
        """Read the first page."""
        self._log.changed, self._log.paged = self._log_changed, self._show_page
        self._generation = self.host.cells.generation
        self.host.cells_changed.subscribe(self, self._board_changed)
        self._log.read(seeking=bool(self._seeker.sha))

    def _board_changed(self, _key: CellKey | None) -> None:
        cells = self.host.cells
        if cells.generation != self._generation and not cells.is_reading:
            self._generation = cells.generation
            self.action_refresh()
        self._log.read_positions(self._views())
        self._show()

    def _show_page(self, page: CommitPage) -> None:
        """Show a page, behind those that are there."""
        self._rows.empty = rail.no_match_words(self.filter_field.text) if self._log.search else _EMPTY
        self._seeker.take(page)
        if self._back and self._log.history is None:
            self._log.read_history(self._stage)
        self._log.read_positions(self._views())
        self._show()
        self._seeker.go_on()

    def _log_changed(self) -> None:
        """Show what has come; why nothing can be read, where it cannot."""
        if self._log.error is not None:
            self._seeker.sha, self._rows.empty = None, "r reads again, b chooses another branch"
        self._show()
        self._seeker.propose_rollback()

    def _complain(self, words: str) -> None:
        self.host.say(words, failed=True)

    def on_row_list_near_end(self) -> None:
        """Read the next page."""
        if self._log.has_more and not self._log.is_reading:
            self._log.read(more=True, seeking=bool(self._seeker.sha))

    def on_row_list_moved(self) -> None:
        """Show the commit under the cursor, and read it from near once the cursor rests."""
        self._details.after_move(lambda: self._commit)
        self._redraw_details()

    @property
    def _commit(self) -> Commit | None:
        """The commit under the cursor."""
        row = self._rows.at
        return row.commit if row is not None else None

    def _crumbs(self, width: int) -> list[Content]:
        regions = dict.fromkeys(stage.aws.region for stage in self.host.pipeline.stages)
        where = ink(next(iter(regions)) if len(regions) == 1 and self.wide else "", "muted")
        owner = self.host.pipeline.service(self._service).owner
        right = line(ink(f"owner {owner}   " if owner else "", "muted"), where, "   ", self.read_at())
        return self.crumbs(width, right, self._service, self._log.branch or "commits")

    def _heading(self, width: int) -> list[Content]:
        if self._log.error is not None:
            return wrap(ink(self.host.describe_error(self._log.error), "bad"), width)
        asked = rail.rollback_prompt(self._stage, self._back, self.host.key_of("rows.choose"), width)
        return [*(asked if self._back else []), self._log_heading(width)]

    def _log_heading(self, width: int) -> Content:
        log = self._log
        if log.branch is None or log.facts is None:
            return ink(log.branch or "", "muted")
        counts = rail.Counts(log.facts.branches, len(log.commits), log.has_more, log.facts.total)
        return rail.heading(self._drawn, log.branch, counts, width)

    def _columns(self, width: int) -> list[Content]:
        return [rail.columns(self._drawn, width) if self._rows.items else BLANK]

    def _match_count(self, width: int) -> list[Content]:
        words = rail.match_count(len(self._log.commits), more=self._log.has_more) if self._log.search else ""
        return [align_right(ink(words, "muted"), width)]

    def _views(self) -> list[tuple[Stage, CellView | None]]:
        cells = self.host.cells.views
        return [(stage, cells.get((self._service, stage.name))) for stage in self.host.pipeline.stages]

    def _cells(self) -> dict[str, Cell]:
        return {stage.name: view.cell for stage, view in self._views() if view is not None}

    def _row(self, item: RailRow, width: int) -> Content:
        return rail.row(self._drawn, item, width, here=item is self._rows.at)

    def _near(self, width: int, draw: near.Draw, name: str) -> list[Content]:
        if self._commit is None:
            return [BLANK]
        found = self._details.pane(self._commit, self._stage, is_rollback=bool(self._back))
        return draw(found, width, self.query_one(name).size.height)

    def _show(self) -> None:
        """Show all rows, with the cursor where it was."""
        log = self._log
        known = self._views(), log.positions or {}, log.commits, self.now, self.glyphs
        self._drawn = rail.Rail(*known, bool(log.search), self._stage, log.history or {})
        self._rows.show_rail(self._drawn, self.host.key_of("app.fetch"))
        self._redraw()

    def _redraw(self) -> None:
        self.redraw_lines()
        self._rows.refresh()
        self.refresh_bindings()

    def _redraw_details(self) -> None:
        self.redraw_lines("#side, #below")
        self.refresh_bindings()

    def current_cell(self) -> CellKey:
        """Return the service, and the stage that the screen was opened for."""
        return self._service, self._stage

    def is_offered(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer to clear a search where there is one, else to go back."""
        return not self.is_filtering if action == "app.pop_screen" else super().is_offered(action, parameters)

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why nothing can be done with the commit under the cursor."""
        if action in {"promote", "diff"} and self._commit is None:
            return self._rows.empty
        if action == "diff" and self._commit and self._details.is_edge(self._commit):
            return "this clone is shallow and ends here: the changes of the commit are unknown"
        if action == "stage" and self._next_stage(int(str(parameters[0]))) is None:
            return f"no stage is further {'down' if parameters[0] == 1 else 'up'} on this branch"
        return ""

    def copy_items(self) -> Sequence[CopyItem]:
        """Return what the commit under the cursor is called, its address, and what is new with it in the stage."""
        if self._commit is None:
            return []
        notes = notes_item(self.host, self._service, self._commit.sha, self._stage)
        return [*near.commit_copies(self._commit, self.web_pages()), notes]

    def web_pages(self) -> list[tuple[str, str]]:
        """Return the web page of the commit under the cursor."""
        commit, remote = self._commit, self._log.facts.remote if self._log.facts else None
        url = commit_url(remote, commit.sha) if commit is not None and remote else None
        return [("commit", url)] if url else []

    def action_refresh(self) -> None:
        """Read the commits that are shown again."""
        if not self._seeker.sha:
            self._log.read_again()

    def on_row_list_chosen(self) -> None:
        """Open what the commit changes, or the way back to it where one is chosen."""
        if self._back:
            self._review_back()
            return
        if reason := self.why_not("diff", ()):
            self._complain(reason)
        else:
            self.action_diff()

    def action_diff(self) -> None:
        """Show what the commit changes, compared with its first parent."""
        commit = self._commit
        if commit is not None:
            ends = (commit.parents[0] if commit.parents else None), commit.sha
            navigation.open_diff(self.host, self._service, ends, f"{commit.short} {commit.subject[:60]}")

    def _next_stage(self, step: int) -> str | None:
        """Return the commit that the next stage stands on: among the rows, or still to be read."""
        stood = {one.commit.sha for one in (self._log.positions or {}).values() if one.commit is not None}
        return self._rows.next_of(stood, step) or (self._log.unread_stage() if step > 0 else None)

    def action_stage(self, step: int) -> None:
        """Go to the next commit that a stage stands on, and read the pages on the way there."""
        self._seeker.seek(self._next_stage(step))

    @property
    def filtered_list(self) -> CommitRail:
        """The commits."""
        return self._rows

    def apply_filter(self) -> None:
        """Search once the typing rests."""
        text = self.filter_field.text
        call_after(self, _TYPING, lambda: self._look_for(text))

    def _look_for(self, typed: str) -> None:
        search = search_for(typed)
        if self.filter_field.text == typed and search != self._log.search:
            self._seeker.sha = None
            self._log.find(search)

    def on_input_submitted(self) -> None:
        """Keep the search and go back to the commits, at once."""
        self._look_for(self.filter_field.text)
        super().on_input_submitted()

    def action_clear(self) -> None:
        """Clear the search."""
        super().action_clear()
        self._look_for("")

    def action_promote(self) -> None:
        """Ask which stage the commit is for, the cursor on the one that the screen was opened for."""
        commit, stages = self._commit, self.host.pipeline.stages
        if commit is None:
            return
        if len(stages) == 1:
            self._review(commit, stages[0])
            return
        title = f"Promote {commit.short} to which stage?"
        choose_stage(self.host, self.current_cell(), title, lambda stage: self._review(commit, stage))

    def _review(self, commit: Commit, stage: Stage | None, *, is_rollback: bool = False) -> None:
        if stage is not None:
            key = self._service, stage.name
            self.app.push_screen(navigation.review_screen(key, revision=commit.sha, is_rollback=is_rollback))

    def roll_back(self) -> None:
        """Ask which stage is to go back to the commit, the cursor on the one that the screen was opened for."""
        commit, stages = self._commit, self.host.pipeline.stages
        if commit is None:
            self.host.say(self._rows.empty, failed=True)
        elif self._back or len(stages) == 1:
            self._review_back()
        else:
            title = f"Roll back which stage to {commit.short}?"
            then = self._review
            choose_stage(self.host, self.current_cell(), title, lambda stage: then(commit, stage, is_rollback=True))

    def _review_back(self) -> None:
        """Open the review of the way back to the commit under the cursor, as `rollback --commit` has it."""
        if self._commit is not None:
            self._review(self._commit, self.host.pipeline.stage(self._stage), is_rollback=True)

    def action_branches(self) -> None:
        """Read the branches and let one be chosen."""
        ticket, engine, service = self._log.ticket, self.engine, self._service
        self.prepare_question(
            lambda: engine.commits.branches(service), self._choose_branch, lambda error: self._log.fail(ticket, error)
        )

    def _choose_branch(self, branches: Sequence[Branch]) -> None:
        """Let a branch be chosen, if nothing else was opened meanwhile."""
        if self.app.screen is self:
            choose_branch(self.host, self._service, branches, self._log.branch, self._switch)

    def _switch(self, branch: Branch | None) -> None:
        if branch is not None and branch.name != self._log.branch:
            self._seeker.sha, self._rows.empty = None, _READING
            self._log.switch(branch.name)
