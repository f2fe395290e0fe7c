"""A service's commits on a branch, with the stages that stand on each; picking a commit is picking a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical

from promote_tui.core.filter_query import Values, describe_misread
from promote_tui.core.git.commits import EVERYTHING, search_for
from promote_tui.core.git.links import commit_url
from promote_tui.core.model.cells import commit_of
from promote_tui.core.model.pipeline import Branch, Stage
from promote_tui.core.text import plural, short
from promote_tui.tui.bindings import bind
from promote_tui.tui.dialogs.choose import Choose
from promote_tui.tui.dialogs.finder import Finder, Found
from promote_tui.tui.presentation.commits import detail as near
from promote_tui.tui.presentation.commits import rail
from promote_tui.tui.presentation.commits.rail import RailRow
from promote_tui.tui.presentation.style import BLANK, Role, align_right, fit, ink, line, spread, wrap
from promote_tui.tui.presentation.wording import age, confirmation_words
from promote_tui.tui.screens.filterable import FilterableScreen
from promote_tui.tui.state import commits
from promote_tui.tui.timers import once
from promote_tui.tui.widgets.commit_rail import CommitRail
from promote_tui.tui.widgets.filter_field import FilterField
from promote_tui.tui.widgets.grouped_list import FixedLine
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.git.commits import Search
    from promote_tui.core.matrix import CellKey, CellView
    from promote_tui.core.model.pipeline import Commit
    from promote_tui.core.stage_positions import StagePosition
    from promote_tui.tui.actions.clipboard import Thing
    from promote_tui.tui.state.commits import BranchFacts, CommitPage, CommitView

PAGE = 50
_LOOKING, _FARTHEST = 500, 5000
"""How many commits are read at a time, and in all, on the way to one that is not in the list yet."""
_TYPING, _RESTING = 0.2, 0.12
_READING = "reading the commits"
_EMPTY = "no commit of this branch changes the service; b chooses another branch"
_NO_MATCH = "no match; esc clears the search"


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
        self._branch = branch
        self._commit = commit
        self._back = back
        """Why a commit to roll back to is to be chosen here; empty where it is not."""
        self._before: Mapping[str, StagePosition] = {}
        """What ran in the stage before, where that is on record."""
        self._awaited = {"before", "standings"} if back else set[str]()
        """What is still to be read before the cursor goes to a commit to roll back to."""
        self._commits: tuple[Commit, ...] = ()
        self._more = False
        self._seek: str | None = commit
        self._search: Search = EVERYTHING
        self._about: BranchFacts | None = None
        self._ticket = 0
        self._epoch = 0
        """Counts the branches that were chosen: what is known of another one is dropped."""
        self._skipped = 0
        self._reading = False
        self._generation = 0
        self._error: PromoteError | None = None
        self._standings: Mapping[str, StagePosition] = {}
        self._deployed: dict[str, str] | None = None
        self._seen: dict[str, CommitView] = {}
        self._resting = 0
        self._drawn = rail.make_rail(self._views(), {}, (), self.promoter.now(), self.glyphs, searching=False)
        self._rows = CommitRail(self._row, lambda row: row.commit.sha, marks=self.promoter.marks, empty=_READING)

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
        self._generation = self.promoter.board.generation
        self.promoter.board_changed.subscribe(self, self._board_changed)
        self._read()

    def _board_changed(self, _key: CellKey | None) -> None:
        board = self.promoter.board
        if board.generation != self._generation and not board.reading:
            self._generation = board.generation
            self.action_refresh()
        self._stand()
        self._show()

    # what is read

    def _read(self, size: int = PAGE, *, more: bool = False) -> None:
        """Read the next page, or the first so many commits anew."""
        self._ticket += 1
        self._reading = True
        ticket, engine = self._ticket, self.engine
        self._skipped = len(self._commits) if more else 0
        size = _LOOKING if self._seek else size
        wanted = commits.PageRequest(self._service, self._branch, self._commit, self._skipped, size, self._search)
        self.background(
            lambda: commits.read_page(engine, wanted),
            lambda page: self._show_page(ticket, page),
            lambda error: self._show_failure(ticket, error),
        )

    def _show_page(self, ticket: int, page: CommitPage) -> None:
        """Show a page, behind those that are there."""
        if ticket != self._ticket:
            return
        self._reading, self._error = False, None
        first = self._branch is None or self._about is None
        self._branch, self._more, self._commit = page.branch, page.more, None
        self._commits = (*self._commits[: self._skipped], *page.commits)
        self._rows.empty = self._no_match if self._search else _EMPTY
        if page.at is not None:
            self._seek = page.at or None
            self._say_lost(page.at)
        if first or not self._skipped or not self._more:
            self._ask_about()
        if self._back and first:
            self._ask_before()
        self._stand(again=first)
        self._show()
        self._look_on()

    @property
    def _no_match(self) -> str:
        """Why no commit fits; a word with a colon may have been meant as a field."""
        told = describe_misread(self.filter_field.text, {"who": Values()})
        return f"{told}, and no message contains it; esc clears the search" if told else _NO_MATCH

    def _say_lost(self, at: str) -> None:
        if not at:
            self.promoter.say(f"the commit is not on {self._branch}", failed=True)

    def _look_on(self) -> None:
        """Go to the commit that is looked for, or read on until it comes."""
        if self._seek is None or self._rows.go_to(self._seek):
            self._seek = None
        elif self._more and len(self._commits) < _FARTHEST:
            self._read(more=True)
        else:
            words = f"{short(self._seek)} is not among the newest {plural(len(self._commits), 'commit')}"
            self._seek = None
            self.promoter.say(words, failed=True)

    def _show_failure(self, ticket: int, error: PromoteError) -> None:
        """Show why the commits cannot be read."""
        if ticket == self._ticket:
            self._reading, self._error, self._seek = False, error, None
            self._commits, self._more, self._standings = (), False, {}
            self._rows.empty = "r reads again, b chooses another branch"
            self._show()

    def _ask_about(self) -> None:
        epoch, engine, service, branch = self._epoch, self.engine, self._service, self._branch or ""
        count = not self._more and not self._search
        self.background(
            lambda: commits.read_about(engine, service, branch, count=count),
            lambda found: self._show_about(epoch, found),
        )

    def _show_about(self, epoch: int, found: BranchFacts) -> None:
        """Show how many branches and commits there are."""
        if epoch == self._epoch:
            self._about = found
            self._redraw()

    def _stand(self, *, again: bool = False) -> None:
        """Find the service's commit behind what each stage runs: that may be a merge, which is not in the list."""
        views = [(stage.name, view) for stage, view in self._views() if view is not None]
        deployed = {name: sha for name, view in views if (sha := commit_of(view.cell)) is not None}
        if self._branch is None or (deployed == self._deployed and not again):
            return
        self._deployed = deployed
        epoch, engine, service, branch = self._epoch, self.engine, self._service, self._branch
        self.background(
            lambda: commits.read_standings(engine, service, branch, deployed),
            lambda found: self._show_standings(epoch, found),
        )

    def _show_standings(self, epoch: int, found: Mapping[str, StagePosition]) -> None:
        """Show where the stages stand, unless another branch is shown by now."""
        if epoch == self._epoch and self._error is None:
            self._standings = found
            self._show()
            self._propose("standings")

    def _ask_before(self) -> None:
        """Read what ran in the stage before, and where that stands on the branch."""
        epoch, engine, service, branch = self._epoch, self.engine, self._service, self._branch or ""
        stage = self._stage
        self.background(
            lambda: commits.read_before(engine, service, stage, branch), lambda found: self._show_before(epoch, found)
        )

    def _show_before(self, epoch: int, found: Mapping[str, StagePosition]) -> None:
        """Mark what ran in the stage before."""
        if epoch != self._epoch:
            return
        self._before = found
        self._show()
        self._propose("before")

    def _propose(self, read: str) -> None:
        """Go, once all is read, to the newest commit that ran in the stage before, else to the one below what runs."""
        if read not in self._awaited:
            return
        self._awaited.discard(read)
        found = None if self._awaited or self._seek else self._proposed()
        if found is not None:
            self._seek = found
            self._look_on()

    def _proposed(self) -> str | None:
        now = self._standings.get(self._stage)
        runs = now.commit.sha if now is not None and now.commit is not None else None
        for one in self._before.values():
            if one.commit is not None and one.here and one.commit.sha != runs:
                return one.commit.sha
        shas = [commit.sha for commit in self._commits]
        return next(iter(shas[shas.index(runs) + 1 :]), None) if runs in shas else None

    def on_rows_near_end(self) -> None:
        """Read the next page."""
        if self._more and not self._reading:
            self._read(more=True)

    def on_rows_moved(self) -> None:
        """Show the commit under the cursor, and read it from near once the cursor rests."""
        self._resting += 1
        resting = self._resting
        once(self, _RESTING, lambda: self._look_at(resting))
        self._redraw_near()
        self.refresh_bindings()

    def _look_at(self, resting: int) -> None:
        row = self._rows.at
        if resting != self._resting or row is None:
            return
        cells = {stage.name: view.cell for stage, view in self._views() if view is not None}
        sha, engine, service = row.commit.sha, self.engine, self._service
        if sha not in self._seen or self._seen[sha].cells != cells:
            read = commits.read_commit
            self.background(lambda: read(engine, service, sha, cells), lambda seen: self._show_seen(sha, seen))

    def _show_seen(self, sha: str, seen: CommitView) -> None:
        """Show the commit from near."""
        self._seen[sha] = seen
        self._redraw_near()
        self.refresh_bindings()

    # what is shown

    def _crumbs(self, width: int) -> list[Content]:
        regions = dict.fromkeys(stage.aws.region for stage in self.promoter.pipeline.stages)
        where = ink(next(iter(regions)) if len(regions) == 1 and self.wide else "", "muted")
        return self.crumbs(width, line(where, "   ", self.read_at()), self._service, self._branch or "commits")

    def _heading(self, width: int) -> list[Content]:
        if self._error is not None:
            return wrap(ink(self.promoter.told(self._error), "bad"), width)
        return [*(self._asking(width) if self._back else []), *self._standing(width)]

    def _asking(self, width: int) -> list[Content]:
        """Return that a commit to go back to is to be chosen, and why."""
        key = ink(self.promoter.key_of("rows.choose"), "strong")
        words = line(
            ink(f"roll back {self._stage}: ", "strong"), key, ink(" reviews the rollback to a commit", "strong")
        )
        return [*wrap(words, width), *wrap(ink(self._back, "muted"), width)[:1]]

    def _standing(self, width: int) -> list[Content]:
        if self._branch is None or self._about is None:
            return [ink(self._branch or "", "muted")]
        counts = rail.Counts(self._about.branches, len(self._commits), self._more, self._about.total)
        return [rail.heading(self._drawn, self._branch, counts, width)]

    def _columns(self, width: int) -> list[Content]:
        return [rail.columns(self._drawn, width) if self._rows.items else BLANK]

    def _match_count(self, width: int) -> list[Content]:
        found = (
            f"{len(self._commits)}+ matches"
            if self._more
            else ("1 match" if len(self._commits) == 1 else f"{len(self._commits)} matches")
        )
        count = found if self._search else ""
        return [align_right(ink(count, "muted"), width)]

    def _views(self) -> list[tuple[Stage, CellView | None]]:
        board = self.promoter.board.views
        return [(stage, board.get((self._service, stage.name))) for stage in self.promoter.pipeline.stages]

    def _row(self, item: RailRow, width: int) -> Content:
        return rail.row(self._drawn, item, width, here=item is self._rows.at)

    def _near(self, width: int, draw: near.Draw, name: str) -> list[Content]:
        row, seen = self._rows.at, None
        if row is None:
            return [BLANK]
        stages = self.promoter.pipeline.stages
        found = near.CommitPane(
            self.promoter.pipeline.service(self._service),
            row.commit,
            self.promoter.pipeline.stage(self._stage),
            len(stages) == 1,
            self.now,
            self.glyphs,
            back=bool(self._back),
        )
        seen = self._seen.get(row.commit.sha)
        if seen is not None:
            found = near.with_details(found, seen.detail, seen.stories, seen.error)
        return draw(found, width, self.query_one(name).size.height)

    def _show(self) -> None:
        """Show all rows, with the cursor where it was."""
        self._drawn = rail.make_rail(
            self._views(), self._standings, self._commits, self.now, self.glyphs, searching=bool(self._search)
        )
        self._drawn = rail.with_before(self._drawn, self._stage, self._before)
        above, drawn, words = self._above(), self._drawn, self._rows.empty
        rows: list[RailRow | FixedLine] = [RailRow(commit, at) for at, commit in enumerate(self._commits)]
        if above and not rows:
            rows = [_note(drawn, part, role="muted") for part in words.split("; ")]
        self._rows.show_lines([*above, *rows])
        self._redraw()

    def _above(self) -> list[RailRow | FixedLine]:
        """Return what stages run and this branch lacks: a block on top."""
        drawn, key = self._drawn, self.promoter.key_of("app.fetch")
        rows: list[RailRow | FixedLine] = list(rail.off_branch_rows(drawn))
        rows += [_note(drawn, rail.unfetched_words(sha, key), stage) for stage, sha in rail.unfetched_commits(drawn)]
        if not rows or self._search:
            return []
        return [_note(drawn, "not on this branch"), *rows, FixedLine(lambda _width: BLANK)]

    def _redraw(self) -> None:
        for drawn in self.query(LinesView):
            drawn.redraw()
        self._rows.refresh()
        self.refresh_bindings()

    def _redraw_near(self) -> None:
        for drawn in self.query("#side, #below").results(LinesView):
            drawn.redraw()

    # what can be done

    def about(self) -> CellKey | None:
        """Return the service, and the stage that the screen was opened for."""
        return self._service, self._stage

    def offers(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer to clear a search where there is one, else to go back."""
        return not self.is_filtering if action == "app.pop_screen" else super().offers(action, parameters)

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why nothing can be done with the commit under the cursor."""
        row = self._rows.at
        if action in {"promote", "diff"} and row is None:
            return self._rows.empty
        if action == "diff" and row is not None and self._is_edge(row.commit.sha):
            return "this clone is shallow and ends here: the changes of the commit are unknown"
        if action == "stage" and self._next_stage(int(str(parameters[0]))) is None:
            return f"no stage is further {'down' if parameters[0] == 1 else 'up'} on this branch"
        return ""

    def _is_edge(self, sha: str) -> bool:
        seen = self._seen.get(sha)
        return seen is not None and seen.detail is not None and seen.detail.edge

    def copies(self) -> Sequence[Thing]:
        """Return what the commit under the cursor is called, its address, and what is new with it in the stage."""
        from promote_tui.tui.actions.clipboard import notes_of  # noqa: PLC0415 - not before it is wanted

        row = self._rows.at
        if row is None:
            return []
        found = [("hash", row.commit.sha), ("short hash", row.commit.short), ("subject", row.commit.subject)]
        found += [(f"address of the {what}", url) for what, url in self.opens()]
        return [*found, notes_of(self.promoter, self._service, row.commit.sha, self._stage)]

    def opens(self) -> list[tuple[str, str]]:
        """Return the web page of the commit under the cursor."""
        row, remote = self._rows.at, self._about.remote if self._about else None
        url = commit_url(remote, row.commit.sha) if row is not None and remote else None
        return [("commit", url)] if url else []

    def action_refresh(self) -> None:
        """Read the commits that are shown again."""
        if not self._seek:
            self._deployed = None
            self._read(max(PAGE, len(self._commits)))

    def on_rows_chosen(self) -> None:
        """Open what the commit changes, or the way back to it where one is chosen."""
        if self._back:
            self._review_back(self.promoter.pipeline.stage(self._stage))
            return
        reason = self.why_not("diff", ())
        if reason:
            self.promoter.say(reason, failed=True)
        else:
            self.action_diff()

    def action_diff(self) -> None:
        """Show what the commit changes, compared with its first parent."""
        from promote_tui.tui.screens.diff import DiffScreen  # noqa: PLC0415 - not before it is opened

        row = self._rows.at
        if row is not None:
            base = row.commit.parents[0] if row.commit.parents else None
            title = f"{row.commit.short} {row.commit.subject[:60]}"
            self.app.push_screen(DiffScreen(self._service, base, row.commit.sha, title))

    def _next_stage(self, step: int) -> str | None:
        """Return the commit that the next stage stands on: among the rows, or still to be read."""
        stood = {one.commit.sha: one for one in self._standings.values() if one.commit is not None}
        ahead = self._rows.items[self._rows.index + 1 :] if step > 0 else self._rows.items[: self._rows.index][::-1]
        for row in ahead:
            if isinstance(row, RailRow) and row.commit.sha in stood:
                return row.commit.sha
        shown = {commit.sha for commit in self._commits}
        unread = [one.commit for one in stood.values() if one.commit and one.here and one.commit.sha not in shown]
        if step < 0 or not unread or not self._more or self._search:
            return None
        return max(unread, key=lambda commit: commit.authored_at).sha

    def action_stage(self, step: int) -> None:
        """Go to the next commit that a stage stands on, and read the pages on the way there."""
        self._seek = self._next_stage(step)
        self._look_on()

    @property
    def filtered_list(self) -> CommitRail:
        """The commits."""
        return self._rows

    def apply_filter(self) -> None:
        """Search once the typing rests."""
        text = self.filter_field.text
        once(self, _TYPING, lambda: self._look_for(text))

    def _look_for(self, typed: str) -> None:
        search = search_for(typed)
        if self.filter_field.text == typed and search != self._search:
            self._search, self._seek = search, None
            self._read()

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
        row, stages = self._rows.at, self.promoter.pipeline.stages
        if row is None:
            return
        commit = row.commit
        if len(stages) == 1:
            self._open(commit, stages[0])
            return
        at = [stage.name for stage in stages].index(self._stage)
        title = f"Promote {commit.short} to which stage?"
        chooser = Choose[Stage](title, stages, self._stage_line, index=at, marks=self.promoter.marks)
        self.app.push_screen(chooser, lambda stage: self._open(commit, stage))

    def _stage_line(self, stage: Stage, width: int) -> Content:
        view = self.promoter.board.views.get((self._service, stage.name))
        left = line(fit(ink(stage.name, "strong"), 14), rail.standing(view, self.glyphs))
        return spread(left, ink(f"{stage.aws.account}   {confirmation_words(stage.confirm):<18}", "muted"), width)

    def _open(self, commit: Commit, stage: Stage | None) -> None:
        from promote_tui.tui.screens.promote import PromoteScreen  # noqa: PLC0415 - not before it is opened

        if stage is not None:
            self.app.push_screen(PromoteScreen(self._service, stage.name, revision=commit.sha, draft=None))

    def roll_back(self) -> None:
        """Ask which stage is to go back to the commit, the cursor on the one that the screen was opened for."""
        row, stages = self._rows.at, self.promoter.pipeline.stages
        if row is None:
            self.promoter.say(self._rows.empty, failed=True)
            return
        if self._back or len(stages) == 1:
            self._review_back(self.promoter.pipeline.stage(self._stage))
            return
        at = [stage.name for stage in stages].index(self._stage)
        title = f"Roll back which stage to {row.commit.short}?"
        chooser = Choose[Stage](title, stages, self._stage_line, index=at, marks=self.promoter.marks)
        self.app.push_screen(chooser, self._review_back)

    def _review_back(self, stage: Stage | None) -> None:
        """Open the review of the way back to the commit under the cursor, as `rollback --commit` has it."""
        from promote_tui.tui.screens.promote import PromoteScreen  # noqa: PLC0415 - not before it is opened

        row = self._rows.at
        if row is not None and stage is not None:
            revision = row.commit.sha
            self.app.push_screen(PromoteScreen(self._service, stage.name, revision=revision, draft=None, back=True))

    def action_branches(self) -> None:
        """Read the branches and let one be chosen."""
        ticket, engine, service = self._ticket, self.engine, self._service
        self.background(
            lambda: engine.commits.branches(service),
            self._choose_branch,
            lambda error: self._show_failure(ticket, error),
        )

    def _choose_branch(self, branches: Sequence[Branch]) -> None:
        """Let a branch be chosen, if nothing else was opened meanwhile."""
        if self.app.screen is not self:
            return
        names = [branch.name for branch in branches]
        rows = [Found("", branch.name, self._tip(branch), branch) for branch in branches]
        at = names.index(self._branch) if self._branch in names else 0
        noun = "branch" if len(names) == 1 else "branches"
        title = f"{len(names)} {noun} of {self._service}"
        finder = Finder[Branch](
            title, rows, placeholder="letters of its name", at=at, marks=self.promoter.marks, middle=True
        )
        self.app.push_screen(finder, self._switch)

    def _tip(self, branch: Branch) -> str:
        return f"{branch.tip.author[:12]}  {age(branch.tip.authored_at, self.now):>3}"

    def _switch(self, branch: Branch | None) -> None:
        if branch is None or branch.name == self._branch:
            return
        self._epoch += 1
        self._branch, self._commits, self._seek = branch.name, (), None
        self._standings, self._deployed, self._about = {}, None, None
        self._rows.empty = _READING
        self._show()
        self._read()


def _note(drawn: rail.Rail, words: str, stage: str = "", role: Role = "warn") -> FixedLine:
    return FixedLine(lambda _width: rail.note(drawn, words, role, stage))
